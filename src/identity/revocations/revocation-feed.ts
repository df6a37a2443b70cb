import { Client, type ClientConfig } from 'pg';

import type { Revocation, RevocationKind } from './revocation-map';

interface Row {
  /** The oldest transaction that was not over when the answer was made. */
  readonly horizon: string;
  readonly tenant_id: string;
  readonly kind: RevocationKind | null;
  readonly subject: string;
  readonly min_version: number | null;
  readonly expires_at: Date;
}

/** An answer of a healthy database takes a millisecond; a dead connection must not keep checks waiting. */
const ANSWER_MS = 1_000;

/**
 * Reads what was revoked since the last time, over a connection of its own: a pool whose connections are all busy must not delay it.
 *
 * Without gaps: each answer names its horizon, the oldest transaction still running then (pg_snapshot_xmin). All revocations of
 * older transactions were in that answer or were rolled back. Those of the horizon and younger can be committed at any time after it,
 * in any order, so the next question asks for all of them again. A sequence or a time of insertion would pass over a transaction that
 * commits late.
 */
export class RevocationFeed {
  readonly #config: ClientConfig;
  #client: Client | undefined;
  #horizon = '0';

  constructor(url: string) {
    this.#config = { connectionString: url, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS, keepAlive: true };
  }

  /** What has been revoked and is not over at `now`, as far as an earlier answer did not tell it. @throws when the database does not answer. */
  async read(now: Date): Promise<readonly Revocation[]> {
    try {
      this.#client ??= await this.#connected();
      const { rows } = await this.#client.query<Row>(QUERY, [this.#horizon, now]);
      this.#horizon = rows[0]?.horizon ?? this.#horizon;
      return rows.flatMap(revocationIn);
    } catch (error) {
      this.#drop();
      throw error;
    }
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
    return client;
  }

  /** A client whose question failed can be in any state: another takes its place, and nobody waits for its end. */
  #drop(): void {
    void this.close().catch(() => undefined);
  }
}

const QUERY = {
  name: 'payymo_revocations_since',
  text: 'select horizon, tenant_id, kind, subject, min_version, expires_at from payymo.revocations_since($1, $2)',
};

const revocationIn = ({ tenant_id: tenantId, kind, subject, min_version: minVersion, expires_at: expiresAt }: Row): Revocation[] =>
  kind === null ? [] : [{ tenantId, kind, subject, minVersion, expiresAt }];
