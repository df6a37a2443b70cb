import { onDay } from './calendar';
import { casesOf, type Fate } from './cases';
import { customersOf, type NamePool } from './customers';
import type { BankFormat } from './formats/format';
import { billed, type BilledCase, type Numbering } from './invoices';
import type { Posting } from './movement';
import { type Phrases, paymentOf, type PaymentPlace, tieOf } from './payments';
import { seededRandom } from './random';
import { type AccountPlan, type Statement, written } from './statement';
import { deceptiveLines, routineLine, type Traffic, type TrafficPlace } from './traffic';
import type { Business, PaymentKind, SandboxBilling, SandboxInvoice } from './world';

/** All that makes one business different from another. */
export interface BusinessPlan {
  readonly business: Pick<Business, 'slug' | 'name' | 'country' | 'currency' | 'institutionId'>;
  readonly owner: string;
  readonly accounts: readonly AccountPlan[];
  /** How many booked lines an account has at least; poison lines come on top. */
  readonly linesPerAccount: number;
  readonly names: NamePool;
  readonly customers: { readonly companies: number; readonly persons: number };
  readonly fates: Readonly<Record<Fate, number>>;
  readonly numberOf: Numbering;
  readonly phrases: Phrases;
  readonly traffic: Traffic;
  readonly billing: Pick<SandboxBilling, 'identifier' | 'secret' | 'gateway' | 'currency'>;
}

/** Invents customers and invoices, has some of them paid, adds the rest of life, and lets the banks write it down. */
export function buildBusiness(plan: BusinessPlan, seed: number, today: string): Business {
  const { slug, currency, country } = plan.business;
  const stream = (name: string) => seededRandom(seed, `${slug} ${name}`);
  const customers = customersOf(plan.names, plan.customers.companies, plan.customers.persons, stream('customers'));
  const cases = billed(casesOf(plan.fates, customers, today, stream('cases')), currency, plan.numberOf);
  const accounts = plan.accounts.map(account => ({ plan: account, booked: [], pending: [] }));
  pay(accounts, cases, { currency, phrases: plan.phrases, random: stream('payments') });
  live(accounts, cases, plan, { currency, country, today, random: stream('traffic') });
  announce(accounts, cases, plan, { currency, country, today, random: stream('pending') });
  const statements = accounts.map(account =>
    written(account, { owner: plan.owner, currency, random: stream(account.plan.format.institution) }),
  );
  return {
    ...plan.business,
    accounts: statements.map(({ account }) => account),
    whmcs: { ...plan.billing, clients: customers.map(({ client }) => client), invoices: invoicesOf(cases) },
    truth: statements.flatMap(({ truth }) => truth),
  };
}

/** A statement to which lines can still be added. */
interface OpenStatement extends Statement {
  readonly booked: Posting[];
  readonly pending: Posting[];
}

/** Every payment goes to the emptiest account of those that can show it. */
function pay(accounts: readonly OpenStatement[], cases: readonly BilledCase[], place: Omit<PaymentPlace, 'wrapsAt'>): void {
  for (const entry of cases) {
    const { fate } = entry;
    if (!isPaid(fate)) continue;
    const { plan, booked } = emptiest(accounts.filter(account => canShow(account.plan.format, fate)));
    const here = { ...place, wrapsAt: plan.format.wrapsAt };
    booked.push(fate === 'tie' ? tieOf(entry, here) : paymentOf(entry, fate, here));
  }
}

/** Adds what has nothing to do with open invoices, until every account is full. */
function live(accounts: readonly OpenStatement[], cases: readonly BilledCase[], plan: BusinessPlan, place: TrafficPlace): void {
  for (const line of deceptiveLines(plan.traffic, cases, place)) emptiest(accounts).booked.push(line);
  for (const account of accounts) {
    const least = plan.linesPerAccount + place.random.between(0, 2);
    while (account.booked.length < least) account.booked.push(routineLine(plan.traffic, place));
    if (account.plan.poison !== undefined) account.booked.push({ ...routineLine(plan.traffic, place), poison: account.plan.poison });
  }
}

/** What the banks have announced for today: a few debits, and on every second account a payment that quotes an open invoice. */
function announce(accounts: readonly OpenStatement[], cases: readonly BilledCase[], plan: BusinessPlan, place: TrafficPlace): void {
  const { random, currency } = place;
  const open = random.shuffled(cases.filter(({ fate }) => fate === 'open'));
  accounts.forEach((account, index) => {
    for (let count = random.between(0, 2); count > 0; count--) account.pending.push(dated(routineLine(plan.traffic, place), place));
    const entry = open[index];
    const here = { currency, phrases: plan.phrases, random, wrapsAt: account.plan.format.wrapsAt };
    if (entry !== undefined && index % 2 === 0) account.pending.push(dated(paymentOf(entry, 'exact', here), place));
  });
}

const dated = (posting: Posting, { today, random }: TrafficPlace): Posting => ({
  ...posting,
  movement: { ...posting.movement, ...onDay(today, random) },
});

function isPaid(fate: Fate): fate is PaymentKind | 'tie' {
  return !['open', 'Paid', 'Cancelled', 'Refunded'].includes(fate);
}

function canShow(format: BankFormat, fate: PaymentKind | 'tie'): boolean {
  if (fate === 'wrapped') return format.wrapsAt !== null;
  if (fate === 'other-currency') return format.multiCurrency;
  return format.showsPayer || !['payer-name', 'shortened-name', 'tie'].includes(fate);
}

/** @throws RangeError when no account is left to choose from. */
function emptiest(accounts: readonly OpenStatement[]): OpenStatement {
  const [least] = [...accounts].sort((a, b) => a.booked.length - b.booked.length);
  if (least === undefined) throw new RangeError('No account can show such a payment');
  return least;
}

const invoicesOf = (cases: readonly BilledCase[]): SandboxInvoice[] =>
  cases.flatMap(({ invoices }) => invoices.map(({ wire }) => wire)).sort((a, b) => Number(a.id) - Number(b.id));
