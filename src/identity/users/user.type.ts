import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { enumOf } from '../../platform/graphql/enum';
import { NodeType } from '../../platform/graphql/node.type';
import { type Role, roles } from '../roles/permissions';

export const RoleEnum = enumOf(roles);
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a user may do, as a named set of permissions.',
  valuesConfig: {
    OWNER: { description: 'Everything.' },
    ADMIN: { description: 'Everything that does not change the ownership.' },
    ACCOUNTANT: { description: 'Sees all money, synchronises, imports, and decides on matches.' },
    VIEWER: { description: 'Sees, changes nothing.' },
    INTEGRATION: { description: 'A machine of a partner: invoices, transactions and matches.' },
  },
});

@ObjectType('User', { description: 'Somebody who signs in to a tenant.', implements: NodeType, simpleResolvers: true })
@Entity()
@Authenticated()
export class UserType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'In lower case; unique within the tenant.' })
  email!: string;

  @Field(() => String)
  name!: string;

  @Field(() => RoleEnum)
  role!: Role;

  @Field(() => Date, { nullable: true, description: 'In UTC; null before the first time.' })
  lastSignedInAt!: Date | null;
}
