import { type Alias, type Kind, MAX_GROUPS, type ReferenceIndex } from './reference-index';
import { digitsIn, exactKey, type Group, groupsOf, reducedKey } from './reference-text';
import type { OpenInvoice } from './types';

/**
 * How sure it is that the text means the invoice:
 * - WHOLE: its number with the letters that belong to it
 * - LONG: digits alone, so many that they hardly stand there by chance
 * - LABELLED: few digits, but behind a word such as "invoice"
 * - WEAK: few digits without such a word, a key that several open invoices share, or a part of something longer
 */
export type Strength = 'WHOLE' | 'LONG' | 'LABELLED' | 'WEAK';

/** An invoice that a text may mean. */
export interface Reading {
  readonly invoice: OpenInvoice;
  readonly kind: Kind;
  readonly strength: Strength;
  /** As it stands in the text. */
  readonly written: string;
  /** How many other open invoices the same words may mean. */
  readonly others: number;
}

/** A text of a payment, ready to be read. */
interface Source {
  readonly text: string;
  readonly groups: readonly Group[];
  /** It is a reference by its nature, so that even few digits are meant as one. */
  readonly labelled: boolean;
  readonly index: ReferenceIndex;
}

/** Consecutive groups of the text: a piece that may be a reference. */
interface Span {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  /** With the first one cut down to a known prefix if it is glued to a word: RECHNUNGNW becomes NW. */
  readonly groups: readonly Group[];
  readonly glued: boolean;
}

interface Hit {
  readonly span: Span;
  readonly readings: readonly Reading[];
}

/** Six digits and more are "long": five are also a postcode. */
const LONG_DIGITS = 6;
/** So many digits must agree before a number counts that is glued to a word or divided otherwise (by a line break). */
const REGROUPED_DIGITS = 5;
/** Fewer digits than this say nothing without a label. */
const WEAK_DIGITS = 3;
/** A number with letters but shorter than this ("A-1") is not beyond chance. */
const WHOLE_CHARACTERS = 4;
/** Keys that more invoices share than this tell nothing. */
const SHARED_AT_MOST = 50;

/** "Invoice" as payers abbreviate it in English, German, Dutch, French, Spanish, Italian and Polish. */
const LABELS: ReadonlySet<string> = new Set(
  (
    'INV INVOICE INVOICES BILL RECHNUNG RECHNUNGEN RECHNUNGSNR RECHNUNGSNUMMER RECHNR RNR RG RE FACTUUR FACTUURNR FACTUURNUMMER ' +
    'FACTURE FACT FACTURA FRA FATTURA FATT FAKTURA FV'
  ).split(' '),
);
const BETWEEN: ReadonlySet<string> = new Set('N NO NR NUM NUMBER NUMMER NUMERO'.split(' '));
const JOINS_DIGITS = /^[-/.,]$/;
const JOINS_LETTERS = /^-?$/;

/**
 * Finds the invoices that a text quotes. A number counts only as a whole: it begins and ends where a run of digits does, so
 * that 1 is never found in 17, and where a longer number is found, the shorter ones inside it are not.
 * @param labelled whether the text is a reference by its nature, so that even few digits are meant as one.
 */
export function readReferences(text: string, index: ReferenceIndex, labelled: boolean): readonly Reading[] {
  const hits: Hit[] = [];
  for (const span of spansOf({ text, groups: groupsOf(text), labelled, index })) {
    const readings = readSpan(span);
    if (readings.length > 0) hits.push({ span, readings });
  }
  return hits.filter(({ span }) => !hits.some(other => contains(other.span, span))).flatMap(hit => hit.readings);
}

function* spansOf(source: Source): Generator<Span> {
  for (const [from, first] of source.groups.entries()) {
    const prefixes = gluedPrefixes(first, source.index);
    for (let to = from + 1; to <= Math.min(source.groups.length, from + MAX_GROUPS); to += 1) {
      const rest = source.groups.slice(from + 1, to);
      if (!first.digits && rest.every(group => !group.digits)) continue;
      yield { source, from, to, groups: [first, ...rest], glued: false };
      for (const prefix of prefixes) yield { source, from, to, groups: [prefix, ...rest], glued: true };
    }
  }
}

