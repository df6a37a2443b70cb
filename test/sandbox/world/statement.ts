import { decimalOf } from '../../../src/platform/money';
import type { BankFormat, LineContext, WireLine } from './formats/format';
import type { Poison, Posting } from './movement';
import type { Random } from './random';
import { iban } from './references';
import type { SandboxAccount, TruePayment } from './world';

/** An account and what happened on it, before the bank has written it down. */
export interface Statement {
  readonly plan: AccountPlan;
  readonly booked: readonly Posting[];
  readonly pending: readonly Posting[];
}

export interface AccountPlan {
  readonly format: BankFormat;
  /** Where they are not the format's own: another bank of the same house. */
  readonly elsewhere?: { readonly institution: string; readonly country: string };
  /** What is wrong with one line of the account. */
  readonly poison?: Poison;
}

export interface Holder {
  readonly owner: string;
  readonly currency: string;
  readonly random: Random;
}

/** The account in its bank's format, newest line first, and the truth about its lines. */
export function written({ plan, booked, pending }: Statement, holder: Holder): { account: SandboxAccount; truth: TruePayment[] } {
  const { institution, country } = plan.elsewhere ?? plan.format;
  const id = holder.random.uuid();
  const postings = [...booked].sort((a, b) => momentOf(b).localeCompare(momentOf(a)));
  const write = (posting: Posting, number: number) => wireOf(posting, plan.format, { owner: holder.owner, number, random: holder.random });
  const account = {
    id,
    format: institution,
    iban: iban(country, holder.random),
    currency: holder.currency,
    ownerName: holder.owner,
    name: plan.format.product,
    balance: balanceOf(postings, holder.currency),
    booked: postings.map((posting, index) => write(posting, postings.length - index)),
    pending: pending.map((posting, index) => asPending(posting, write(posting, postings.length + index + 1))),
  };
  const truth = postings.flatMap(({ pays }, line) => (pays === null ? [] : [{ accountId: id, line, ...pays }]));
  return { account, truth };
}

const momentOf = ({ movement }: Posting): string => `${movement.bookedOn}T${movement.time}`;

const OPENING_MINOR = 18_000_000n;

/** Only what is readable and in the account's own currency counts: the rest lies in its other pockets. */
function balanceOf(booked: readonly Posting[], currency: string): string {
  const own = booked.filter(({ movement, poison }) => movement.currency === currency && poison === undefined);
  return decimalOf({ amountMinor: own.reduce((sum, { movement }) => sum + movement.amountMinor, OPENING_MINOR), currency });
}

function wireOf({ movement, poison }: Posting, format: BankFormat, context: LineContext): WireLine {
  const line = format.line(movement, context);
  if (poison === 'date') return omit(line, DATES);
  return poison === 'amount' ? { ...line, transactionAmount: { amount: 'abc', currency: movement.currency } } : line;
}

/** Until it is booked, a line has no ids and no booking date. */
const asPending = ({ movement }: Posting, line: WireLine): WireLine => ({ ...omit(line, [...IDS, ...DATES]), valueDate: movement.valueOn });

const IDS = ['transactionId', 'internalTransactionId', 'endToEndId'];
const DATES = ['bookingDate', 'bookingDateTime', 'valueDate', 'valueDateTime'];

const omit = (line: WireLine, fields: readonly string[]): WireLine =>
  Object.fromEntries(Object.entries(line).filter(([field]) => !fields.includes(field)));
