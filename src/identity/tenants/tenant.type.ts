import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { enumOf } from '../../platform/graphql/enum';
import { NodeType } from '../../platform/graphql/node.type';
import { connectionType } from '../../platform/graphql/page.type';
import { type TenantStatus, tenantStatuses } from './tenant.model';

export const TenantStatusEnum = enumOf(tenantStatuses);
registerEnumType(TenantStatusEnum, {
  name: 'TenantStatus',
  description: 'Whether a tenant can be used.',
  valuesConfig: {
    ACTIVE: { description: 'As usual.' },
    SUSPENDED: { description: 'It can be read, not changed; its jobs wait.' },
    CLOSED: { description: 'For good: nobody signs in any more.' },
  },
});

@ObjectType('Tenant', {
  description: 'A hosting business that uses Payymo. All data belongs to exactly one.',
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@Authenticated()
export class TenantType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'Short name in lower case, unique over all tenants: northwind.' })
  slug!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'ISO 3166-1 alpha-2 code of the country whose banks are offered first.' })
  country!: string;

  @Field(() => TenantStatusEnum)
  status!: TenantStatus;

  @Field(() => String, { nullable: true, description: 'Why it is suspended or closed, in the words of the operator of Payymo.' })
  statusReason!: string | null;

  @Field(() => Boolean, { description: 'Whether nobody signs in without a second factor.' })
  secondFactorRequired!: boolean;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;
}

export const TenantConnectionType = connectionType('Tenant', () => TenantType, 'tenants:read');

@ObjectType('TenantPayload', { description: 'A tenant after a change.', simpleResolvers: true })
@Authenticated()
export class TenantPayload {
  @Field(() => TenantType)
  tenant!: TenantType;
}
