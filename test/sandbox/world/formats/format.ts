import { decimalOf } from '../../../../src/platform/money';
import type { Movement } from '../movement';
import type { Random } from '../random';

/** How one bank fills the fields of a line. Every field is optional in the provider's schema but the amount. */
export interface BankFormat {
  /** The provider's id of the bank, such as `ABNAMRO_ABNANL2A`. */
  readonly institution: string;
  /** ISO 3166-1 alpha-2, of the IBAN. */
  readonly country: string;
  /** What the bank calls such an account. */
  readonly product: string;
  /** Whether an incoming transfer tells who paid, in whatever field. */
  readonly showsPayer: boolean;
  /** After how many characters the payer's text is broken, in the middle of a word if need be; null where it is not. */
  readonly wrapsAt: number | null;
  /** Whether lines in other currencies than the account's appear. */
  readonly multiCurrency: boolean;
  line(movement: Movement, context: LineContext): WireLine;
}

/** A line in the wire format: `TransactionSchema` of GoCardless's OpenAPI document 2.0 (v2). */
export type WireLine = Readonly<Record<string, unknown>>;

export interface LineContext {
  /** Who owns the account. */
  readonly owner: string;
  /** Counts the lines of the account, from 1 for the oldest. */
  readonly number: number;
  readonly random: Random;
}

/** The one field that every line has: a decimal string with the currency's places. */
export const transactionAmount = ({ amountMinor, currency }: Movement) => ({ amount: decimalOf({ amountMinor, currency }), currency });

/** The same as some banks write it: "100" for 100.00 and "12.5" for 12.50. */
export function trimmedAmount(movement: Movement) {
  const { amount, currency } = transactionAmount(movement);
  return { amount: amount.replace(/\.?0+$/, ''), currency };
}
