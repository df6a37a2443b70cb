import type { ModelStatic, Transaction } from 'sequelize';

import type { AuditEntry } from '../audit/audit';
import { newId } from '../database/ids';
import type { ModelCtor } from '../database/model';
import type { Scope } from '../database/scope';
import { columns, join, raw, type Sql, sql, tenant } from '../database/sql';
import { enqueue } from './enqueue';
import type { JobSpec } from './job';
import type { RunJobInput } from './perform-run';
import type { RunRow } from './run.model';

export interface NewRun<Run> {
  readonly model: ModelStatic<Run & RunRow<object, object>>;
  readonly spec: JobSpec<RunJobInput>;
  /** Column and value of whatever may have only one run under way; none for the tenant itself. */
  readonly of?: readonly [column: string, id: string];
  /** Further columns and their values. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the audit trail keeps of a new run; for one that decides on money. */
  readonly entry?: (run: Run) => AuditEntry;
}

/**
 * Queues a run, unless one of the same kind is under way for the same thing: then that one is the answer. The unique index on
 * unfinished runs decides, so that of two requests at once one run comes about.
 */
export async function queueRun<Run extends RunRow<object, object>>(
  scope: Scope,
  transaction: Transaction,
  { model, spec, of, settings = {}, entry }: NewRun<Run>,
): Promise<Run> {
  const { tenantId, userId } = scope.actor;
  const runId = newId();
  const values: Record<string, unknown> = { ...(of && { [of[0]]: of[1] }), ...settings, requested_by: userId };
  const names = raw(Object.keys(values).join(', '));
  const [inserted] = await scope.rowsIn<Run>(
    transaction,
    sql`insert into ${tableOf(model)} as r (tenant_id, id, state, ${names})
      values (${tenant}, ${runId}, 'QUEUED', ${join(Object.values(values).map(value => sql`${value}`), ', ')})
      on conflict (tenant_id${raw(of ? `, ${of[0]}` : '')}) where state in ('QUEUED', 'RUNNING', 'WAITING') do nothing
      returning ${columns(model as unknown as ModelCtor, 'r')}`,
  ); // prettier-ignore
  if (!inserted) return underWay(scope, transaction, { model, spec, ...(of && { of }) });
  await enqueue(transaction, spec, { tenantId, runId }, { key: runId });
  if (entry) scope.record(transaction, entry(inserted));
  return inserted;
}

/** A run that ended between our two statements is as good an answer: it did what was asked. */
async function underWay<Run extends RunRow<object, object>>(
  scope: Scope,
  transaction: Transaction,
  { model, of }: NewRun<Run>,
): Promise<Run> {
  const same = of ? sql` and r.${raw(of[0])} = ${of[1]}` : sql``;
  const [run] = await scope.rowsIn<Run>(
    transaction,
    sql`select ${columns(model as unknown as ModelCtor, 'r')} from ${tableOf(model)} r where r.tenant_id = ${tenant}${same} order by r.created_at desc limit 1`,
  );
  if (!run) throw new Error('A run that was in the way is gone');
  return run;
}

const tableOf = ({ tableName }: ModelStatic<RunRow<object, object>>): Sql => raw(tableName);
