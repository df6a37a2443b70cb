import type { Money } from '../../../src/platform/money';
import { indexInvoices, propose } from '../../../src/reconciliation/engine/engine';
import type { Customer, Evidence, OpenInvoice, Payment, Proposal, Signal } from '../../../src/reconciliation/engine/types';

export const eur = (amountMinor: bigint): Money => ({ amountMinor, currency: 'EUR' });

export const aCustomer = (fields: Partial<Customer> = {}): Customer => ({
  id: 'c1',
  name: 'Greta Lindqvist',
  companyName: null,
  ...fields,
});

/** An invoice of EUR 120.00, due in two weeks; its id is its number unless given. */
export const anInvoice = (fields: Partial<OpenInvoice> = {}): OpenInvoice => ({
  id: fields.number ?? 'KB-2031-00412',
  number: 'KB-2031-00412',
  externalId: '88',
  balance: eur(12_000n),
  issuedOn: '2031-05-02',
  dueOn: '2031-05-16',
  customer: aCustomer(),
  ...fields,
});

/** A payment of EUR 120.00 a week after the invoice, by nobody and for nothing in particular. */
export const aPayment = (fields: Partial<Payment> = {}): Payment => ({
  id: 'p1',
  amount: eur(12_000n),
  bookedOn: '2031-05-09',
  payerName: null,
  payerIban: null,
  remittance: '',
  structuredReference: null,
  endToEndId: null,
  ...fields,
});

export const match = (payment: Payment, ...invoices: OpenInvoice[]): readonly Proposal[] => propose(payment, indexInvoices(invoices));

/** What a signal says about the best proposal. */
export const evidenceFor = (signal: Signal, [best]: readonly Proposal[]): Evidence | undefined =>
  best?.evidence.find(evidence => evidence.signal === signal);
