import fc from 'fast-check';

import { currencyCode, decimalOf, exponentOf, formatMoney, type Money, parseMoney } from '../../src/platform/money';

const CURRENCIES = ['EUR', 'JPY', 'KWD', 'CLF'] as const;

const aMoney: fc.Arbitrary<Money> = fc.record({
  amountMinor: fc.bigInt({ min: -(2n ** 63n - 1n), max: 2n ** 63n - 1n }),
  currency: fc.constantFrom(...CURRENCIES),
});

const refusal = (message = ''): Error =>
  expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) as string }) as Error;

describe('money', () => {
  it.each([
    ['-15.00', 'EUR', -1500n, '-15.00', 'EUR -15.00'],
    ['100', 'EUR', 10000n, '100.00', 'EUR 100.00'],
    ['100.0', 'EUR', 10000n, '100.00', 'EUR 100.00'],
    ['+1250.5', 'EUR', 125050n, '1250.50', 'EUR 1,250.50'],
    ['0.07', 'EUR', 7n, '0.07', 'EUR 0.07'],
    ['-0.07', 'EUR', -7n, '-0.07', 'EUR -0.07'],
    ['-0.00', 'EUR', 0n, '0.00', 'EUR 0.00'],
    ['007.10', 'EUR', 710n, '7.10', 'EUR 7.10'],
    [' 1.00 ', 'EUR', 100n, '1.00', 'EUR 1.00'],
    ['1.10000', 'EUR', 110n, '1.10', 'EUR 1.10'],
    ['1234567', 'JPY', 1234567n, '1234567', 'JPY 1,234,567'],
    ['1200.00', 'JPY', 1200n, '1200', 'JPY 1,200'],
    ['-0.5', 'KWD', -500n, '-0.500', 'KWD -0.500'],
    ['27.1234', 'CLF', 271234n, '27.1234', 'CLF 27.1234'],
    ['999999999999999.99', 'EUR', 99999999999999999n, '999999999999999.99', 'EUR 999,999,999,999,999.99'],
  ])('reads %j %s as %d minor units [DAT-005]', (text, currency, amountMinor, decimal, formatted) => {
    const money = parseMoney(text, currency);

    expect(money).toEqual({ amountMinor, currency });
    expect(decimalOf(money)).toBe(decimal);
    expect(formatMoney(money)).toBe(formatted);
  });

  it.each<[string, string, string]>([
    ['1.001', 'EUR', 'more decimal places'],
    ['0.5', 'JPY', 'more decimal places'],
    ['1.0001', 'KWD', 'more decimal places'],
    ['1.00001', 'CLF', 'more decimal places'],
    ['999999999999999.9999', 'CLF', 'too large'],
    ['1234567890123456', 'JPY', 'not a decimal amount'],
    ...['', ' ', '-', '.', '1.', '.5', '1,50', '1.000,50', '1e3', '0x10', 'NaN', 'Infinity', '--1', '1 000', '١٢', '12\n34', '1.2.3'].map(
      (text): [string, string, string] => [text, 'EUR', 'not a decimal amount'],
    ),
  ])('refuses %j %s [DAT-005]', (text, currency, because) => {
    expect(() => parseMoney(text, currency)).toThrow(refusal(because));
  });

  it.each(['', 'eur', 'EU', 'EURO', 'ZZZ', 'toString', '__proto__'])('knows no currency %j [DAT-005]', code => {
    expect(() => currencyCode(code)).toThrow(refusal());
    expect(() => parseMoney('1', code)).toThrow(refusal());
  });

  it.each([['EUR', 2], ['JPY', 0], ['KWD', 3], ['CLF', 4]] as const)('gives %s %d decimal places [DAT-005]', (currency, exponent) => {
    expect(exponentOf(currencyCode(currency))).toBe(exponent);
  }); // prettier-ignore

  it('gives back every amount that it wrote [DAT-005]', () => {
    fc.assert(
      fc.property(aMoney, money => {
        const whole = decimalOf(money).replace(/^-|\..*$/g, '');
        fc.pre(whole.length <= 15);
        expect(parseMoney(decimalOf(money), money.currency)).toEqual(money);
      }),
    );
  });

  it('formats the same digits as it writes [DAT-005]', () => {
    fc.assert(
      fc.property(aMoney, money => {
        expect(formatMoney(money).replaceAll(',', '')).toBe(`${money.currency} ${decimalOf(money)}`);
        expect(formatMoney(money)).toMatch(/^[A-Z]{3} -?\d{1,3}(,\d{3})*(\.\d+)?$/);
      }),
    );
  });

  it('refuses any text that is no decimal number [DAT-005]', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        fc.pre(!/^\s*[+-]?\d+(\.\d+)?\s*$/.test(text));
        expect(() => parseMoney(text, 'EUR')).toThrow();
      }),
    );
  });
});
