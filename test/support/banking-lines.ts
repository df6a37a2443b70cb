import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { type FetchedLines, type LinePlan, planLines, type StoredLine } from '../../src/banking/line-identity';
import type { BankLine } from '../../src/providers/bank-provider';

/** A line as the provider translates it: 61.50 EUR came in on 2 March 2026, with neither id nor text. */
export const aBankLine = ({ minor = 6_150n, ...difference }: Partial<BankLine> & { readonly minor?: bigint } = {}): BankLine => ({
  providerId: null,
  internalId: null,
  amount: { amountMinor: minor, currency: 'EUR' },
  bookedOn: '2026-03-02',
  valueOn: '2026-03-02',
  counterpartyName: 'Birgitta Solheim',
  counterpartyIban: null,
  remittance: '',
  structuredReference: null,
  endToEndId: null,
  bankTransactionCode: null,
  ...difference,
});

/** The rows of an account, kept in memory with the very constraint that the table has. */
export class StoredAccount {
  rows: (StoredLine & { readonly line: BankLine })[] = [];
  private next = 0;

  /** Plans a fetch and does what the plan says. Throws for two rows with one key, as the table would. */
  apply(fetched: FetchedLines): LinePlan {
    const plan = planLines(this.rows, fetched);
    this.rows = this.rows
      .filter(({ id }) => !plan.remove.includes(id))
      .map(row => {
        const change = plan.update.find(({ id }) => id === row.id);
        return change ? rowOf(row.id, change.to) : row;
      });
    for (const line of plan.insert) this.rows.push(rowOf(`row-${(this.next += 1)}`, line));
    const keys = this.rows.map(({ status, fingerprint, ordinal }) => `${status} ${fingerprint} ${ordinal}`);
    if (new Set(keys).size !== keys.length) throw new Error('Two rows of one key');
    return plan;
  }

  /** What is stored, without the ids of rows. */
  contents(): string[] {
    return contentsOf(this.rows.map(({ status, line }) => ({ status, line })));
  }
}

export const contentsOf = (lines: readonly { readonly status: string; readonly line: BankLine }[]): string[] =>
  lines
    .map(
      ({ status, line: { amount, bookedOn, remittance } }) =>
        `${status} ${bookedOn} ${amount.amountMinor} ${amount.currency} ${remittance}`,
    )
    .sort();

const rowOf = (id: string, { status, line, fingerprint, ordinal }: LinePlan['insert'][number]): StoredAccount['rows'][number] => ({
  id,
  status,
  fingerprint,
  ordinal,
  line,
  bookedOn: line.bookedOn,
  amountMinor: line.amount.amountMinor.toString(),
  currency: line.amount.currency,
  remittance: line.remittance,
  providerId: line.providerId,
  internalId: line.internalId,
});

/** The day of March 2026. */
export const march = (day: number): string => `2026-03-${String(day).padStart(2, '0')}`;

/** What happens at a bank in one step between two fetches. */
export interface BankStep {
  readonly announced: readonly { readonly minor: number; readonly text: string }[];
  readonly booked: readonly { readonly minor: number; readonly text: string; readonly back: number }[];
  readonly settles: number;
  readonly cancels: boolean;
}

const movement = { minor: fc.constantFrom(-500, 500, 700), text: fc.constantFrom('', 'rent', 'hosting') };

/** Few amounts, texts and days, so that equal lines and look-alikes are the rule. */
export const bankSteps: fc.Arbitrary<BankStep[]> = fc.array(
  fc.record({
    announced: fc.array(fc.record(movement), { maxLength: 3 }),
    booked: fc.array(fc.record({ ...movement, back: fc.integer({ min: 0, max: 3 }) }), { maxLength: 4 }),
    settles: fc.integer({ min: 0, max: 3 }),
    cancels: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

/** How a bank numbers its lines, as the wild knows it. */
export const numberings = ['stable', 'none', 'reissued', 'repeated', 'other when booked'] as const;
export type Numbering = (typeof numberings)[number];

/** A bank whose account moves by steps of some days. */
export class SteppingBank {
  private readonly booked: { readonly number: number; readonly line: BankLine }[] = [];
  private pending: { readonly number: number; readonly line: BankLine }[] = [];
  private numbers = 0;
  private fetches = 0;
  day = 4;

  constructor(private readonly numbering: Numbering) {}

  step({ announced, booked, settles, cancels }: BankStep): void {
    this.day += 3;
    if (cancels) this.pending.shift();
    for (const { number, line } of this.pending.splice(0, settles))
      this.booked.push({ number, line: { ...line, bookedOn: march(this.day) } });
    for (const { minor, text, back } of booked) this.book(minor, text, this.day - back);
    this.pending.push(...announced.map(({ minor, text }) => this.numbered(minor, text, this.day)));
  }

  fetch(from: number): FetchedLines {
    this.fetches += 1;
    const shown = this.booked.filter(({ line }) => line.bookedOn >= march(from));
    return { from: march(from), booked: shown.map(one => this.withId(one, 'B')), pending: this.pending.map(one => this.withId(one, 'P')) };
  }

  contents(): string[] {
    return contentsOf([
      ...this.booked.map(({ line }) => ({ status: 'BOOKED', line })),
      ...this.pending.map(({ line }) => ({ status: 'PENDING', line })),
    ]);
  }

  private book(minor: number, text: string, day: number): void {
    this.booked.push(this.numbered(minor, text, day));
  }

  private numbered(minor: number, text: string, day: number) {
    this.numbers += 1;
    return { number: this.numbers, line: aBankLine({ minor: BigInt(minor), remittance: text, bookedOn: march(day) }) };
  }

  private withId({ number, line }: { readonly number: number; readonly line: BankLine }, status: string): BankLine {
    const ids: Record<Numbering, string | null> = {
      stable: String(number),
      none: null,
      reissued: createHash('sha256').update(`${number} ${this.fetches}`).digest('hex').slice(0, 12),
      repeated: line.remittance,
      'other when booked': `${status}${number}`,
    };
    return { ...line, providerId: ids[this.numbering] };
  }
}
