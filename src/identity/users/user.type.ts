import { Field, ID, ObjectType } from 'type-graphql';

import { Authenticated } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { NodeType } from '../../platform/graphql/node.type';
import { connectionType } from '../../platform/graphql/page.type';
import type { UserRole } from '../roles/permissions';
import { RoleEnum } from '../roles/role.type';

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
  role!: UserRole;

  @Field(() => Date, { nullable: true, description: 'Since when the user is shut out, in UTC; null for an active one.' })
  disabledAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'In UTC; null before the first time.' })
  lastSignedInAt!: Date | null;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;
}

export const UserConnectionType = connectionType('User', () => UserType, 'users:read');
