import { exactKey, type Group, groupsOf, reducedKey } from './reference-text';
import type { OpenInvoice } from './types';

/** How an invoice may be quoted, the most telling first: its number, the digits of that, its id in the billing system, the last digits. */
const KINDS = ['NUMBER', 'DIGITS', 'ID', 'SEQUENCE'] as const;
export type Kind = (typeof KINDS)[number];

/** One way to quote one invoice. */
export interface Alias {
  readonly invoice: OpenInvoice;
  readonly kind: Kind;
  readonly hasLetters: boolean;
  readonly exact: string;
  readonly reduced: string;
}

export interface ReferenceIndex {
  /** By exact and by reduced key. */
  readonly aliases: ReadonlyMap<string, readonly Alias[]>;
  /** The letters that invoice numbers begin with. */
  readonly prefixes: ReadonlySet<string>;
  /** How long those are that can be told from the end of a word. */
  readonly prefixLengths: ReadonlySet<number>;
}

/** Numbers in more pieces than this are not looked for. */
export const MAX_GROUPS = 6;

/** A single letter at the end of a word is no prefix. */
const PREFIX_LENGTHS = { least: 2, most: 8 };

/**
 * Where several invoices can be quoted by one key, only those stay that hold it by the most telling kind: who writes
 * 1042 means the invoice with that number, not the one that the billing system counts as its 1042nd.
 */
export function indexReferences(invoices: readonly OpenInvoice[]): ReferenceIndex {
  const aliases = new Map<string, Alias[]>();
  const prefixes = new Set<string>();
  for (const invoice of invoices) {
    const number = groupsOf(invoice.number);
    if (number[0]?.digits === false) prefixes.add(number[0].text);
    for (const alias of aliasesOf(invoice, number)) {
      for (const key of new Set([alias.exact, alias.reduced])) addAlias(aliases, key, alias);
    }
  }
  const lengths = Array.from(prefixes, prefix => prefix.length);
  return {
    aliases,
    prefixes,
    prefixLengths: new Set(lengths.filter(length => length >= PREFIX_LENGTHS.least && length <= PREFIX_LENGTHS.most)),
  };
}

function aliasesOf(invoice: OpenInvoice, number: readonly Group[]): readonly Alias[] {
  const firstDigits = number.findIndex(group => group.digits);
  const quoted: readonly [Kind, readonly Group[]][] = [
    ['NUMBER', firstDigits < 0 ? [] : number],
    ['DIGITS', firstDigits > 0 ? number.slice(firstDigits) : []],
    ['ID', /^\d+$/.test(invoice.externalId) ? groupsOf(invoice.externalId) : []],
    [
      'SEQUENCE',
      number
        .filter(group => group.digits)
        .slice(1)
        .slice(-1),
    ],
  ];
  return quoted
    .filter(([, groups]) => groups.length > 0 && groups.length <= MAX_GROUPS)
    .map(([kind, groups]) => aliasOf(invoice, kind, groups));
}

const aliasOf = (invoice: OpenInvoice, kind: Kind, groups: readonly Group[]): Alias => ({
  invoice,
  kind,
  hasLetters: groups.some(group => !group.digits),
  exact: exactKey(groups),
  reduced: reducedKey(groups),
});

function addAlias(aliases: Map<string, Alias[]>, key: string, alias: Alias): void {
  const held = aliases.get(key) ?? [];
  const best = held[0] ? KINDS.indexOf(held[0].kind) : KINDS.length;
  const rank = KINDS.indexOf(alias.kind);
  if (rank < best) aliases.set(key, [alias]);
  else if (rank === best && held.at(-1)?.invoice !== alias.invoice) held.push(alias);
}
