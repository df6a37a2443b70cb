import { z } from 'zod';

import type { WireLine } from './formats/format';

const isoDay = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const isoTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
const account = z.strictObject({ iban: z.string() });

/**
 * A line that a client can read: `TransactionSchema` of the provider's OpenAPI document 2.0 (v2) as far as the world uses it, with a date.
 * Strict, so that no field is made up.
 */
export const readableLine = z
  .strictObject({
    transactionId: z.string(),
    internalTransactionId: z.string(),
    endToEndId: z.string(),
    bookingDate: isoDay,
    bookingDateTime: isoTime,
    valueDate: isoDay,
    valueDateTime: isoTime,
    debtorName: z.string(),
    debtorAccount: account,
    creditorName: z.string(),
    creditorAccount: account,
    remittanceInformationUnstructured: z.string(),
    remittanceInformationUnstructuredArray: z.array(z.string()),
    remittanceInformationStructured: z.string(),
    remittanceInformationStructuredArray: z.array(z.string()),
    additionalInformation: z.string(),
    bankTransactionCode: z.string(),
    proprietaryBankTransactionCode: z.string(),
  })
  .partial()
  .extend({ transactionAmount: z.strictObject({ amount: z.string().regex(/^-?\d+(\.\d{1,2})?$/), currency: z.string().length(3) }) })
  .refine(line => dayOf(line) !== undefined, 'The line has no date');

export const isReadable = (line: WireLine): boolean => readableLine.safeParse(line).success;

/** YYYY-MM-DD of the first date that the line has, bookings before values. */
export const dayOf = (line: WireLine): string | undefined =>
  firstDay(line, ['bookingDate', 'bookingDateTime', 'valueDate', 'valueDateTime']);

/** YYYY-MM-DD, where the bank says when it booked. */
export const bookingDayOf = (line: WireLine): string | undefined => firstDay(line, ['bookingDate', 'bookingDateTime']);

const firstDay = (line: WireLine, fields: readonly string[]): string | undefined =>
  fields
    .map(field => line[field])
    .find(date => typeof date === 'string')
    ?.slice(0, 10);
