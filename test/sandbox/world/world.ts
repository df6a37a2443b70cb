/**
 * The little world that the sandbox servers serve: hosting businesses, their banks and their customers.
 * Everything is in the providers' own wire formats, so that a server only stores and serves it.
 */
export interface World {
  readonly businesses: readonly Business[];
}

/** One hosting business: a tenant of Payymo. */
export interface Business {
  /** Also the path of its WHMCS: `/northwind/includes/api.php`. */
  readonly slug: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly currency: string;
  /** The institution at which the business banks: consenting there links all its accounts. */
  readonly institutionId: string;
  readonly accounts: readonly SandboxAccount[];
  readonly whmcs: SandboxBilling;
  /** The truth, for tests: what pays what. A line that is not listed belongs to no open invoice, or to none that anyone can tell. */
  readonly truth: readonly TruePayment[];
}

/** A booked line, by its account and its position in `booked`, and the WHMCS invoice ids that it pays. */
export interface TruePayment {
  readonly accountId: string;
  readonly line: number;
  readonly invoiceIds: readonly string[];
  readonly kind: PaymentKind;
}

/** How a payment shows what it pays. All have the invoice's exact amount but `partial`, `overpayment` and `other-currency`. */
export type PaymentKind =
  | 'exact'
  | 'noisy'
  | 'wrapped'
  | 'bare-number'
  | 'payer-name'
  | 'shortened-name'
  | 'partial'
  | 'overpayment'
  | 'two-invoices'
  | 'other-currency';

/** A bank account with its lines, in the wire format of GoCardless Bank Account Data v2. */
export interface SandboxAccount {
  readonly id: string;
  /** Whose format the lines have, for example `ABNAMRO_ABNANL2A`. */
  readonly format: string;
  readonly iban: string;
  readonly currency: string;
  readonly ownerName: string;
  readonly name: string;
  /** Decimal, as on the wire. */
  readonly balance: string;
  readonly booked: readonly Readonly<Record<string, unknown>>[];
  readonly pending: readonly Readonly<Record<string, unknown>>[];
}

/** A WHMCS installation; decimal strings and dates are as on the wire. */
export interface SandboxBilling {
  readonly identifier: string;
  readonly secret: string;
  /** System name of the gateway for bank transfers, such as `banktransfer`. */
  readonly gateway: string;
  readonly currency: { readonly id: string; readonly code: string; readonly prefix: string; readonly suffix: string };
  readonly clients: readonly SandboxClient[];
  readonly invoices: readonly SandboxInvoice[];
}

export interface SandboxClient {
  readonly id: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly companyname: string;
  readonly email: string;
}

export interface SandboxInvoice {
  readonly id: string;
  /** Empty where the installation has no sequential numbers: the customer then sees the id. */
  readonly invoicenum: string;
  readonly userid: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly duedate: string;
  readonly total: string;
  readonly status: 'Unpaid' | 'Paid' | 'Cancelled' | 'Refunded';
  readonly items: readonly { readonly description: string; readonly amount: string }[];
}
