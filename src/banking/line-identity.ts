import { createHash } from 'node:crypto';

import type { BankLine, BankLines } from '../providers/bank-provider';
import type { TransactionStatus } from './transaction.model';

/** What is known of a stored line that may be the same as a fetched one. */
export interface StoredLine {
  readonly id: string;
  readonly status: TransactionStatus;
  /** YYYY-MM-DD */
  readonly bookedOn: string;
  readonly fingerprint: string;
  readonly ordinal: number;
  readonly amountMinor: string;
  readonly currency: string;
  readonly remittance: string;
  readonly providerId: string | null;
  readonly internalId: string | null;
}

/** A fetched line with what identifies it in its account. */
export interface IdentifiedLine {
  readonly status: TransactionStatus;
  readonly line: BankLine;
  readonly fingerprint: string;
  readonly ordinal: number;
}

/** The whole answer of a bank: whatever it has booked since `from` (YYYY-MM-DD) is in it. */
export interface FetchedLines extends Pick<BankLines, 'booked' | 'pending'> {
  readonly from: string;
}

/** What to do so that the stored lines equal the fetched ones. */
export interface LinePlan {
  readonly insert: readonly IdentifiedLine[];
  readonly update: readonly { readonly id: string; readonly to: IdentifiedLine }[];
  /** Pending lines that the bank no longer shows, neither pending nor booked. */
  readonly remove: readonly string[];
}

/**
 * Decides which fetched lines are known, without trusting ids: banks reissue them and repeat them. A line is the same when its
 * content is the same (two equal lines of one day stay two: they are numbered), else when an id that is unique on both sides and
 * the amount agree while the bank no longer shows the stored line (it mended a text or a date), else when a pending line of the same
 * id, or of the same text, and of the same amount was waiting for it.
 */
export function planLines(stored: readonly StoredLine[], { booked, pending, from: since }: FetchedLines): LinePlan {
  const fetched = [...identify('BOOKED', booked), ...identify('PENDING', pending)];
  const pool = new Pool(stored);
  const known = new Set<IdentifiedLine>();
  const take = (lines: readonly IdentifiedLine[], same: Same): Pair[] => {
    const pairs = pool.takeAll(
      lines.filter(line => !known.has(line)),
      same,
    );
    for (const { to } of pairs) known.add(to);
    return pairs;
  };
  const unchanged = take(fetched, sameContent);
  const mended = take(uniqueById(stored, fetched), mendedSince(since));
  const promoted = [...take(fetched, bookedById), ...take(fetched, bookedByText)];
  return {
    insert: fetched.filter(line => !known.has(line)),
    update: [...unchanged.filter(idsDiffer), ...mended, ...promoted].map(({ from: { id }, to }) => ({ id, to })),
    remove: pool.left().flatMap(({ id, status }) => (status === 'PENDING' ? [id] : [])),
  };
}

/** A stored line and the fetched one that it is. */
interface Pair {
  readonly from: StoredLine;
  readonly to: IdentifiedLine;
}

type Same = (stored: StoredLine, fetched: IdentifiedLine) => boolean;

class Pool {
  readonly #left: Set<StoredLine>;
  readonly #byAmount = new Map<string, StoredLine[]>();

  constructor(stored: readonly StoredLine[]) {
    this.#left = new Set(stored);
    for (const line of stored) this.#byAmount.set(amountKey(line), [...(this.#byAmount.get(amountKey(line)) ?? []), line]);
  }

  /** Pairs each fetched line with at most one stored line that is still free. */
  takeAll(fetched: readonly IdentifiedLine[], same: Same): Pair[] {
    return fetched.flatMap(to => {
      const key = amountKey({ amountMinor: to.line.amount.amountMinor.toString(), currency: to.line.amount.currency });
      const from = this.#byAmount.get(key)?.find(line => this.#left.has(line) && same(line, to));
      if (!from) return [];
      this.#left.delete(from);
      return [{ from, to }];
    });
  }

  left(): StoredLine[] {
    return [...this.#left];
  }
}

const amountKey = ({ amountMinor, currency }: Pick<StoredLine, 'amountMinor' | 'currency'>): string => `${amountMinor} ${currency}`;

const sameContent: Same = (stored, { status, fingerprint, ordinal }) =>
  stored.status === status && stored.fingerprint === fingerprint && stored.ordinal === ordinal;

const sharesId = (stored: StoredLine, { line }: IdentifiedLine): boolean =>
  (stored.internalId !== null && stored.internalId === line.internalId) ||
  (stored.providerId !== null && stored.providerId === line.providerId);

/** A booked line of a day before `since` is not shown in any case: that it is missing says nothing. */
const mendedSince =
  (since: string): Same =>
  (stored, fetched) =>
    stored.status === fetched.status && sharesId(stored, fetched) && (stored.status === 'PENDING' || stored.bookedOn >= since);

const bookedById: Same = (stored, fetched) => stored.status === 'PENDING' && fetched.status === 'BOOKED' && sharesId(stored, fetched);

const bookedByText: Same = (stored, { status, line }) =>
  stored.status === 'PENDING' && status === 'BOOKED' && stored.remittance === line.remittance;

const idsDiffer = ({ from: { providerId, internalId }, to: { line } }: Pair): boolean =>
  providerId !== line.providerId || internalId !== line.internalId;

/** Fetched lines whose ids no other line of their status has, fetched or stored: an id that a bank repeats says nothing. */
function uniqueById(stored: readonly StoredLine[], fetched: readonly IdentifiedLine[]): IdentifiedLine[] {
  const repeated = new Set([
    ...repeatedIn(fetched.map(({ status, line }) => idsOf(status, line))),
    ...repeatedIn(stored.map(line => idsOf(line.status, line))),
  ]);
  return fetched.filter(({ status, line }) => !idsOf(status, line).some(id => repeated.has(id)));
}

const idsOf = (status: TransactionStatus, { internalId, providerId }: Pick<BankLine, 'internalId' | 'providerId'>): string[] => [
  ...(internalId === null ? [] : [`${status} internal ${internalId}`]),
  ...(providerId === null ? [] : [`${status} provider ${providerId}`]),
];

function repeatedIn(ids: readonly (readonly string[])[]): string[] {
  const seen = new Set<string>();
  return ids.flat().filter(id => seen.size === seen.add(id).size);
}

function identify(status: TransactionStatus, lines: readonly BankLine[]): IdentifiedLine[] {
  const counts = new Map<string, number>();
  return lines.map(line => {
    const fingerprint = fingerprintOf(line);
    const ordinal = counts.get(fingerprint) ?? 0;
    counts.set(fingerprint, ordinal + 1);
    return { status, line, fingerprint, ordinal };
  });
}

/** Digest of what a person would read on the statement; no id is part of it. */
function fingerprintOf({
  amount,
  bookedOn,
  counterpartyName,
  counterpartyIban,
  remittance,
  structuredReference,
  endToEndId,
}: BankLine): string {
  const content = [
    amount.amountMinor.toString(),
    amount.currency,
    bookedOn,
    counterpartyName,
    counterpartyIban,
    remittance,
    structuredReference,
    endToEndId,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
