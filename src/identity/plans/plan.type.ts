import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';

import { RequiresScopes } from '../../platform/graphql/authorization';
import { enumOf } from '../../platform/graphql/enum';
import { type PlanFeature, planFeatures } from './plan';
import { type UsageLevel, usageLevels } from './usage';

export const PlanFeatureEnum = enumOf(planFeatures);
registerEnumType(PlanFeatureEnum, {
  name: 'PlanFeature',
  description: 'What a plan can include or not.',
  valuesConfig: {
    API_CLIENTS: { description: 'Clients of partners, which get tokens of their own at /oauth/token.' },
    AUTO_APPROVAL: { description: 'Matches that approve themselves from a confidence on.' },
    CUSTOM_ROLES: { description: 'Roles that the tenant makes itself.' },
  },
});

const UsageLevelEnum = enumOf(usageLevels);
registerEnumType(UsageLevelEnum, {
  name: 'UsageLevel',
  description: 'How near a limit is.',
  valuesConfig: {
    OK: { description: 'Less than 80 % is used, or there is no limit.' },
    WARNING: { description: '80 % or more is used.' },
    REACHED: { description: 'All is used: more is refused with PLAN_LIMIT_REACHED.' },
  },
});

@ObjectType('PlanLimits', { description: 'Limits in number; null is without limit.', simpleResolvers: true })
@RequiresScopes('tenant:read')
export class PlanLimitsType {
  @Field(() => Int, { nullable: true, description: 'Bank connections at a time.' })
  connections!: number | null;

  @Field(() => Int, { nullable: true, description: 'Transactions imported in a calendar month, UTC.' })
  transactionsPerMonth!: number | null;

  @Field(() => Int, { nullable: true, description: 'Users who are not disabled.' })
  users!: number | null;
}

@ObjectType('Plan', { description: 'What a tenant may use.', simpleResolvers: true })
@RequiresScopes('tenant:read')
export class PlanType {
  @Field(() => String)
  name!: string;

  @Field(() => PlanLimitsType)
  limits!: PlanLimitsType;

  @Field(() => [PlanFeatureEnum], { nullable: true, description: 'Null includes every feature.' })
  features!: readonly PlanFeature[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Hosts where the billing system may be, each with its subdomains; null is anywhere.',
  })
  domains!: readonly string[] | null;

  @Field(() => Date, { nullable: true, description: 'In UTC; from then on the tenant can be read, not changed.' })
  expiresAt!: Date | null;
}

@ObjectType('UsageFigure', { description: 'One limit of the plan beside what is used of it.', simpleResolvers: true })
@RequiresScopes('tenant:read')
export class UsageFigureType {
  @Field(() => Int)
  used!: number;

  @Field(() => Int, { nullable: true, description: 'Null is without limit.' })
  allowed!: number | null;

  @Field(() => UsageLevelEnum)
  level!: UsageLevel;
}

@ObjectType('Usage', { description: 'How much of its plan a tenant uses now.', simpleResolvers: true })
@RequiresScopes('tenant:read')
export class UsageType {
  @Field(() => UsageFigureType, { description: 'Connections that are open, or that the user can still complete at the bank.' })
  connections!: UsageFigureType;

  @Field(() => UsageFigureType, { description: 'Transactions imported since the first of the month, UTC.' })
  transactionsThisMonth!: UsageFigureType;

  @Field(() => UsageFigureType, { description: 'Users who are not disabled.' })
  users!: UsageFigureType;
}
