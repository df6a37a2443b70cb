import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';

import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { RequiresScopes, RequiresStepUp } from '../../platform/graphql/authorization';
import { type Page, PageArgs } from '../../platform/graphql/page.type';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { tenantIds } from '../ids';
import { planFrom } from '../plans/plan.input';
import { listTenants } from './tenant-list';
import type { TenantSettings } from './tenant-settings';
import {
  ChangePlanInput,
  CloseTenantInput,
  CreateTenantInput,
  InviteFirstOwnerInput,
  ResumeTenantInput,
  SuspendTenantInput,
  TenantFilter,
  UpdateTenantSettingsInput,
} from './tenant.input';
import type { TenantRecord } from './tenant.loader';
import { TenantConnectionType, TenantPayload, TenantType } from './tenant.type';
import type { Tenants } from './tenants.service';

type Payload = Promise<{ readonly tenant: TenantRecord }>;

@Resolver(() => TenantType)
export class TenantsResolver {
  constructor(
    private readonly tenants: Tenants,
    private readonly settings: TenantSettings,
    private readonly clock: Clock,
  ) {}

  @Query(() => TenantConnectionType, {
    name: 'tenants',
    nullable: true,
    description: 'The businesses on the platform, the newest first. For operators and auditors of the platform.',
  })
  @RequiresScopes('tenants:read')
  list(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('filter', () => TenantFilter, { nullable: true }) filter?: TenantFilter,
  ): Promise<Page<TenantRecord>> {
    return listTenants(scope, withoutNulls(filter ?? {}), withoutNulls(page));
  }

  @Mutation(() => TenantPayload, { nullable: true, description: 'Makes a tenant, and invites its first owner by mail.' })
  @RequiresScopes('tenants:create')
  async createTenant(@Arg('input', () => CreateTenantInput) input: CreateTenantInput, @Ctx() scope: Scope): Payload {
    const { slug, name, country, owner } = input;
    return { tenant: await this.tenants.create(scope, { slug, name, country, owner, plan: planFrom(input.plan, this.clock) }) };
  }

  @Mutation(() => TenantPayload, {
    nullable: true,
    description: 'Invites another first owner to a tenant that has no user yet; the link that was mailed before is dead.',
  })
  @RequiresScopes('tenants:create')
  @RequiresStepUp()
  async inviteFirstOwner(
    @Arg('input', () => InviteFirstOwnerInput) { tenantId, owner }: InviteFirstOwnerInput,
    @Ctx() scope: Scope,
  ): Payload {
    return { tenant: await this.tenants.inviteFirstOwner(scope, decode(tenantId), owner) };
  }

  @Mutation(() => TenantPayload, { nullable: true, description: 'From now on the tenant can be read, not changed.' })
  @RequiresScopes('tenants:suspend')
  async suspendTenant(@Arg('input', () => SuspendTenantInput) { tenantId, reason }: SuspendTenantInput, @Ctx() scope: Scope): Payload {
    return { tenant: await this.tenants.suspend(scope, decode(tenantId), reason) };
  }

  @Mutation(() => TenantPayload, { nullable: true, description: 'Ends a suspension; what waited goes on.' })
  @RequiresScopes('tenants:suspend')
  async resumeTenant(@Arg('input', () => ResumeTenantInput) { tenantId }: ResumeTenantInput, @Ctx() scope: Scope): Payload {
    return { tenant: await this.tenants.resume(scope, decode(tenantId)) };
  }

  @Mutation(() => TenantPayload, {
    nullable: true,
    description: 'Closes a tenant for good: every token dies at once, nobody signs in again. Its rows stay.',
  })
  @RequiresScopes('tenants:close')
  @RequiresStepUp()
  async closeTenant(
    @Arg('input', () => CloseTenantInput) { tenantId, confirmSlug, reason }: CloseTenantInput,
    @Ctx() scope: Scope,
  ): Payload {
    return { tenant: await this.tenants.close(scope, decode(tenantId), confirmSlug, reason) };
  }

  @Mutation(() => TenantPayload, { nullable: true, description: 'Gives a tenant another plan.' })
  @RequiresScopes('tenants:update')
  async changePlan(@Arg('input', () => ChangePlanInput) { tenantId, plan }: ChangePlanInput, @Ctx() scope: Scope): Payload {
    return { tenant: await this.tenants.changePlan(scope, decode(tenantId), planFrom(plan, this.clock)) };
  }

  @Mutation(() => TenantPayload, { nullable: true, description: 'Changes what the people of a tenant decide about it themselves.' })
  @RequiresScopes('tenant:update')
  async updateTenantSettings(
    @Arg('input', () => UpdateTenantSettingsInput) input: UpdateTenantSettingsInput,
    @Ctx() scope: Scope,
  ): Payload {
    return { tenant: await this.settings.update(scope, withoutNulls(input)) };
  }
}

const decode = (id: string): string => tenantIds.decode(id, 'input.tenantId');
