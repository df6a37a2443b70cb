import { Field, ID, ObjectType } from 'type-graphql';

import { Authenticated } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { NodeType } from '../../platform/graphql/node.type';

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

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;
}
