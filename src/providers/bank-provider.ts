import type { Money } from '../platform/money';

/** What every aggregator of bank data can do for us: one folder beside this file for each. */
export interface BankProvider {
  /** Stable name, as stored with a connection: `gocardless-bank-data`. */
  readonly name: string;
  /** Banks that can be connected in a country (ISO 3166-1 alpha-2, any case). */
  institutions(country: string): Promise<readonly BankInstitution[]>;
  /** @throws ProviderError `not_found` for an unknown institution. */
  institution(id: string): Promise<BankInstitution>;
  /** Asks for a consent that the user then gives at `link`; `reference` comes back with the redirect. */
  startConsent(request: ConsentRequest): Promise<StartedConsent>;
  consent(consentId: string): Promise<Consent>;
  /** Ends the consent at the provider; one that is gone already counts as ended. */
  revokeConsent(consentId: string): Promise<void>;
  account(accountId: string): Promise<BankAccount>;
  balances(accountId: string): Promise<readonly BankBalance[]>;
  /** Lines booked from `from` to `to` (inclusive, YYYY-MM-DD), and those that are still pending. */
  lines(accountId: string, from: string, to: string): Promise<BankLines>;
}

export interface BankInstitution {
  readonly id: string;
  readonly name: string;
  readonly bic: string | null;
  readonly logoUrl: string | null;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countries: readonly string[];
  /** How many days of history the bank gives. */
  readonly historyDays: number;
  /** How many days a consent lasts at most. */
  readonly consentDays: number;
}

export interface ConsentRequest {
  readonly institution: BankInstitution;
  readonly redirectUrl: string;
  /** Single use, unguessable, ours: it names the connection when the user comes back. */
  readonly reference: string;
}

export interface StartedConsent {
  readonly consentId: string;
  /** Where the user's browser goes to give the consent. */
  readonly link: string;
  /** When a consent given now ends at the latest. */
  readonly expiresAt: Date;
}

export type ConsentStatus = 'pending' | 'linked' | 'rejected' | 'expired';

export interface Consent {
  readonly status: ConsentStatus;
  readonly reference: string;
  readonly accountIds: readonly string[];
}

export interface BankAccount {
  readonly id: string;
  readonly iban: string | null;
  /** ISO 4217; null where the bank does not say. */
  readonly currency: string | null;
  readonly name: string | null;
  readonly ownerName: string | null;
}

export interface BankBalance {
  /** The provider's type, such as `interimAvailable` or `closingBooked`. */
  readonly type: string;
  readonly amount: Money;
  /** YYYY-MM-DD, where given. */
  readonly on: string | null;
}

export interface BankLines {
  readonly booked: readonly BankLine[];
  readonly pending: readonly BankLine[];
  /** Lines that could not be understood: kept and shown, never fatal to the rest. */
  readonly rejected: readonly RejectedLine[];
}

/** A line of a bank account, translated from the provider's format. */
export interface BankLine {
  /** The provider's ids, as far as given. Banks reissue and repeat them: neither alone identifies a line. */
  readonly providerId: string | null;
  readonly internalId: string | null;
  /** Positive came in, negative went out. */
  readonly amount: Money;
  /** YYYY-MM-DD; for a pending line the best date known. */
  readonly bookedOn: string;
  readonly valueOn: string | null;
  /** Who paid us (amount > 0) or whom we paid (amount < 0). */
  readonly counterpartyName: string | null;
  readonly counterpartyIban: string | null;
  /** What the payer wrote: all unstructured remittance text, one space between its parts. */
  readonly remittance: string;
  /** A structured creditor reference (ISO 11649 RF…, or a national one), where the bank gives one apart. */
  readonly structuredReference: string | null;
  readonly endToEndId: string | null;
  /** ISO 20022 bank transaction code such as `PMNT-RCDT-ESCT`, or the bank's own. */
  readonly bankTransactionCode: string | null;
}

export interface RejectedLine {
  /** For people: what is wrong with the line. */
  readonly reason: string;
  /** As the provider sent it. */
  readonly raw: unknown;
}