function gluedPrefixes(word: Group, { prefixes, prefixLengths }: ReferenceIndex): readonly Group[] {
  if (word.digits) return [];
  const endings = Array.from(prefixLengths, length => word.text.slice(-length));
  return endings.filter(ending => ending !== word.text && prefixes.has(ending)).map(text => ({ ...word, text }));
}

/** What is written exactly so comes before what differs in leading zeros. */
function readSpan(span: Span): readonly Reading[] {
  const exact = readKey(span, exactKey(span.groups));
  return exact.length > 0 ? exact : readKey(span, reducedKey(span.groups));
}

function readKey(span: Span, key: string): readonly Reading[] {
  const aliases = span.source.index.aliases.get(key) ?? [];
  if (aliases.length === 0 || aliases.length > SHARED_AT_MOST) return [];
  const digits = digitsIn(key);
  const grouping = reducedKey(span.groups);
  const meant = aliases.filter(alias => digits >= REGROUPED_DIGITS || (!span.glued && alias.reduced === grouping));
  return meant.flatMap(alias => {
    const strength = strengthOf(span, alias, digits);
    if (strength === null) return [];
    const doubtful = meant.length > 1 || goesOnBefore(span) || goesOnBehind(span) || isCut(span, alias.exact);
    const { invoice, kind } = alias;
    return [{ invoice, kind, strength: doubtful ? 'WEAK' : strength, written: writtenOf(span), others: meant.length - 1 }];
  });
}

function strengthOf(span: Span, { kind, hasLetters, reduced }: Alias, digits: number): Strength | null {
  if (kind === 'NUMBER' && hasLetters) return reduced.replaceAll('-', '').length >= WHOLE_CHARACTERS ? 'WHOLE' : 'LABELLED';
  if (digits >= LONG_DIGITS) return 'LONG';
  if (span.source.labelled || followsLabel(span)) return 'LABELLED';
  return digits >= WEAK_DIGITS ? 'WEAK' : null;
}

function followsLabel({ source: { groups, index }, from }: Span): boolean {
  let at = from - 1;
  while (BETWEEN.has(groups[at]?.text ?? '')) at -= 1;
  return isLabel(groups[at]?.text ?? '', index);
}

/** Where invoice numbers begin with INV, "INV 17" means the invoice INV-17 and no other that ends in 17. */
const isLabel = (word: string, { prefixes }: ReferenceIndex): boolean => LABELS.has(word) && !prefixes.has(word);

/** Whether digits are only the rest of something: a date, an amount, a number with another prefix (CN-2026-00017). */
function goesOnBefore({ source: { text, groups, index }, from }: Span): boolean {
  const before = groups[from - 1];
  const first = groups[from];
  if (!before || !first?.digits) return false;
  const gap = text.slice(before.end, first.start);
  return before.digits ? joinsDigits(gap, before.end) : JOINS_LETTERS.test(gap) && !isLabel(before.text, index);
}

/** Whether digits are only the beginning of something: a date, an amount, a longer number (INV-7-1, INV-7a). */
function goesOnBehind({ source: { text, groups }, to }: Span): boolean {
  const last = groups[to - 1];
  const behind = groups[to];
  if (!last?.digits || !behind) return false;
  const gap = text.slice(last.end, behind.start);
  return behind.digits ? joinsDigits(gap, last.end) : gap === '' && behind.text.length === 1;
}

const joinsDigits = (gap: string, at: number): boolean => JOINS_DIGITS.test(gap) || isLineBreak(gap, at);

/** Banks break lines after 27 (MT940) or 35 characters (DTA, SWIFT) wherever that falls, and some put a blank for the break. */
const isLineBreak = (gap: string, at: number): boolean => /^\r?\n$/.test(gap) || (gap === ' ' && (at % 28 === 27 || at % 36 === 35));

/** 0001 is hardly 00001: where zeros are written, a shorter run has lost its end. */
const isCut = ({ groups }: Span, exact: string): boolean =>
  groups.some(group => /^0\d/.test(group.text)) && exactKey(groups).length < exact.length;

const writtenOf = ({ source: { text, groups }, from, to }: Span): string => text.slice(groups[from]?.start, groups[to - 1]?.end);

const contains = (outer: Span, inner: Span): boolean =>
  outer.from <= inner.from && outer.to >= inner.to && outer.to - outer.from > inner.to - inner.from;
