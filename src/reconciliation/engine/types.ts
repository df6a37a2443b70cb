import type { Money } from '../../platform/money';

/** A booked line of a bank account, as far as matching needs it. Only lines that came in (amount > 0) are ever matched. */
export interface Payment {
  readonly id: string;
  readonly amount: Money;
  /** YYYY-MM-DD */
  readonly bookedOn: string;
  readonly payerName: string | null;
  readonly payerIban: string | null;
  /** All that the payer wrote; a space or a line break where the bank broke it. */
  readonly remittance: string;
  /** A creditor reference (ISO 11649 RF… or a national one) where the bank gives it apart. */
  readonly structuredReference: string | null;
  readonly endToEndId: string | null;
}

export interface OpenInvoice {
  readonly id: string;
  /** What the customer sees and quotes. */
  readonly number: string;
  /** Its id in the billing system. */
  readonly externalId: string;
  /** What is left to pay; an invoice without any is never matched. */
  readonly balance: Money;
  /** YYYY-MM-DD */
  readonly issuedOn: string;
  readonly dueOn: string | null;
  readonly customer: Customer;
}

export interface Customer {
  readonly id: string;
  /** The person. */
  readonly name: string;
  readonly companyName: string | null;
}

export type Signal = 'REFERENCE' | 'PAYER' | 'AMOUNT' | 'DATE';

/** What one signal says for or against a match. */
export interface Evidence {
  readonly signal: Signal;
  /** Basis points that it adds to the confidence, or takes if negative. */
  readonly contribution: number;
  /** For people. */
  readonly explanation: string;
  /** The facts behind the explanation. */
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

export interface Proposal {
  readonly paymentId: string;
  readonly invoiceId: string;
  /** What the match would pay: never more than the payment or the balance. */
  readonly amount: Money;
  /** In basis points: at least CONFIDENCE_FLOOR, always below 10,000. */
  readonly confidence: number;
  /** Its contributions add up to the confidence. */
  readonly evidence: readonly Evidence[];
  /** Another invoice for the payment, or another payment for the invoice, is as good or nearly: never approve automatically. */
  readonly tied: boolean;
}
