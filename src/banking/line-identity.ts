import { createHash } from 'node:crypto';

import type { BankLine, BankLines } from '../providers/bank-provider';
import type { TransactionStatus } from './transaction.model';

/** What is known of a stored line that may be the same as a fetched one. */
export interface StoredLine {
  readonly id: string;
  readonly status: TransactionStatus;
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
 * the amount agree (the bank mended a text), else when a pending line of the same id or text and amount was waiting for it.
 */
export function planLines(stored: readonly StoredLine[], fetched: Pick<BankLines, 'booked' | 'pending'>): LinePlan {
  const booked = identify('BOOKED', fetched.booked);
  const pending = identify('PENDING', fetched.pending);
  const pool = new Pool(stored);
  const matched = [...pool.takeAll(booked, sameContent), ...pool.takeAll(pending, sameContent)];
  const known = new Set(matched.map(({ to }) => to));
  const rest = (lines: readonly IdentifiedLine[]) => lines.filter(line => !known.has(line));
  const changed = [
    ...pool.takeAll(uniqueById(rest(booked)), sameId('BOOKED')),
    ...pool.takeAll(uniqueById(rest(pending)), sameId('PENDING')),
  ];
  for (const { to } of changed) known.add(to);
  const promoted = pool.takeAll(rest(booked), becameBooked);
  for (const { to } of promoted) known.add(to);
  return {
    insert: [...rest(booked), ...rest(pending)],
    update: [...matched.filter(({ from, to }) => idsDiffer(from, to)), ...changed, ...promoted].map(({ from, to }) => ({
      id: from.id,
      to,
    })),
    remove: pool
      .left()
      .filter(({ status }) => status === 'PENDING')
      .map(({ id }) => id),
  };
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
  takeAll(fetched: readonly IdentifiedLine[], same: Same): { from: StoredLine; to: IdentifiedLine }[] {
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

const sharesId = (stored: Pick<StoredLine, 'internalId' | 'providerId'>, line: Pick<StoredLine, 'internalId' | 'providerId'>): boolean =>
  (stored.internalId !== null && stored.internalId === line.internalId) ||
  (stored.providerId !== null && stored.providerId === line.providerId);

const sameId =
  (status: TransactionStatus): Same =>
  (stored, { line }) =>
    stored.status === status && sharesId(stored, line);

const becameBooked: Same = (stored, { line }) =>
  stored.status === 'PENDING' && (sharesId(stored, line) || stored.remittance === line.remittance);

const idsDiffer = ({ providerId, internalId }: StoredLine, { line }: IdentifiedLine): boolean =>
  providerId !== line.providerId || internalId !== line.internalId;

/** Lines whose ids no other line of the fetch has: an id that a bank repeats says nothing. */
function uniqueById(lines: readonly IdentifiedLine[]): IdentifiedLine[] {
  const seen = new Map<string, number>();
  const idsOf = ({ line }: IdentifiedLine) => [line.internalId, line.providerId].filter(id => id !== null);
  for (const line of lines) for (const id of idsOf(line)) seen.set(id, (seen.get(id) ?? 0) + 1);
  return lines.filter(line => idsOf(line).every(id => seen.get(id) === 1));
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
