import { dayOf, ibanOf, textOf, translateLine, translateLines } from '../../../src/providers/gocardless-bank-data/translate';
import { buildWorld } from '../../sandbox/world/build-world';
import { BANKS, dated, eur, money } from './bank-formats';

const REFERENCES: readonly [text: string, isReference: boolean][] = [
  ['RF18539007547034', true],
  ['+++090/9337/55493+++', true],
  ['***090/9337/55493***', true],
  ['21 00000 00003 13947 14300 09017', true],
  ['SI00 225-2041', true],
  ['0000028812', true],
  ['Rechnung 2041', false],
  ['RF', false],
  ['NOTPROVIDED', false],
];

const POISON: readonly [what: string, raw: unknown, reason: string | RegExp][] = [
  ['no object', null, /no readable amount/],
  ['a list', [], /no readable amount/],
  ['no amount', { bookingDate: '2026-02-11' }, /transactionAmount/],
  ['an amount with a comma', { bookingDate: '2026-02-11', ...eur('12,50') }, '"12,50" is not a decimal amount'],
  ['an amount finer than a cent', { bookingDate: '2026-02-11', ...eur('0.005') }, /more decimal places/],
  ['an amount beyond 64 bits', { bookingDate: '2026-02-11', ...eur('999999999999999999') }, /not a decimal amount/],
  ['an unknown currency', { ...dated, transactionAmount: { amount: '1', currency: 'EURO' } }, /"EURO"/],
  ['no date', eur('1.00'), 'The line has no date'],
  ['a date that is none', { ...eur('1.00'), bookingDate: '2026-02-30', valueDate: '11.02.2026' }, 'The line has no date'],
  ['the date of a bank without a calendar', { ...eur('1.00'), bookingDate: '0001-01-01' }, 'The line has no date'],
];

describe('a line of GoCardless Bank Account Data', () => {
  it.each(BANKS)('reads %s [BNK-001]', (_bank, wire, expected) => {
    expect(translateLine(wire)).toMatchObject(expected);
  });

  it('fills every field, and only with what the line has [BNK-001]', () => {
    expect(translateLine(dated)).toEqual({
      providerId: null,
      internalId: null,
      amount: money(1_800n),
      bookedOn: '2026-02-11',
      valueOn: null,
      counterpartyName: null,
      counterpartyIban: null,
      remittance: '',
      structuredReference: null,
      endToEndId: null,
      bankTransactionCode: null,
    });
  });

  it.each(['100', '100.0', '100.00', '+100.00', 100, '0100'])('reads the amount %j to the cent [BNK-001]', amount => {
    expect(translateLine({ ...dated, transactionAmount: { amount, currency: 'EUR' } })).toMatchObject({ amount: money(10_000n) });
  });

  it.each(REFERENCES)('of %j in the structured field says whether it is a reference: %s [BNK-001]', (text, isReference) => {
    const line = { ...dated, remittanceInformationStructured: text, remittanceInformationUnstructured: 'Thanks' };

    expect(translateLine(line)).toMatchObject({ structuredReference: isReference ? text : null, remittance: 'Thanks' });
  });

  it('does without optional fields of another type [BNK-003]', () => {
    const odd = { debtorName: 7, debtorAccount: 'x', transactionId: {}, remittanceInformationUnstructuredArray: 'x', valueDate: false };

    expect(translateLine({ ...dated, ...odd })).toEqual(translateLine(dated));
  });

  it('takes the first date that is one [BNK-003]', () => {
    expect(
      translateLine({ ...eur('1'), bookingDate: '', bookingDateTime: 'soon', valueDate: '2026-02-31', valueDateTime: '2026-02-27T08:00' }),
    ).toMatchObject({
      bookedOn: '2026-02-27',
    });
  });

  it.each(POISON)('rejects a poison line, %s, with its reason and as it came [BNK-003]', (_what, raw, reason) => {
    expect(translateLine(raw)).toEqual({ reason: typeof reason === 'string' ? reason : (expect.stringMatching(reason) as string), raw });
  });

  it('keeps lines that repeat an id, in their order [BNK-003]', () => {
    const twice = [1, 2].map(amount => ({ ...dated, transactionId: 'same', ...eur(String(amount)) }));

    const { booked, rejected } = translateLines({ booked: [...twice, 'poison'], pending: null });

    expect(booked.map(({ providerId, amount }) => [providerId, amount.amountMinor])).toEqual([
      ['same', 100n],
      ['same', 200n],
    ]);
    expect(rejected).toHaveLength(1);
  });

  it('reads every line that the sandbox banks write but the poison ones [BNK-006]', () => {
    const accounts = buildWorld({ seed: 11, today: '2026-03-10' }).businesses.flatMap(business => business.accounts);
    const lines = accounts.map(account => translateLines({ booked: [...account.booked], pending: [...account.pending] }));

    expect(lines.flatMap(({ booked }) => booked).length).toBeGreaterThan(250);
    expect(lines.flatMap(({ rejected }) => rejected).map(({ reason }) => reason)).toEqual([
      '"abc" is not a decimal amount',
      'The line has no date',
    ]);
  });
});

describe('textOf', () => {
  it.each([
    [' a\u0000b\n\tc  ', 'a b c'],
    ['\u0000', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j', (value, text) => {
    expect(textOf(value)).toBe(text);
  });
});

describe('dayOf', () => {
  it.each([
    ['2024-02-29', '2024-02-29'],
    ['2026-02-29', null],
    ['2026-02-11 10:00', '2026-02-11'],
    ['2026-02-110', null],
    ['9999-12-31', null],
  ])('reads %j as %j', (value, day) => {
    expect(dayOf(value)).toBe(day);
  });
});

describe('ibanOf', () => {
  it.each([
    ['nl91 abna 0417 1643 00', 'NL91ABNA0417164300'],
    ['NL91****4300', null],
    ['0417164300', null],
    [null, null],
  ])('reads %j as %j', (value, iban) => {
    expect(ibanOf(value)).toBe(iban);
  });
});
