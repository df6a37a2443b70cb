import type { PaymentKind } from './world';

/** Money that moved, before a bank has written it down in its own way. */
export interface Movement {
  /** In minor units; negative left the account. */
  readonly amountMinor: bigint;
  readonly currency: string;
  /** YYYY-MM-DD, a working day. */
  readonly bookedOn: string;
  /** YYYY-MM-DD, up to a day earlier. */
  readonly valueOn: string;
  /** HH:MM:SS */
  readonly time: string;
  readonly channel: Channel;
  readonly party: Party;
  /** What the payer wrote; for a card payment the place. May be empty. */
  readonly text: string;
}

export type Channel = 'transfer' | 'card' | 'direct-debit' | 'fee' | 'interest';

/** The other side. */
export interface Party {
  readonly name: string;
  /** Empty for a shop or the bank itself. */
  readonly iban: string;
}

/** A movement and what it is for; null where no open invoice is paid by it, or where nobody could tell which. */
export interface Posting {
  readonly movement: Movement;
  readonly pays: { readonly kind: PaymentKind; readonly invoiceIds: readonly string[] } | null;
  /** The bank writes the line so that nobody can read it. */
  readonly poison?: Poison;
}

/** `amount`: it is no number; `date`: there is none. */
export type Poison = 'amount' | 'date';

export const isCredit = ({ amountMinor }: Movement): boolean => amountMinor > 0n;
