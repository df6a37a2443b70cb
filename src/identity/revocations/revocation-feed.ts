import { Client, type ClientConfig, type QueryResult } from 'pg';

import type { Revocation, RevocationKind } from './revocation-map';

interface Row {
  /** The oldest transaction that was not over when the answer was made. */
  readonly horizon: string;
  /** Of the transaction that wrote it; null, with all that follows, when there is nothing. */
  readonly xid: string | null;
  readonly tenant_id: string;
  readonly id: string;
  readonly kind: RevocationKind;
  readonly subject: string;
  readonly min_version: number | null;
  readonly expires_at: Date;
}

/** Where a page ended: transaction, tenant and id of its last row. */
type Place = readonly [xid: string, tenantId: string, id: string];

/** An answer of a healthy database takes some milliseconds; a dead connection must not keep checks waiting. */
const ANSWER_MS = 1_000;
/** Rows of one answer: of many, each answer comes in time, so that a burst of revocations is read slowly rather than never. */
const PAGE_SIZE = 2_000;
const FROM_THE_BEGINNING = '0';
const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * Reads what was revoked since the last time, over a connection of its own: a pool whose connections are all busy must not delay it.
 *
 * Without gaps: each answer names its horizon, the oldest transaction still running then (pg_snapshot_xmin). All revocations of
 * older transactions can be seen from then on or were rolled back. Those of the horizon and younger can be committed at any time after
 * it, in any order, so the next question asks for all of them again. A sequence or a time of insertion would pass over a transaction that
 * commits late. Of several pages the horizon of the first counts, and only once the last was read: what is committed between two of them
 * may have its place in front of the page that comes next.
 */
export class RevocationFeed {
  readonly #config: ClientConfig;
  #client: Client | undefined;
  #horizon = FROM_THE_BEGINNING;

  constructor(url: string) {
    this.#config = { connectionString: url, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS, keepAlive: true };
  }

  /**
   * What has been revoked and is not over at `now`, page by page, as far as an earlier reading did not tell it.
   * @throws when the database does not answer.
   */
  async *read(now: Date): AsyncGenerator<readonly Revocation[], void, undefined> {
    try {
      this.#client ??= await this.#connected();
      yield* this.#pages(this.#client, now);
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  async *#pages(client: Client, now: Date): AsyncGenerator<readonly Revocation[], void, undefined> {
    let place: Place | undefined = [this.#horizon, NIL, NIL];
    let horizon: string | undefined;
    while (place) {
      const { rows }: QueryResult<Row> = await client.query<Row>(QUERY, [...place, now, PAGE_SIZE]);
      horizon ??= this.#advanced(rows[0]?.horizon);
      yield rows.flatMap(revocationIn);
      place = rows.length === PAGE_SIZE ? placeOf(rows.at(-1)) : undefined;
    }
    this.#horizon = horizon ?? this.#horizon;
  }

  /** @throws Error for a horizon that went back: another server came behind the same connection, by way of a pooler. */
  #advanced(horizon = this.#horizon): string {
    if (BigInt(horizon) < BigInt(this.#horizon)) throw new Error('Transactions are counted from a lower number: read from the beginning');
    return horizon;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  async #connected(): Promise<Client> {
    const client = new Client(this.#config);
    // A connection that breaks between two questions: the next one finds out and connects anew.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    await client.connect();
    // It can lead to another server, or to one that was restored, where transactions are counted from a lower number.
    this.#horizon = FROM_THE_BEGINNING;
    return client;
  }

  /** A client whose question failed can be in any state: another takes its place, and nobody waits for its end. */
  #drop(): void {
    void this.close().catch(() => undefined);
  }
}

const QUERY = {
  name: 'payymo_revocations_since',
  text: 'select horizon, xid, tenant_id, id, kind, subject, min_version, expires_at from payymo.revocations_since($1, $2, $3, $4, $5)',
};

const placeOf = (row: Row | undefined): Place | undefined => (row && row.xid !== null ? [row.xid, row.tenant_id, row.id] : undefined);

const revocationIn = ({ xid, tenant_id: tenantId, kind, subject, min_version: minVersion, expires_at: expiresAt }: Row): Revocation[] =>
  xid === null ? [] : [{ tenantId, kind, subject, minVersion, expiresAt }];
