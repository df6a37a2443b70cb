import { badInput } from './errors';

/** An amount in minor units (cents, pence, yen) of an ISO 4217 currency; negative leaves the account. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** ISO 4217 minor units where they are not 2 (list one, 2024-06-25). */
const EXPONENTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map(code => [code, 0])),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map(code => [code, 3])),
  CLF: 4,
  UYW: 4,
};
// The runtime's list leaves out funds such as CLF.
const CURRENCIES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('currency'), ...Object.keys(EXPONENTS)]);
const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,10}))?$/;
const MAX_MINOR = 2n ** 63n - 1n;

/** @throws BAD_USER_INPUT for a code that ISO 4217 does not have. */
export function currencyCode(code: string): string {
  if (!CURRENCIES.has(code)) throw badInput('currency', `${JSON.stringify(code)} is not an ISO 4217 currency code`);
  return code;
}

/** How many decimal places the currency has (ISO 4217): EUR 2, JPY 0, KWD 3. */
export const exponentOf = (currency: string): number => EXPONENTS[currency] ?? 2;

/**
 * Reads a decimal amount such as "-15.00", "100" or "100.0" into minor units, without a float.
 * @throws BAD_USER_INPUT when it is no decimal number, finer than the currency, or larger than 64 bits hold.
 * @requirement DAT-005
 */
export function parseMoney(amount: string, currency: string): Money {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(amount.trim()) ?? [];
  if (whole === undefined) throw badInput('amount', `${JSON.stringify(amount)} is not a decimal amount`);
  const exponent = exponentOf(currencyCode(currency));
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > exponent) throw badInput('amount', `${amount} has more decimal places than ${currency} (${exponent})`);
  const unsigned = BigInt(whole + digits.padEnd(exponent, '0'));
  if (unsigned > MAX_MINOR) throw badInput('amount', `${amount} ${currency} is too large`);
  return { amountMinor: sign === '-' ? -unsigned : unsigned, currency };
}

/** The amount as providers write it: "-15.00", "1200" (JPY), "0.500" (KWD). */
export function decimalOf({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return `${amountMinor < 0n ? '-' : ''}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`;
}

/** For people: "EUR 1,250.00". */
export function formatMoney(money: Money): string {
  const [whole = '', fraction] = decimalOf(money).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${money.currency} ${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}
