import type { CompanyName } from './customers';
import type { BilledCase } from './invoices';
import type { Movement, Party, Posting } from './movement';
import type { Random } from './random';
import type { PaymentKind } from './world';

/** How payers of a country write. */
export interface Phrases {
  /** Stand right before a reference, with their blank if they have one. */
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
  /** Written by those who quote nothing; some write nothing at all. */
  readonly vague: readonly string[];
}

/** What is known where the payment is written. */
export interface PaymentPlace {
  readonly currency: string;
  /** The width at which the bank breaks the text, or null. */
  readonly wrapsAt: number | null;
  readonly phrases: Phrases;
  readonly random: Random;
}

/** The payment of a case by its customer, in the way that its kind says. */
export function paymentOf(entry: BilledCase, kind: PaymentKind, place: PaymentPlace): Posting {
  const movement: Movement = {
    ...entry.day,
    channel: 'transfer',
    ...paid(kind, dueOf(entry), place),
    party: payerOf(entry, kind, place.random),
    text: textOf(entry, kind, place),
  };
  return { movement, pays: { kind, invoiceIds: entry.invoices.map(({ wire }) => wire.id) } };
}

/** A payment of one of two equal invoices by a customer who quotes nothing: not even its writer could say which, so it pays none. */
export function tieOf(entry: BilledCase, place: PaymentPlace): Posting {
  const [either] = entry.invoices;
  return { ...paymentOf({ ...entry, invoices: either === undefined ? [] : [either] }, 'payer-name', place), pays: null };
}

const dueOf = ({ invoices }: BilledCase): bigint => invoices.reduce((sum, { totalMinor }) => sum + totalMinor, 0n);

/** What one unit of the account's currency costs in the other, times 10,000. */
const FOREIGN = { EUR: { currency: 'USD', rate: 10_837n }, GBP: { currency: 'EUR', rate: 11_592n } } as const;

function paid(kind: PaymentKind, dueMinor: bigint, { currency, random }: PaymentPlace): Pick<Movement, 'amountMinor' | 'currency'> {
  if (kind === 'other-currency') return foreign(dueMinor, currency);
  if (kind === 'partial') return { amountMinor: (dueMinor * random.pick([30n, 50n, 60n])) / 100n, currency };
  if (kind === 'overpayment') return { amountMinor: dueMinor + random.pick([100n, 500n, 1000n]), currency };
  return { amountMinor: dueMinor, currency };
}

function foreign(dueMinor: bigint, home: string): Pick<Movement, 'amountMinor' | 'currency'> {
  const { currency, rate } = home === 'GBP' ? FOREIGN.GBP : FOREIGN.EUR;
  return { amountMinor: (dueMinor * rate) / 10_000n, currency };
}

function payerOf({ customer: { payer, company } }: BilledCase, kind: PaymentKind, random: Random): Party {
  return kind === 'shortened-name' && company !== null ? { ...payer, name: shortened(company, random) } : payer;
}

/** Legal form dropped, trade abbreviated, or both. */
const shortened = ({ stem, trade, legalForm }: CompanyName, random: Random): string =>
  random.pick([`${stem} ${trade}`, `${stem} ${trade.slice(0, 4)}. ${legalForm}`, `${stem} ${trade.slice(0, 5)}.`, `${stem} ${legalForm}`]);

function textOf({ invoices }: BilledCase, kind: PaymentKind, place: PaymentPlace): string {
  const { phrases, random } = place;
  const [first = '', second = ''] = invoices.map(({ reference }) => reference);
  switch (kind) {
    case 'payer-name':
    case 'shortened-name':
      return random.pick(phrases.vague);
    case 'noisy':
      return noisy(first, place);
    case 'wrapped':
      return `${random.pick(place.wrapsAt === 27 ? FILLERS_27 : FILLERS_35)}${first}`;
    case 'bare-number':
      return lastPart(first);
    case 'two-invoices':
      return random.pick([`${first} + ${second}`, `${first}, ${second}`, `${random.pick(phrases.prefixes)}${first} / ${second}`]);
    default:
      return first;
  }
}

/** The "00017" of "NW-2026-00017"; a plain id whole. */
const lastPart = (reference: string): string => reference.slice(reference.lastIndexOf('-') + 1);

function noisy(reference: string, { phrases, random }: PaymentPlace): string {
  const mangled = random.pick([
    reference,
    reference.toLowerCase(),
    reference.replaceAll('-', ' '),
    reference.replaceAll('-', ''),
    reference.replaceAll('-', '/'),
  ]);
  const worded = `${random.pick(phrases.prefixes)}${mangled}${random.pick(phrases.suffixes)}`;
  return random.between(1, 3) === 1 ? worded.toLowerCase() : worded;
}

/** 16 to 25 and 23 to 34 characters long: the number that follows is broken by the wrap. */
const FILLERS_27 = ['Begleichung der Rechnung ', 'Rechnung Nummer '];
const FILLERS_35 = ['Hosting, Begleichung der Rechnung ', 'Ausgleich der Rechnung '];
