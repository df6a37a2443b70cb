import type { Client } from 'pg';

import { type Head, type StoredEntry } from '../../platform/audit/chain';

/** The audit trail of one tenant as it is stored. */
export interface StoredChain {
  readonly slug: string;
  readonly head: Head | null;
  readonly entries: AsyncIterable<StoredEntry>;
}

/** How many entries are held in memory at a time. */
const PAGE = 1_000;

/** Ids of the tenants whose trails there are: all, or the one with the slug. */
export async function auditedTenants(client: Client, slug: string | null): Promise<readonly string[]> {
  const { rows } = await client.query<{ tenant_id: string }>('select tenant_id from payymo.audited_tenants($1)', [slug]);
  return rows.map(({ tenant_id }) => tenant_id);
}

/**
 * Lets the work read one tenant's trail, in a transaction that sees it as it is at this moment and can write nothing: entries may be
 * added meanwhile. As the application role it sees this tenant alone.
 */
export async function withStoredChain<T>(client: Client, tenantId: string, work: (chain: StoredChain) => Promise<T>): Promise<T> {
  await client.query('begin isolation level repeatable read read only');
  try {
    await client.query(`select set_config('payymo.tenant_id', $1, true)`, [tenantId]);
    const [tenant] = (await client.query<{ slug: string }>('select slug from tenants where id = $1', [tenantId])).rows;
    return await work({ slug: tenant?.slug ?? tenantId, head: await headOf(client, tenantId), entries: entriesOf(client, tenantId) });
  } finally {
    await client.query('rollback');
  }
}

async function headOf(client: Client, tenantId: string): Promise<Head | null> {
  const { rows } = await client.query<{ sequence: string; hash: string }>(
    `select sequence, encode(hash, 'hex') as hash from audit_heads where tenant_id = $1`,
    [tenantId],
  );
  const [head] = rows;
  return head ? { sequence: BigInt(head.sequence), hash: head.hash } : null;
}

async function* entriesOf(client: Client, tenantId: string): AsyncIterable<StoredEntry> {
  for (let after = BEFORE_ALL; ;) {
    const { rows } = await client.query<StoredEntry>(ENTRIES, [tenantId, after, PAGE]);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.sequence;
  }
}

const BEFORE_ALL = '-9223372036854775808';

const ENTRIES = `
  select tenant_id as "tenantId", id, sequence, to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt",
    actor, request_id as "requestId", action, object_type as "objectType", object_id as "objectId", before::text, after::text,
    previous_hash as "previousHash", hash
  from audit_entries where tenant_id = $1 and sequence > $2::bigint order by sequence limit $3`;
