import { Field, ID, ObjectType } from 'type-graphql';

import { RequiresScopes } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { NodeType } from '../../platform/graphql/node.type';
import { connectionType } from '../../platform/graphql/page.type';
import type { UserRole } from '../roles/permissions';
import { RoleEnum } from '../roles/role.type';

@ObjectType('Invitation', { description: 'An offer, made by mail, to become a user.', implements: NodeType, simpleResolvers: true })
@Entity()
@RequiresScopes('users:read')
export class InvitationType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'In lower case.' })
  email!: string;

  @Field(() => String)
  name!: string;

  @Field(() => RoleEnum)
  role!: UserRole;

  @Field(() => Date, { description: 'In UTC; counts from when the mail was made.' })
  expiresAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the mail server took the mail, in UTC.' })
  sentAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'In UTC.' })
  acceptedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'In UTC.' })
  revokedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Code of why the last attempt to mail it failed.' })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt to mail it failed.' })
  errorMessage!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it will be mailed again, in UTC; null when it will not.' })
  nextAttemptAt!: Date | null;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;
}

export const InvitationConnectionType = connectionType('Invitation', () => InvitationType, 'users:read');
