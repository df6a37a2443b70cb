import { Field, ID, ObjectType } from 'type-graphql';

import { Authenticated } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { NodeType } from '../../platform/graphql/node.type';
import { connectionType } from '../../platform/graphql/page.type';

/** The rest of a user is for the user and those who may see people: see UserDetailsResolver. */
@ObjectType('User', { description: 'Somebody who signs in to a tenant.', implements: NodeType, simpleResolvers: true })
@Entity()
@Authenticated()
export class UserType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String)
  name!: string;
}

export const UserConnectionType = connectionType('User', () => UserType, 'users:read');
