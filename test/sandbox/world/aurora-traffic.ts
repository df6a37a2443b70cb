import { rfReference } from './references';
import type { Routine, Traffic } from './traffic';

const routines: readonly Routine[] = [
  {
    channel: 'transfer',
    names: ['Rowan Tadcaster', 'Niamh Orrell'],
    text: (_random, day) => `Salary ${day.slice(0, 7)}`,
    between: [-345_000, -221_000],
    weight: 2,
  },
  { channel: 'transfer', names: ['Millrace Offices Ltd'], text: () => 'Rent unit 4', between: [-142_000, -142_000], weight: 1 },
  {
    channel: 'transfer',
    names: ['Penstock Racks Ltd', 'Harbinger Accountants LLP'],
    text: random => random.pick([`Invoice 7${random.digits(4)}`, rfReference(random)]),
    between: [-72_000, -3_900],
    weight: 3,
  },
  {
    channel: 'card',
    names: ['The Copper Kettle', 'Trackside Tickets', 'Quill and Paper', 'Fenway Fuel'],
    text: random => random.pick(['Leeds', 'York', 'Hull', 'Derby']),
    between: [-14_000, -210],
    weight: 6,
  },
  {
    channel: 'direct-debit',
    names: ['Northern Grid Energy', 'Longline Telecom'],
    text: random => `Account 88${random.digits(6)}`,
    between: [-48_000, -1_500],
    weight: 4,
  },
  { channel: 'fee', names: ['Account charge'], text: (_random, day) => `Charges ${day.slice(0, 7)}`, between: [-1_800, -120], weight: 1 },
];

const payout: Routine = {
  channel: 'transfer',
  names: ['Cardmill Payments Ltd'],
  text: random => `Payout P${random.digits(8)}`,
  between: [9_000, 120_000],
  weight: 1,
};

const supplierRefund: Routine = {
  channel: 'transfer',
  names: ['Penstock Racks Ltd'],
  text: random => `Credit note C6${random.digits(4)}`,
  between: [600, 18_000],
  weight: 1,
};

const interest: Routine = { channel: 'interest', names: ['Gross interest'], text: () => '', between: [8, 420], weight: 1 };

/** What happens on the accounts of a small British host beside its customers' payments. */
export const auroraTraffic: Traffic = {
  routines,
  incoming: [
    { routine: payout, times: 3 },
    { routine: supplierRefund, times: 2 },
    { routine: interest, times: 2 },
  ],
  strangers: {
    count: 4,
    names: ['Winifred Sallow', 'Pocklington Choir', 'Barnaby Quayle'],
    texts: ['Donation', 'Expenses', 'Deposit', ''],
  },
  refundText: 'Refund',
};
