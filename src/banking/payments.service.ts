import type { Transaction as DatabaseTransaction } from 'sequelize';

import type { Scope } from '../platform/database/scope';
import { columns, sql, tenant } from '../platform/database/sql';
import type { TransactionRecord } from './banking.loader';
import { type MatchState, Transaction } from './transaction.model';

/** Incoming payments, for whoever matches them. */
export class Payments {
  /** How many booked payments are not matched yet. */
  async countUnmatched(scope: Scope, transaction: DatabaseTransaction): Promise<number> {
    const [row] = await scope.rowsIn<{ count: number }>(
      transaction,
      sql`select count(*)::int as count from transactions t where t.tenant_id = ${tenant} and ${UNMATCHED}`,
    );
    return row?.count ?? 0;
  }

  /** The next ones in the order of their ids, locked until the change ends. */
  lockUnmatched(scope: Scope, transaction: DatabaseTransaction, after: string, limit: number): Promise<TransactionRecord[]> {
    return scope.rowsIn(
      transaction,
      sql`select ${columns(Transaction, 't')} from transactions t where t.tenant_id = ${tenant} and ${UNMATCHED} and t.id > ${after}
        order by t.id limit ${limit} for no key update`,
    );
  }

  /** One payment, locked until the change ends; null unless it exists. */
  async lock(scope: Scope, transaction: DatabaseTransaction, id: string): Promise<TransactionRecord | null> {
    const [row] = await scope.rowsIn<TransactionRecord>(
      transaction,
      sql`select ${columns(Transaction, 't')} from transactions t where t.tenant_id = ${tenant} and t.id = ${id} for no key update`,
    );
    return row ?? null;
  }

  async markMatchState(scope: Scope, transaction: DatabaseTransaction, ids: readonly string[], state: MatchState): Promise<void> {
    if (ids.length === 0) return;
    await scope.rowsIn(
      transaction,
      sql`update transactions set match_state = ${state}, updated_at = now()
        where tenant_id = ${tenant} and id = any(${ids}) and match_state <> ${state}`,
    );
  }
}

const UNMATCHED = sql`t.status = 'BOOKED' and t.amount_minor > 0 and t.match_state in ('UNMATCHED', 'PROPOSED')`;
