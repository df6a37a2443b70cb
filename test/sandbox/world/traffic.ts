import { someDay } from './calendar';
import type { BilledCase } from './invoices';
import type { Channel, Movement, Party, Posting } from './movement';
import type { Random } from './random';
import { iban } from './references';

/** A payment that comes again and again; it has nothing to do with invoices to customers. */
export interface Routine {
  readonly channel: Channel;
  readonly names: readonly string[];
  /** What is written beside; `day` is the booking date. */
  readonly text: (random: Random, day: string) => string;
  /** In minor units, both included; negative leaves the account. */
  readonly between: readonly [number, number];
  /** How often, in relation to the others. */
  readonly weight: number;
}

/** The life of a business apart from its customers. */
export interface Traffic {
  readonly routines: readonly Routine[];
  /** Come so many times each, whatever their weight: the incoming lines that a matcher has to leave alone. */
  readonly incoming: readonly { readonly routine: Routine; readonly times: number }[];
  readonly strangers: { readonly count: number; readonly names: readonly string[]; readonly texts: readonly string[] };
  /** What is written before an invoice's number when its amount goes back to the customer. */
  readonly refundText: string;
}

/** Where and when lines are made. */
export interface TrafficPlace {
  readonly currency: string;
  /** ISO 3166-1 alpha-2, of the other side's accounts. */
  readonly country: string;
  readonly today: string;
  readonly random: Random;
}

/** One line of any routine. */
export function routineLine({ routines }: Traffic, place: TrafficPlace): Posting {
  return lineOf(place.random.pick(routines.flatMap(routine => Array.from({ length: routine.weight }, () => routine))), place);
}

/** The lines that are easily taken for payments of open invoices, and are none. */
export function deceptiveLines(traffic: Traffic, cases: readonly BilledCase[], place: TrafficPlace): Posting[] {
  return [
    ...traffic.incoming.flatMap(({ routine, times }) => Array.from({ length: times }, () => lineOf(routine, place))),
    ...strangers(traffic, cases, place),
    ...cases.filter(({ fate }) => fate === 'Cancelled' || fate === 'Refunded').map(lateOf(place.currency)),
    ...cases
      .filter(({ fate }) => fate === 'Paid')
      .slice(0, 3)
      .map(refundOf(traffic.refundText, place.currency)),
  ];
}

function lineOf({ channel, names, text, between: [least, most] }: Routine, place: TrafficPlace): Posting {
  const { random, currency } = place;
  const day = someDay(place.today, random);
  const amountMinor = BigInt(random.between(least, most));
  const name = random.pick(names);
  return unrelated({ ...day, amountMinor, currency, channel, party: partyOf(name, channel, place), text: text(random, day.bookedOn) });
}

const partyOf = (name: string, channel: Channel, place: TrafficPlace): Party =>
  channel === 'transfer' || channel === 'direct-debit' ? { name, iban: iban(place.country, place.random) } : { name, iban: '' };

/** People who are no customers pay exactly what some invoice is still open for. */
function strangers({ strangers: { count, names, texts } }: Traffic, cases: readonly BilledCase[], place: TrafficPlace): Posting[] {
  const { random, currency, today } = place;
  const open = random.shuffled(cases.filter(({ fate }) => fate === 'open').flatMap(({ invoices }) => invoices));
  return open.slice(0, count).map(({ totalMinor }) =>
    unrelated({
      ...someDay(today, random),
      amountMinor: totalMinor,
      currency,
      channel: 'transfer',
      party: partyOf(random.pick(names), 'transfer', place),
      text: random.pick(texts),
    }),
  );
}

/** The customer pays, with the right number, what has been cancelled or refunded: nothing is open. */
const lateOf =
  (currency: string) =>
  (entry: BilledCase): Posting =>
    unrelated({ ...withInvoice(entry, currency), text: referenceOf(entry) });

/** We pay back: the number and the amount are right, the direction is not. */
const refundOf =
  (refundText: string, currency: string) =>
  (entry: BilledCase): Posting => {
    const movement = withInvoice(entry, currency);
    return unrelated({ ...movement, amountMinor: -movement.amountMinor, text: `${refundText} ${referenceOf(entry)}` });
  };

const withInvoice = ({ day, customer, invoices }: BilledCase, currency: string): Movement => ({
  ...day,
  amountMinor: invoices[0]?.totalMinor ?? 0n,
  currency,
  channel: 'transfer',
  party: customer.payer,
  text: '',
});

const referenceOf = ({ invoices }: BilledCase): string => invoices[0]?.reference ?? '';

const unrelated = (movement: Movement): Posting => ({ movement, pays: null });
