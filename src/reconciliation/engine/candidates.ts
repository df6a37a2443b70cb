import { indexPayers, invoicesOfPayer, likeness, type PayerIndex } from './payer-index';
import { type NameWords, wordsOf } from './payer-name';
import { indexReferences, type ReferenceIndex } from './reference-index';
import { type Reading, readReferences, type Strength } from './reference-reading';
import type { OpenInvoice, Payment } from './types';

/** The open invoices of one currency, by everything that a payment can lead to them. */
export interface OpenBook {
  readonly references: ReferenceIndex;
  /** By the balance in minor units. */
  readonly balances: ReadonlyMap<bigint, readonly OpenInvoice[]>;
  readonly payers: PayerIndex;
}

/** An invoice that a payment may pay, and what is known about the pair. */
export interface Candidate {
  readonly invoice: OpenInvoice;
  /** The best one, if the payment quotes the invoice at all. */
  readonly reading: Reading | null;
  /** In basis points; null where the bank does not name the payer. */
  readonly payerLikeness: number | null;
  /** How many open invoices have the balance that the payment is worth. */
  readonly equalBalances: number;
}

/** An amount that more open invoices have than this is no lead. */
const EQUAL_BALANCES_AT_MOST = 50;
const STRENGTHS: readonly Strength[] = ['WEAK', 'LABELLED', 'LONG', 'WHOLE'];

export const indexBook = (invoices: readonly OpenInvoice[]): OpenBook => ({
  references: indexReferences(invoices),
  balances: byBalance(invoices),
  payers: indexPayers(invoices),
});

/** The invoices that the payment quotes, that have its very amount, or whose customer is named like the payer. */
export function candidatesOf(payment: Payment, { references, balances, payers }: OpenBook): readonly Candidate[] {
  const readings = bestReadings(payment, references);
  const payer = payment.payerName === null ? [] : wordsOf(payment.payerName);
  const equal = balances.get(payment.amount.amountMinor) ?? [];
  const sameAmount = equal.length > EQUAL_BALANCES_AT_MOST ? [] : equal;
  return [...new Set([...readings.keys(), ...sameAmount, ...invoicesOfPayer(payer, payers)])].map(invoice => ({
    invoice,
    reading: readings.get(invoice) ?? null,
    payerLikeness: payer.length === 0 ? null : payerLikeness(payer, invoice, payers),
    equalBalances: equal.length,
  }));
}

function bestReadings({ remittance, structuredReference, endToEndId }: Payment, index: ReferenceIndex): ReadonlyMap<OpenInvoice, Reading> {
  const best = new Map<OpenInvoice, Reading>();
  const readings = [
    ...readReferences(creditorReference(structuredReference ?? ''), index, true),
    ...readReferences(remittance, index, false),
    ...readReferences(endToEndId ?? '', index, false),
  ];
  for (const reading of readings) {
    const held = best.get(reading.invoice);
    if (!held || STRENGTHS.indexOf(reading.strength) > STRENGTHS.indexOf(held.strength)) best.set(reading.invoice, reading);
  }
  return best;
}

/** ISO 11649: RF and two check digits stand before the creditor's own reference. */
const creditorReference = (text: string): string => text.replace(/^\s*RF\d\d/i, '');

function payerLikeness(payer: NameWords, invoice: OpenInvoice, { partyOf }: PayerIndex): number | null {
  const party = partyOf.get(invoice);
  return party && party.names.length > 0 ? likeness(payer, party) : null;
}

function byBalance(invoices: readonly OpenInvoice[]): ReadonlyMap<bigint, readonly OpenInvoice[]> {
  const index = new Map<bigint, OpenInvoice[]>();
  for (const invoice of invoices) {
    const { amountMinor } = invoice.balance;
    const held = index.get(amountMinor);
    if (held) held.push(invoice);
    else index.set(amountMinor, [invoice]);
  }
  return index;
}
