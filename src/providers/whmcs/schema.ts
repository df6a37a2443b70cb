import { z } from 'zod';

/**
 * The answers of the WHMCS API as far as we read them (developers.whmcs.com/api-reference). PHP sends ids and counts
 * as numbers or as strings, an empty list as "", [], null or not at all, and a date that is not set as 0000-00-00.
 */
const Id = z.union([z.string().min(1), z.int()]).transform(String);
const Count = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/).transform(Number)]);
const Text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform(value => String(value ?? '').trim());

/** A decimal amount, as text: one that comes as text never becomes a float. */
const Amount = z.union([z.string(), z.number()]).transform(value => String(value).trim());

/** YYYY-MM-DD, with or without a time; null where the date is not set. */
const Day = z
  .string()
  .regex(/^(\d{4}-\d{2}-\d{2}( .*)?)?$/)
  .nullish()
  .transform(value => (value && !value.startsWith('0000') ? value.slice(0, 10) : null));

const InvoiceStatus = z.enum(['Unpaid', 'Paid', 'Cancelled', 'Refunded', 'Collections', 'Draft', 'Payment Pending']);

export const Failure = z.object({ result: z.literal('error'), message: Text });

export const Done = z.object({ result: z.literal('success') });

/** GetInvoices: one entry of the list has a currency, but no balance. */
export const InvoiceList = Done.extend({
  totalresults: Count,
  numreturned: Count.optional(),
  invoices: listUnder('invoice', z.object({ id: Id, userid: Id, currencycode: Text })),
}).refine(({ numreturned, invoices }) => numreturned === undefined || numreturned === invoices.length, 'An incomplete list of invoices');

/** GetInvoice: has the balance, but neither currency nor client. */
export const Invoice = Done.extend({
  invoiceid: Id,
  invoicenum: Text,
  userid: Id,
  date: Day,
  duedate: Day,
  total: Amount,
  balance: Amount,
  status: InvoiceStatus,
});

/** GetClientsDetails. */
export const ClientDetails = Done.extend({
  client: z.object({ id: Id, firstname: Text, lastname: Text, companyname: Text, email: Text, currency_code: z.string().min(1) }),
});

/** GetTransactions. An incomplete list must not pass for "nothing was booked": a second payment would follow. */
export const TransactionList = Done.extend({
  totalresults: Count,
  transactions: listUnder('transaction', z.object({ transid: Text, invoiceid: Text, amountin: Amount })),
}).refine(({ totalresults, transactions }) => totalresults === transactions.length, 'An incomplete list of transactions');

export type WireInvoice = z.infer<typeof Invoice>;
export type WireClient = z.infer<typeof ClientDetails>['client'];
export type WireTransaction = z.infer<typeof TransactionList>['transactions'][number];

/** `{ [key]: […] }`, where PHP sends anything empty for an empty list. */
function listUnder<T extends z.ZodType>(key: string, item: T) {
  return z.preprocess(value => unwrapped(value, key), z.array(item));
}

function unwrapped(value: unknown, key: string): unknown {
  if (isEmpty(value)) return [];
  const list = typeof value === 'object' && value !== null && key in value ? (value as Record<string, unknown>)[key] : value;
  return isEmpty(list) ? [] : list;
}

const isEmpty = (value: unknown): boolean => value === '' || value === null || value === undefined;
