import { createHash } from 'node:crypto';

/** An entry as it is stored, its values as the text that was hashed. */
export interface StoredEntry {
  readonly tenantId: string;
  readonly id: string;
  readonly sequence: string;
  /** UTC, ISO 8601 with microseconds. */
  readonly recordedAt: string;
  readonly actor: string;
  readonly requestId: string;
  readonly action: string;
  readonly objectType: string | null;
  readonly objectId: string | null;
  /** JSON as PostgreSQL writes jsonb. */
  readonly before: string | null;
  readonly after: string | null;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** The end of a chain: written down elsewhere, it proves later that nothing up to it was written anew. */
export interface Head {
  readonly sequence: bigint;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

export interface Chain {
  /** In the order of their sequence. */
  readonly entries: AsyncIterable<StoredEntry>;
  /** As the database keeps it beside the entries; null when it keeps none. */
  readonly head: Head | null;
  /** As somebody noted it earlier; null when nobody did. */
  readonly expected: Head | null;
}

export type Verdict =
  | { readonly intact: true; readonly head: Head }
  /** `sequence` is that of the first entry that is not as it was written. */
  | { readonly intact: false; readonly sequence: bigint; readonly problem: string };

const START: Head = { sequence: 0n, hash: '00'.repeat(32) };

/**
 * Recomputes a chain from its stored values, one entry at a time, up to the first that is not as it was written. It asks nothing of the
 * database but the values: what could change an entry there could change a function too.
 * @param onEntry hears of each entry that is as it was written.
 * @requirement SEC-020
 */
export async function verifyChain({ entries, head, expected }: Chain, onEntry: (at: Head) => void = () => undefined): Promise<Verdict> {
  let at = START;
  for await (const entry of entries) {
    const problem = problemOf(entry, at) ?? unlike(expected, entry);
    if (problem !== undefined) return { intact: false, sequence: at.sequence + 1n, problem };
    at = { sequence: BigInt(entry.sequence), hash: entry.hash.toString('hex') };
    onEntry(at);
  }
  return endOf(at, head ?? START, expected);
}

/** The text that is hashed after the hash of the entry before; payymo.audit_payload writes the same. */
export const payloadOf = (entry: StoredEntry): string =>
  `payymo-audit-v1,${[
    entry.tenantId,
    entry.id,
    entry.sequence,
    entry.recordedAt,
    entry.actor,
    entry.requestId,
    entry.action,
    entry.objectType,
    entry.objectId,
    entry.before,
    entry.after,
  ]
    .map(value => (value === null ? '-' : `${Buffer.byteLength(value)}:${value}`))
    .join(',')}`;

const hashOf = (entry: StoredEntry): string =>
  createHash('sha256').update(entry.previousHash).update(payloadOf(entry), 'utf8').digest('hex');

function problemOf(entry: StoredEntry, { sequence, hash }: Head): string | undefined {
  const found = BigInt(entry.sequence);
  if (found > sequence + 1n) return 'it is missing';
  if (found <= sequence) return `an entry with the number ${found} stands in its place`;
  if (entry.previousHash.toString('hex') !== hash)
    return 'it does not follow the one before it: one of the two was rewritten, moved, put in or removed';
  return entry.hash.toString('hex') === hashOf(entry) ? undefined : 'it was changed: its hash is not that of its content';
}

const unlike = (expected: Head | null, { sequence, hash }: StoredEntry): string | undefined =>
  expected?.sequence === BigInt(sequence) && expected.hash !== hash.toString('hex')
    ? 'it is not the one that was noted: the trail was written anew up to here'
    : undefined;

function endOf(at: Head, head: Head, expected: Head | null): Verdict {
  if (at.sequence < head.sequence)
    return { intact: false, sequence: at.sequence + 1n, problem: 'it is missing: the end of the trail was cut off' };
  if (at.sequence > head.sequence)
    return { intact: false, sequence: head.sequence + 1n, problem: 'it was put in: the trail ended before it' };
  if (at.hash !== head.hash) return { intact: false, sequence: at.sequence, problem: 'it is not the one that the trail ended with' };
  if (expected && at.sequence < expected.sequence)
    return { intact: false, sequence: at.sequence + 1n, problem: 'it is missing: the trail was cut off before what was noted' };
  return { intact: true, head: at };
}
