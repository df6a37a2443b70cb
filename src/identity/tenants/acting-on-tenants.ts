import type { Transaction } from 'sequelize';

import type { AuditEntry } from '../../platform/audit/audit';
import { type Database, run } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { columns, prepare, sql, tenant } from '../../platform/database/sql';
import { conflict, notFound } from '../../platform/errors';
import { tenantIds } from '../ids';
import type { TenantRecord } from './tenant.loader';
import { Tenant } from './tenant.model';

/** What an operator does to a tenant, inside its own transaction. */
export interface Act {
  /** The tenant's scope: it names the operator and holds no permission. */
  readonly scope: Scope;
  readonly transaction: Transaction;
}

/**
 * Runs the work in a change of the tenant that is acted on. The actor stays the operator, who gets no permission there: only what the
 * work itself does can happen.
 */
export async function inTenant<T>(database: Database, operator: Scope, tenantId: string, work: (act: Act) => Promise<T>): Promise<T> {
  // One connection per operation, as everywhere.
  await operator.end();
  const principal = { ...operator.actor, tenantId, userId: null, sessionId: null, scopes: new Set<string>() };
  const scope = new Scope(database, principal, operator.requestId, operator.caller);
  return scope.changeAccess(transaction => work({ scope, transaction }));
}

/**
 * The row of the tenant that is acted on, locked.
 * @throws NOT_FOUND; CONFLICT for the platform's own tenant, which is no business.
 */
export async function lockedTenant({ scope, transaction }: Act): Promise<TenantRecord> {
  const { tenantId } = scope.actor;
  const [row] = await scope.rowsIn<TenantRecord>(
    transaction,
    sql`select ${columns(Tenant, 't')} from tenants t where t.id = ${tenant} for no key update`,
  );
  if (!row) throw notFound('Tenant', tenantIds.encode(tenantId));
  if (row.kind === 'PLATFORM') throw conflict('The platform itself is no business: it stays as it is');
  return row;
}

/** Adds to the audit trail of the tenant and, in the same transaction, to that of the platform. */
export async function recordOnBoth({ scope, transaction }: Act, entry: AuditEntry): Promise<void> {
  scope.record(transaction, entry);
  const { tenantId, actor } = scope.actor;
  const rows = JSON.stringify([{ id: newId(), ...entry }]);
  const statement = sql`select payymo.append_platform_audit(${tenant}, ${actor}, ${scope.requestId}, ${rows})`;
  await run(transaction, prepare(statement, tenantId));
}
