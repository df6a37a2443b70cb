import { z } from 'zod';

/**
 * The answers of GoCardless Bank Account Data v2, as far as we rely on them (its OpenAPI document, version 2.0).
 * Unknown keys are ignored; what banks leave out, misspell or fill with another type is null where we can do without it.
 */

/** Text that may be missing, of another type or empty. */
const optionalText = z.string().nullish().catch(null);
/** A number of days, also as a string; 90 is the documented default. */
const days = z.coerce.number().int().positive().catch(90);

export const NewTokens = z.object({
  access: z.string().min(1),
  access_expires: z.number().positive(),
  refresh: z.string().min(1),
  refresh_expires: z.number().positive(),
});

export const RefreshedToken = NewTokens.pick({ access: true, access_expires: true });

export const Institution = z.object({
  id: z.string().min(1),
  name: z.string(),
  bic: optionalText,
  logo: optionalText,
  countries: z.array(z.string()),
  transaction_total_days: days,
  max_access_valid_for_days: days,
});
export type Institution = z.infer<typeof Institution>;

export const Agreement = z.object({ id: z.string().min(1), access_valid_for_days: z.number().int().positive() });

export const CreatedRequisition = z.object({ id: z.string().min(1), link: z.url({ protocol: /^https?$/ }) });

export const Requisition = z.object({
  /** The whole StatusEnum of the document. */
  status: z.enum(['CR', 'GC', 'UA', 'SA', 'GA', 'ID', 'LN', 'RJ', 'ER', 'EX', 'SU']),
  reference: z.string(),
  accounts: z.array(z.string().min(1)),
});
export type Requisition = z.infer<typeof Requisition>;

export const Account = z.object({ id: z.string().min(1), iban: optionalText, owner_name: optionalText, name: optionalText });
export type Account = z.infer<typeof Account>;

export const AccountDetails = z.object({
  account: z.object({
    iban: optionalText,
    currency: optionalText,
    ownerName: optionalText,
    name: optionalText,
    displayName: optionalText,
    product: optionalText,
  }),
});
export type AccountDetails = z.infer<typeof AccountDetails>;

const Amount = z.object({ amount: z.union([z.string(), z.number().transform(String)]), currency: z.string() });

export const Balances = z.object({ balances: z.array(z.unknown()) });
export const Balance = z.object({ balanceAmount: Amount, balanceType: z.string(), referenceDate: optionalText });

/** The lines stay unread here: one of them that nobody understands must not spoil the others. */
export const AccountTransactions = z.object({
  transactions: z.object({ booked: z.array(z.unknown()), pending: z.array(z.unknown()).nullish() }),
});
export type AccountTransactions = z.infer<typeof AccountTransactions>['transactions'];

const optionalTexts = z.array(z.string()).nullish().catch(null);
const OtherAccount = z.object({ iban: optionalText }).nullish().catch(null);

/** `TransactionSchema` of the document: only the amount is required. */
export const Line = z.object({
  transactionId: optionalText,
  internalTransactionId: optionalText,
  endToEndId: optionalText,
  transactionAmount: Amount,
  bookingDate: optionalText,
  bookingDateTime: optionalText,
  valueDate: optionalText,
  valueDateTime: optionalText,
  debtorName: optionalText,
  ultimateDebtor: optionalText,
  debtorAccount: OtherAccount,
  creditorName: optionalText,
  ultimateCreditor: optionalText,
  creditorAccount: OtherAccount,
  remittanceInformationUnstructured: optionalText,
  remittanceInformationUnstructuredArray: optionalTexts,
  remittanceInformationStructured: optionalText,
  remittanceInformationStructuredArray: optionalTexts,
  additionalInformation: optionalText,
  bankTransactionCode: optionalText,
  proprietaryBankTransactionCode: optionalText,
});
export type Line = z.infer<typeof Line>;

export const Refusal = z.object({ summary: z.string(), detail: optionalText, type: optionalText });

/** 409 of an account that is not ready: the account itself instead of an error. */
export const AccountState = z.object({ status: z.string() });
