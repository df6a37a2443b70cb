import type { InferAttributes } from 'sequelize';

import { columns, sql, tenant } from '../platform/database/sql';
import { manyByKey, oneByKey } from '../platform/graphql/loader';
import { Account } from './account.model';
import { Connection } from './connection.model';
import { RejectedLine } from './rejected-line.model';
import { SyncRun } from './sync-run.model';
import { Transaction } from './transaction.model';

export type ConnectionRecord = InferAttributes<Connection>;
export type AccountRecord = InferAttributes<Account>;
export type TransactionRecord = InferAttributes<Transaction>;
export type SyncRunRecord = InferAttributes<SyncRun>;
export type RejectedLineRecord = InferAttributes<RejectedLine>;

export const connectionById = oneByKey<ConnectionRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(Connection, 'c')} from connections c where c.tenant_id = ${tenant} and c.id = any(${ids})`),
  ({ id }) => id,
);

export const accountById = oneByKey<AccountRecord>(
  (scope, ids) => scope.rows(sql`select ${columns(Account, 'a')} from accounts a where a.tenant_id = ${tenant} and a.id = any(${ids})`),
  ({ id }) => id,
);

export const accountsOfConnection = manyByKey<AccountRecord>(
  (scope, ids) =>
    scope.rows(
      sql`select ${columns(Account, 'a')} from accounts a where a.tenant_id = ${tenant} and a.connection_id = any(${ids}) order by a.id`,
    ),
  ({ connectionId }) => connectionId,
);

export const transactionById = oneByKey<TransactionRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(Transaction, 't')} from transactions t where t.tenant_id = ${tenant} and t.id = any(${ids})`),
  ({ id }) => id,
);

export const syncRunById = oneByKey<SyncRunRecord>(
  (scope, ids) => scope.rows(sql`select ${columns(SyncRun, 's')} from sync_runs s where s.tenant_id = ${tenant} and s.id = any(${ids})`),
  ({ id }) => id,
);

export const latestSyncOfConnection = oneByKey<SyncRunRecord>(
  (scope, ids) =>
    scope.rows(sql`select distinct on (s.connection_id) ${columns(SyncRun, 's')} from sync_runs s
      where s.tenant_id = ${tenant} and s.connection_id = any(${ids}) order by s.connection_id, s.created_at desc`),
  ({ connectionId }) => connectionId,
);

export const rejectedLinesOfRun = manyByKey<RejectedLineRecord>(
  (scope, ids) =>
    scope.rows(
      sql`select ${columns(RejectedLine, 'r')} from rejected_lines r where r.tenant_id = ${tenant} and r.run_id = any(${ids}) order by r.id`,
    ),
  ({ runId }) => runId,
);
