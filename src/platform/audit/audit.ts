import type { Transaction } from 'sequelize';

import type { Principal } from '../auth/principal';
import { run } from '../database/database';
import { newId } from '../database/ids';
import { prepare, sql, tenant } from '../database/sql';

/** What was changed; who did it and when is added from the scope. No secret, and no personal data that the object itself can show. */
export interface AuditEntry {
  /** resource.verb, the verb in the past tense: `match.approved`. */
  readonly action: string;
  /** The changed object: its GraphQL type and its row id. */
  readonly object: { readonly type: string; readonly id: string } | null;
  /** The changed values as they were. */
  readonly before?: Facts;
  /** And as they are now. */
  readonly after?: Facts;
}

export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * Appends to the hash chain of the transaction's tenant. The chain is locked until the transaction ends, so this comes last in it.
 * @requirement SEC-020
 */
export async function appendAudit(
  transaction: Transaction,
  { tenantId, actor }: Principal,
  requestId: string,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = JSON.stringify(entries.map(entry => ({ id: newId(), ...entry })));
  await run(transaction, prepare(sql`select payymo.append_audit(${tenant}, ${actor}, ${requestId}, ${rows})`, tenantId));
}
