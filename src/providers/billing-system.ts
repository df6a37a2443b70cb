import type { Money } from '../platform/money';

/** What every billing system can do for us: one folder beside this file for each. One instance speaks to one installation. */
export interface BillingSystem {
  /** Stable name: `whmcs`. */
  readonly name: string;
  /** Open (unpaid) invoices, a page at a time; `next` is null after the last page. */
  openInvoices(offset: number): Promise<BillingPage>;
  /** One invoice with its balance. @throws ProviderError `not_found`. */
  invoice(id: string): Promise<BillingInvoice>;
  /** @throws ProviderError `not_found`. */
  customer(id: string): Promise<BillingCustomer>;
  /** Payments that the system has booked under one transaction id: none, one, or (a fault) several. */
  payments(transactionId: string): Promise<readonly BookedPayment[]>;
  /** Books a payment. The system does not refuse a second one with the same id: read `payments` before and after. */
  addPayment(payment: NewPayment): Promise<void>;
}

export interface BillingPage {
  readonly invoiceIds: readonly string[];
  readonly total: number;
  readonly next: number | null;
}

export type BillingInvoiceStatus = 'UNPAID' | 'PAID' | 'CANCELLED' | 'REFUNDED' | 'COLLECTIONS' | 'DRAFT' | 'PAYMENT_PENDING';

export interface BillingInvoice {
  readonly id: string;
  /** What the customer sees and quotes; the id where the system keeps no other number. */
  readonly number: string;
  readonly customerId: string;
  readonly status: BillingInvoiceStatus;
  readonly total: Money;
  /** What is left to pay. */
  readonly balance: Money;
  /** YYYY-MM-DD */
  readonly issuedOn: string;
  readonly dueOn: string | null;
}

export interface BillingCustomer {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly companyName: string | null;
  readonly email: string | null;
  readonly currency: string;
}

export interface NewPayment {
  readonly invoiceId: string;
  /** Ours, deterministic: the same match always carries the same one. */
  readonly transactionId: string;
  readonly amount: Money;
  readonly paidAt: Date;
}

export interface BookedPayment {
  readonly transactionId: string;
  readonly invoiceId: string;
  /** As booked: the system's decimal amount, in the invoice's currency. */
  readonly amount: string;
}
