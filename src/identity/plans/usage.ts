import type { Clock } from '../../platform/clock';
import { type Sql, sql, tenant } from '../../platform/database/sql';
import { type Loader, oneByKey } from '../../platform/graphql/loader';
import type { Plan, PlanLimit } from './plan';

/** What a tenant uses of its plan: the open connections, the transactions imported in the calendar month (UTC), the users who are not disabled. */
export interface UsageRecord {
  readonly tenantId: string;
  readonly connections: number;
  readonly transactions: number;
  readonly users: number;
}

/** From so much of a limit on, its use is worth a warning. */
export const WARNING_SHARE = 0.8;

export const usageLevels = ['OK', 'WARNING', 'REACHED'] as const;
export type UsageLevel = (typeof usageLevels)[number];

/** One limit of a plan, beside what is used of it. */
export interface UsageFigure {
  readonly used: number;
  /** Null: without limit. */
  readonly allowed: number | null;
  readonly level: UsageLevel;
}

/** Usage as of `at`; of other tenants for a caller of the platform alone. */
export const statementOfUsage = (tenantIds: readonly string[], at: Date): Sql =>
  sql`select u.tenant as "tenantId", u.connections, u.transactions, u.users from payymo.usage_of(${tenant}, ${[...tenantIds]}::uuid[], ${at}) u`;

/** Usage by the row id of the tenant. */
export const usageById = (clock: Clock): Loader<string, UsageRecord | null> =>
  oneByKey<UsageRecord>(
    (scope, ids) => scope.rows(statementOfUsage(ids, clock.now())),
    ({ tenantId }) => tenantId,
  );

export const usedOf = ({ connections, transactions, users }: UsageRecord): Readonly<Record<PlanLimit, number>> => ({
  connections,
  transactionsPerMonth: transactions,
  users,
});

/** A limit beside its use. */
export function figureOf({ limits }: Plan, usage: UsageRecord, limit: PlanLimit): UsageFigure {
  const used = usedOf(usage)[limit];
  const allowed = limits[limit];
  return { used, allowed, level: levelOf(used, allowed) };
}

function levelOf(used: number, allowed: number | null): UsageLevel {
  if (allowed === null || used < allowed * WARNING_SHARE) return 'OK';
  return used < allowed ? 'WARNING' : 'REACHED';
}
