import type { InferAttributes } from 'sequelize';

import { columns, sql, tenant } from '../platform/database/sql';
import { manyByKey, oneByKey } from '../platform/graphql/loader';
import { Match } from './match.model';
import { ReconciliationRun } from './reconciliation-run.model';

export type MatchRecord = InferAttributes<Match>;
export type ReconciliationRunRecord = InferAttributes<ReconciliationRun>;

export const matchById = oneByKey<MatchRecord>(
  (scope, ids) => scope.rows(sql`select ${columns(Match, 'm')} from matches m where m.tenant_id = ${tenant} and m.id = any(${ids})`),
  ({ id }) => id,
);

/** The surest first. What was withdrawn is no news to anybody. */
export const matchesOfTransaction = manyByKey<MatchRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(Match, 'm')} from matches m
      where m.tenant_id = ${tenant} and m.transaction_id = any(${ids}) and m.state <> 'WITHDRAWN' order by m.confidence desc, m.id`),
  ({ transactionId }) => transactionId,
);

export const matchesOfInvoice = manyByKey<MatchRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(Match, 'm')} from matches m
      where m.tenant_id = ${tenant} and m.invoice_id = any(${ids}) and m.state <> 'WITHDRAWN' order by m.confidence desc, m.id`),
  ({ invoiceId }) => invoiceId,
);

export const reconciliationRunById = oneByKey<ReconciliationRunRecord>(
  (scope, ids) =>
    scope.rows(
      sql`select ${columns(ReconciliationRun, 'r')} from reconciliation_runs r where r.tenant_id = ${tenant} and r.id = any(${ids})`,
    ),
  ({ id }) => id,
);
