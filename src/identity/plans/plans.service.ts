import type { Transaction } from 'sequelize';

import type { Clock } from '../../platform/clock';
import { run, tenantOf } from '../../platform/database/database';
import { columns, prepare, raw, type Sql, sql, tenant } from '../../platform/database/sql';
import { type ErrorDetails, PayymoError } from '../../platform/errors';
import { Tenant } from '../tenants/tenant.model';
import { type Plan, type PlanFeature, type PlanLimit, planOf, type PlanRow } from './plan';
import { isWithin } from './domains';
import { statementOfUsage, type UsageRecord, usedOf } from './usage';

/**
 * Holds tenants to their plans. Every question is asked inside the change that would use what it asks for.
 * @requirement BNK-008
 */
export class Plans {
  constructor(private readonly clock: Clock) {}

  /**
   * Whether there is room for so many more. The answer stays true until the transaction ends: whoever asks for the same tenant waits.
   * @throws PLAN_LIMIT_REACHED with `limit`, `used` and `allowed`.
   */
  async requireRoom(transaction: Transaction, limit: PlanLimit, wanted = 1): Promise<void> {
    const room = await this.room(transaction, limit);
    if (room.left < wanted) throw limitReached(limit, room);
  }

  /** How many more the plan allows; Infinity where it has no limit. Others who ask wait until the transaction ends. */
  async room(transaction: Transaction, limit: PlanLimit): Promise<Room> {
    const { limits } = await planIn(transaction);
    if (limits[limit] === null) return { left: Infinity, used: 0, allowed: Infinity };
    const allowed = (await planIn(transaction, ' for no key update')).limits[limit] ?? Infinity;
    const used = await this.#used(transaction, limit);
    return { left: Math.max(0, allowed - used), used, allowed };
  }

  /** @throws PLAN_LIMIT_REACHED with `limit: 'features'` and the feature. */
  async requireFeature(transaction: Transaction, feature: PlanFeature): Promise<void> {
    const { features, name } = await planIn(transaction);
    if (features === null || features.includes(feature)) return;
    throw notInPlan(`The plan ${name} does not include ${feature}`, { limit: 'features', feature });
  }

  /** @throws PLAN_LIMIT_REACHED with `limit: 'domains'` unless the host of the URL is one of the plan's domains or below one. */
  async requireDomain(transaction: Transaction, url: string): Promise<void> {
    const { domains, name } = await planIn(transaction);
    const { hostname } = new URL(url);
    if (domains === null || domains.some(domain => isWithin(domain, hostname))) return;
    throw notInPlan(`The plan ${name} does not include the domain ${hostname}`, {
      limit: 'domains',
      used: hostname,
      allowed: domains.join(', '),
    });
  }

  async #used(transaction: Transaction, limit: PlanLimit): Promise<number> {
    const [usage] = await rowsIn<UsageRecord>(transaction, statementOfUsage([requireTenant(transaction)], this.clock.now()));
    if (!usage) throw new Error('A tenant without usage');
    return usedOf(usage)[limit];
  }
}

/** What is left of a limit. */
export interface Room {
  readonly left: number;
  readonly used: number;
  readonly allowed: number;
}

/** The failure of what finds no room. */
export const limitReached = (limit: PlanLimit, { used, allowed }: Room): PayymoError =>
  notInPlan(`The plan allows ${allowed} ${WORDS[limit]}, and ${used} are in use`, { limit, used, allowed });

const WORDS: Readonly<Record<PlanLimit, string>> = {
  connections: 'bank connections',
  transactionsPerMonth: 'transactions in a calendar month',
  users: 'users',
};

const notInPlan = (message: string, details: ErrorDetails) => new PayymoError('PLAN_LIMIT_REACHED', message, { details });

/** A tenant that is just being made, in this very transaction, may have no row yet: then nothing is allowed. */
async function planIn(transaction: Transaction, lock = ''): Promise<Plan> {
  const [row] = await rowsIn<PlanRow>(transaction, sql`select ${columns(Tenant, 't')} from tenants t where t.id = ${tenant}${raw(lock)}`);
  if (!row) throw new Error('A tenant that does not exist has no plan');
  return planOf(row);
}

const rowsIn = <Row>(transaction: Transaction, statement: Sql): Promise<Row[]> =>
  run<Row>(transaction, prepare(statement, requireTenant(transaction)));

function requireTenant(transaction: Transaction): string {
  const tenantId = tenantOf(transaction);
  if (tenantId === undefined) throw new Error('A plan is asked for inside a change of its tenant');
  return tenantId;
}
