import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated, RequiresScopes } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { enumOf } from '../../platform/graphql/enum';
import { NodeType } from '../../platform/graphql/node.type';
import { type UserRole, userRoles } from './permissions';

export const RoleEnum = enumOf(userRoles);
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a user may do, as a named set of permissions.',
  valuesConfig: {
    OWNER: { description: 'Everything. Every tenant keeps at least one that is active.' },
    ADMIN: { description: 'Everything, except to make, change and disable owners.' },
    ACCOUNTANT: { description: 'Sees all money, synchronises, imports, and decides on matches.' },
    VIEWER: { description: 'Sees, changes nothing.' },
    INTEGRATION: { description: 'A machine of a partner: invoices, transactions and matches.' },
    CUSTOM: { description: 'What the custom role permits.' },
    PLATFORM_OPERATOR: { description: 'Of the platform itself: makes, suspends and closes tenants; sees none of their money.' },
    PLATFORM_AUDITOR: { description: 'Of the platform itself: reads the audit trail of every tenant, changes nothing.' },
  },
});

@ObjectType('CustomRole', {
  description: 'A set of permissions that the tenant put together itself.',
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@Authenticated()
export class CustomRoleType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'Unique within the tenant, whatever its case.' })
  name!: string;

  @Field(() => String, { description: 'What it is for; can be empty.' })
  description!: string;

  @Field(() => [String], { description: 'As resource:action, in alphabetical order.' })
  permissions!: string[];

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'In UTC.' })
  updatedAt!: Date;
}

@ObjectType('Permission', { description: 'Something that a role of a tenant can allow.', simpleResolvers: true })
@RequiresScopes('roles:read')
export class PermissionType {
  @Field(() => String, { description: 'resource:action, such as matches:approve.' })
  name!: string;

  @Field(() => String)
  description!: string;

  @Field(() => [RoleEnum], { description: 'The built-in roles of a tenant that hold it.' })
  roles!: UserRole[];
}

@ObjectType('DeleteRolePayload', { simpleResolvers: true })
@Authenticated()
export class DeleteRolePayload {
  @Field(() => ID, { description: 'Of the role that is gone.' })
  deletedRoleId!: string;
}
