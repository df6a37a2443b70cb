import { addDays } from '../../../src/platform/clock';
import { decimalOf } from '../../../src/platform/money';
import { type Case, type Draft, type Fate, totalOf } from './cases';
import type { SandboxInvoice } from './world';

/** A case whose invoices have been numbered. */
export interface BilledCase extends Case {
  readonly invoices: readonly BilledInvoice[];
}

interface BilledInvoice {
  /** What the customer quotes: the number, or the id where there is none. */
  readonly reference: string;
  /** In minor units. */
  readonly totalMinor: bigint;
  readonly wire: SandboxInvoice;
}

/** The number of the n-th invoice (from 0), which is issued in that year. */
export type Numbering = (index: number, year: string) => string;

const FIRST_ID = 1001;
const TERM_DAYS = 14;

/** Numbers all invoices by their date, as the installation did when it issued them. */
export function billed(cases: readonly Case[], currency: string, numberOf: Numbering): BilledCase[] {
  const order = cases.flatMap(({ drafts }) => drafts).sort((a, b) => a.issuedOn.localeCompare(b.issuedOn));
  const indexOf = new Map(order.map((draft, index) => [draft, index]));
  return cases.map(entry => ({
    ...entry,
    invoices: entry.drafts.map(draft => invoice(draft, entry, { index: indexOf.get(draft) ?? 0, currency, numberOf })),
  }));
}

interface Issue {
  readonly index: number;
  readonly currency: string;
  readonly numberOf: Numbering;
}

function invoice(draft: Draft, { customer, fate }: Case, { index, currency, numberOf }: Issue): BilledInvoice {
  const decimal = (amountMinor: bigint) => decimalOf({ amountMinor, currency });
  const id = String(FIRST_ID + index);
  const invoicenum = customer.quotesIds ? '' : numberOf(index, draft.issuedOn.slice(0, 4));
  const wire = {
    id,
    invoicenum,
    userid: customer.client.id,
    date: draft.issuedOn,
    duedate: addDays(draft.issuedOn, TERM_DAYS),
    total: decimal(totalOf(draft)),
    status: statusOf(fate),
    items: draft.items.map(({ description, priceMinor }) => ({ description, amount: decimal(priceMinor) })),
  };
  return { reference: invoicenum || id, totalMinor: totalOf(draft), wire };
}

/** What a line pays is still unpaid in the installation: booking it is the client's work. */
const statusOf = (fate: Fate): SandboxInvoice['status'] =>
  fate === 'Paid' || fate === 'Cancelled' || fate === 'Refunded' ? fate : 'Unpaid';
