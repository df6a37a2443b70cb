import { Field, ID, InputType } from 'type-graphql';

import { FiltersOn } from '../../platform/graphql/authorization';
import { PlanInput } from '../plans/plan.input';
import type { TenantStatus } from './tenant.model';
import { TenantStatusEnum } from './tenant.type';

@InputType('TenantFilter', { description: 'All given conditions hold.' })
export class TenantFilter {
  @Field(() => [TenantStatusEnum], { nullable: true })
  status?: TenantStatus[];

  @Field(() => String, { nullable: true, description: 'Stands somewhere in the name or the slug, in any case.' })
  @FiltersOn('name', 'slug')
  search?: string;
}

@InputType('FirstOwnerInput', { description: 'Who will own a tenant that nobody is in yet; gets an invitation by mail.' })
class FirstOwnerInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  name!: string;
}

@InputType('CreateTenantInput')
export class CreateTenantInput {
  @Field(() => String, { description: '2 to 63 lower-case letters, digits and hyphens; never changes.' })
  slug!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'ISO 3166-1 alpha-2 code: DE.' })
  country!: string;

  @Field(() => PlanInput)
  plan!: PlanInput;

  @Field(() => FirstOwnerInput)
  owner!: FirstOwnerInput;
}

@InputType('InviteFirstOwnerInput')
export class InviteFirstOwnerInput {
  @Field(() => ID)
  tenantId!: string;

  @Field(() => FirstOwnerInput)
  owner!: FirstOwnerInput;
}

@InputType('SuspendTenantInput')
export class SuspendTenantInput {
  @Field(() => ID)
  tenantId!: string;

  @Field(() => String, { description: 'Shown to the people of the tenant; 3 to 300 characters.' })
  reason!: string;
}

@InputType('ResumeTenantInput')
export class ResumeTenantInput {
  @Field(() => ID)
  tenantId!: string;
}

@InputType('CloseTenantInput')
export class CloseTenantInput {
  @Field(() => ID)
  tenantId!: string;

  @Field(() => String, { description: 'The slug of the tenant, so that no other one is closed by mistake.' })
  confirmSlug!: string;

  @Field(() => String, { description: 'Kept with the tenant and in the audit trails; 3 to 300 characters.' })
  reason!: string;
}

@InputType('ChangePlanInput')
export class ChangePlanInput {
  @Field(() => ID)
  tenantId!: string;

  @Field(() => PlanInput)
  plan!: PlanInput;
}

@InputType('UpdateTenantSettingsInput', { description: 'What is left out stays.' })
export class UpdateTenantSettingsInput {
  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2 code: DE.' })
  country?: string;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether nobody signs in without a second factor. Who demands it must have one; who ends it must just have given it.',
  })
  secondFactorRequired?: boolean;
}
