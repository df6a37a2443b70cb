import { Client } from 'pg';

import { auditedTenants, withStoredChain } from '../../src/cli/audit-trail/stored-chain';
import { type Head, type Verdict, verifyChain } from '../../src/platform/audit/chain';
import { jobPrincipal } from '../../src/platform/auth/principal';
import { Scope } from '../../src/platform/database/scope';
import { aTenantedDatabase, type TenantedDatabase } from './tenanted-database';

/** How many entries each of the two tenants has. */
export const ENTRIES = 6;

/** Two tenants with an audit trail each, and somebody who can switch every guard of the database off. */
export interface AuditedDatabase extends TenantedDatabase {
  tamper(statement: string): Promise<unknown>;
  /** Makes everything as it was written. */
  restore(): Promise<unknown>;
  /** Verifies northwind's trail in this process, as the application role. */
  verify(expected?: Head | null): Promise<Verdict>;
  /** Appends to northwind's trail. */
  append(): Promise<void>;
  /** Makes every hash from an entry on fit again, and the head with them: what a careful forger would do. */
  rechainFrom(sequence: number): Promise<unknown>;
}

export async function anAuditedDatabase(pool = 4): Promise<AuditedDatabase> {
  const on = await aTenantedDatabase({ models: [], pool });
  const tamper = (statement: string) => on.db.query(`set session_replication_role = replica; ${statement}; reset session_replication_role`);
  // What the tables were filled with is no chain.
  await tamper('truncate audit_entries, audit_heads; alter table audit_entries drop constraint audit_entries_sequence_check');
  for (const tenant of [on.northwind, on.aurora]) for (let number = 1; number <= ENTRIES; number += 1) await append(on, tenant.id, number);
  await on.db.query('create table kept_entries as table audit_entries');
  await on.db.query('create table kept_heads as table audit_heads');
  return {
    ...on,
    tamper,
    restore: () =>
      tamper(
        'delete from audit_entries; delete from audit_heads; insert into audit_heads table kept_heads; insert into audit_entries table kept_entries',
      ),
    verify: (expected = null) => verified(on, expected),
    append: () => append(on, on.northwind.id, 0),
    rechainFrom: sequence => tamper(rechaining(on.northwind.id, sequence)),
  };
}

/** Values that two ways of writing text could differ about. */
const facts = (number: number) => ({ note: `€ "${number}"\n\u0001\\`, number, nothing: null, list: ['a', 'b'], yes: true });

async function append({ database, northwind }: TenantedDatabase, tenantId: string, number: number): Promise<void> {
  const scope = new Scope(database, jobPrincipal(tenantId, 'test'), 'request-1');
  const object = number % 2 === 0 ? null : { type: 'Match', id: northwind.rowId };
  await scope.change(transaction => {
    scope.record(transaction, { action: 'match.approved', object, before: { state: 'PROPOSED' }, after: facts(number) });
    return Promise.resolve();
  });
}

async function verified({ db }: TenantedDatabase, expected: Head | null): Promise<Verdict> {
  const client = new Client({ connectionString: db.appUrl });
  await client.connect();
  try {
    const [tenantId = ''] = await auditedTenants(client, 'northwind');
    return await withStoredChain(client, tenantId, chain => verifyChain({ ...chain, expected }));
  } finally {
    await client.end();
  }
}

const rechaining = (tenantId: string, sequence: number) => `
  do $$
  declare one audit_entries; last bytea;
  begin
    for one in select * from audit_entries where tenant_id = '${tenantId}' and sequence >= ${sequence} order by sequence loop
      one.previous_hash := coalesce(last, one.previous_hash);
      last := sha256(one.previous_hash || convert_to(payymo.audit_payload(one), 'UTF8'));
      update audit_entries set previous_hash = one.previous_hash, hash = last where tenant_id = one.tenant_id and id = one.id;
    end loop;
    update audit_heads set hash = last where tenant_id = '${tenantId}';
  end $$`;
