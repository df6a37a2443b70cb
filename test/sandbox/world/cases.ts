import { addDays } from '../../../src/platform/clock';
import { onDay, someDay } from './calendar';
import type { Customer } from './customers';
import type { Movement } from './movement';
import type { Random } from './random';
import type { PaymentKind } from './world';

/** What becomes of an invoice: paid in some way by a line, or `tie` (paid, but nobody can tell which of two), or not at all. */
export type Fate = PaymentKind | 'tie' | 'open' | 'Paid' | 'Cancelled' | 'Refunded';

/** One invoice, or the two that belong together, before the installation has numbered them. */
export interface Case {
  readonly fate: Fate;
  readonly customer: Customer;
  readonly drafts: readonly Draft[];
  /** When a payment comes, if one does. */
  readonly day: Pick<Movement, 'bookedOn' | 'valueOn' | 'time'>;
}

export interface Draft {
  /** YYYY-MM-DD */
  readonly issuedOn: string;
  readonly items: readonly Item[];
}

interface Item {
  readonly description: string;
  /** In minor units. */
  readonly priceMinor: bigint;
}

/** So many cases of each fate, dealt to the customers in turn. No customer has two invoices of the same amount, but for ties. */
export function casesOf(counts: Readonly<Record<Fate, number>>, customers: readonly Customer[], today: string, random: Random): Case[] {
  const fates = (Object.keys(counts) as Fate[]).flatMap(fate => Array.from({ length: counts[fate] }, () => fate));
  const next = dealer(random.shuffled(customers));
  const used = new Set<string>();
  return random.shuffled(fates).map(fate => {
    const customer = next(fate);
    const day = someDay(today, random);
    return {
      fate,
      customer,
      day: fate === 'open' ? onDay(today, random) : day,
      drafts: draftsOf(fate, customer, day.bookedOn, { random, used }),
    };
  });
}

export const totalOf = ({ items }: Draft): bigint => items.reduce((sum, item) => sum + item.priceMinor, 0n);

/** Deals round; a name can only be shortened where there is a company, a number only be mangled where there is one. */
function dealer(deck: readonly Customer[]): (fate: Fate) => Customer {
  const queue = [...deck];
  return fate => {
    const index = queue.findIndex(customer => suits(fate, customer));
    const [customer] = queue.splice(index, 1);
    if (index < 0 || customer === undefined) throw new RangeError(`No customer suits ${fate}`);
    queue.push(customer);
    return customer;
  };
}

function suits(fate: Fate, { company, quotesIds }: Customer): boolean {
  if (fate === 'shortened-name') return company !== null;
  return fate === 'wrapped' ? !quotesIds : true;
}

interface Means {
  readonly random: Random;
  /** Customer and total of every draft so far. */
  readonly used: Set<string>;
}

function draftsOf(fate: Fate, customer: Customer, paidOn: string, means: Means): Draft[] {
  const first = draft(customer, paidOn, means);
  if (fate === 'tie') return [first, { ...first, issuedOn: addDays(first.issuedOn, -1) }];
  return fate === 'two-invoices' ? [first, draft(customer, paidOn, means)] : [first];
}

function draft(customer: Customer, paidOn: string, { random, used }: Means): Draft {
  const candidate = { issuedOn: addDays(paidOn, -random.between(2, 30)), items: basket(random) };
  const key = `${customer.client.id} ${String(totalOf(candidate))}`;
  if (used.has(key)) return draft(customer, paidOn, { random, used });
  used.add(key);
  return candidate;
}

/** Gross prices in minor units. */
const CATALOGUE: readonly (readonly [string, number])[] = [
  ['Webspace S', 595],
  ['Webspace M', 1190],
  ['Webspace L', 2380],
  ['Domain, 12 months', 1428],
  ['Domain with privacy, 12 months', 1785],
  ['Root server', 5950],
  ['Managed server M', 8330],
  ['Managed server L', 15470],
  ['TLS certificate', 4760],
  ['Backup space 500 GB', 1071],
  ['Mailbox', 833],
  ['Move of a site', 11781],
];

const basket = (random: Random): Item[] =>
  random
    .shuffled(CATALOGUE)
    .slice(0, random.between(1, 3))
    .map(([product, price]) => {
      const quantity = random.between(1, 4);
      return { description: quantity === 1 ? product : `${product} x ${quantity}`, priceMinor: BigInt(price * quantity) };
    });
