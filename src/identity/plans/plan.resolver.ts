import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { RequiresScopes } from '../../platform/graphql/authorization';
import type { Loader } from '../../platform/graphql/loader';
import type { TenantRecord } from '../tenants/tenant.loader';
import { TenantType } from '../tenants/tenant.type';
import { type Plan, planOf } from './plan';
import { PlanType, UsageType } from './plan.type';
import { figureOf, usageById, type UsageRecord } from './usage';

/** @requirement BNK-008 */
@Resolver(() => TenantType)
export class TenantPlanResolver {
  readonly #usageById: Loader<string, UsageRecord | null>;

  constructor(clock: Clock) {
    this.#usageById = usageById(clock);
  }

  @FieldResolver(() => PlanType, { nullable: true, description: 'What the tenant may use.' })
  @RequiresScopes('tenant:read')
  plan(@Root() tenant: TenantRecord): Plan {
    return planOf(tenant);
  }

  @FieldResolver(() => UsageType, { nullable: true, description: 'How much of the plan is used now.' })
  @RequiresScopes('tenant:read')
  async usage(@Root() tenant: TenantRecord, @Ctx() scope: Scope): Promise<UsageType> {
    const usage = await this.#usageById(scope).load(tenant.id);
    if (!usage) throw new Error('A tenant without usage');
    const plan = planOf(tenant);
    return {
      connections: figureOf(plan, usage, 'connections'),
      transactionsThisMonth: figureOf(plan, usage, 'transactionsPerMonth'),
      users: figureOf(plan, usage, 'users'),
    };
  }
}
