import { type NameWords, similarity, wordsOf } from './payer-name';
import type { Customer, OpenInvoice } from './types';

/** All customers of one name and company name, and what they owe. */
export interface Party {
  readonly key: string;
  /** Words of the person's and of the company's name. */
  readonly names: readonly NameWords[];
  /** The longest due first. */
  readonly invoices: OpenInvoice[];
}

export interface PayerIndex {
  readonly partyOf: ReadonlyMap<OpenInvoice, Party>;
  /** By a single word, and by a whole name. */
  readonly parties: ReadonlyMap<string, readonly Party[]>;
}

/** A word that more parties have in their names than this ("Hosting") is no lead; a whole name is then needed. */
const PARTIES_PER_WORD = 50;
/** Of the parties that a payer may be, those with the most alike names are looked at, and of each the invoices that are due the longest. */
const PARTIES_PER_PAYER = 10;
const INVOICES_PER_PARTY = 50;
/** Basis points of similarity below which a payer is no lead. */
export const ALIKE = 5000;

export function indexPayers(invoices: readonly OpenInvoice[]): PayerIndex {
  const byKey = new Map<string, Party>();
  const partyOf = new Map<OpenInvoice, Party>();
  for (const invoice of invoices.toSorted(dueFirst)) {
    const key = keyOf(invoice.customer);
    const party = byKey.get(key) ?? { key, names: namesOf(invoice.customer), invoices: [] };
    party.invoices.push(invoice);
    byKey.set(key, party);
    partyOf.set(invoice, party);
  }
  return { partyOf, parties: byWords([...byKey.values()]) };
}

/** Invoices of the parties whose names are like the payer's. */
export function invoicesOfPayer(payer: NameWords, { parties }: PayerIndex): readonly OpenInvoice[] {
  const leads = new Set([...payer, wholeName(payer)].flatMap(word => leadsOf(parties.get(word) ?? [])));
  return [...leads]
    .map(party => ({ party, alike: likeness(payer, party) }))
    .filter(({ alike }) => alike >= ALIKE)
    .sort((one, other) => other.alike - one.alike || compare(one.party.key, other.party.key))
    .slice(0, PARTIES_PER_PAYER)
    .flatMap(({ party }) => party.invoices.slice(0, INVOICES_PER_PARTY));
}

/** How alike the payer's name is to the party's person or company, whichever is more, in basis points. */
export const likeness = (payer: NameWords, { names }: Party): number => Math.max(0, ...names.map(name => similarity(payer, name)));

/** By code units: the same on every machine, whatever its locale. */
export const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

const dueFirst = (one: OpenInvoice, other: OpenInvoice): number =>
  compare(one.dueOn ?? one.issuedOn, other.dueOn ?? other.issuedOn) || compare(one.id, other.id);

const leadsOf = (parties: readonly Party[]): readonly Party[] => (parties.length > PARTIES_PER_WORD ? [] : parties);

const keyOf = ({ name, companyName }: Customer): string => `${name}\n${companyName ?? ''}`;

const namesOf = ({ name, companyName }: Customer): readonly NameWords[] =>
  [name, companyName ?? ''].map(wordsOf).filter(words => words.length > 0);

const wholeName = (words: NameWords): string => words.join(' ');

function byWords(parties: readonly Party[]): ReadonlyMap<string, readonly Party[]> {
  const index = new Map<string, Party[]>();
  for (const party of parties) {
    for (const key of new Set(party.names.flatMap(words => [...words, wholeName(words)]))) {
      const held = index.get(key);
      if (held) held.push(party);
      else index.set(key, [party]);
    }
  }
  return index;
}
