import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { RequiresScopes, RequiresStepUp } from '../../platform/graphql/authorization';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { customRoleIds } from '../ids';
import type { CustomRole } from './custom-role.model';
import { permissionsOf, permissionTable, roles as builtInRoles, type TenantPermission } from './permissions';
import { CreateRoleInput, UpdateRoleInput } from './role.input';
import { type CustomRoleRecord, customRoles } from './role.loader';
import { CustomRoleType, DeleteRolePayload, PermissionType } from './role.type';
import type { Roles } from './roles.service';

@Resolver(() => CustomRoleType)
export class RoleResolver {
  constructor(private readonly service: Roles) {}

  @Query(() => [CustomRoleType], { nullable: true, description: 'The custom roles of the tenant by name; at most 100.' })
  @RequiresScopes('roles:read')
  roles(@Ctx() scope: Scope): Promise<CustomRoleRecord[]> {
    return customRoles(scope);
  }

  @Query(() => [PermissionType], { nullable: true, description: 'Everything that a role of a tenant can permit.' })
  @RequiresScopes('roles:read')
  permissions(): readonly PermissionType[] {
    return PERMISSIONS;
  }

  @Mutation(() => CustomRoleType, { nullable: true, description: 'Makes a custom role of permissions that you hold yourself.' })
  @RequiresScopes('roles:create')
  @RequiresStepUp()
  createRole(@Arg('input', () => CreateRoleInput) input: CreateRoleInput, @Ctx() scope: Scope): Promise<CustomRole> {
    const { name, description = '', permissions } = withoutNulls(input);
    return this.service.create(scope, { name, description, permissions });
  }

  @Mutation(() => CustomRoleType, {
    nullable: true,
    description: 'Changes a custom role whose permissions you hold; effective for all who have it within a second.',
  })
  @RequiresScopes('roles:update')
  @RequiresStepUp()
  updateRole(@Arg('input', () => UpdateRoleInput) input: UpdateRoleInput, @Ctx() scope: Scope): Promise<CustomRole> {
    const { roleId, ...changes } = withoutNulls(input);
    return this.service.update(scope, customRoleIds.decode(roleId, 'input.roleId'), changes);
  }

  @Mutation(() => DeleteRolePayload, {
    nullable: true,
    description: 'Deletes a custom role that nobody has, and whose permissions you hold.',
  })
  @RequiresScopes('roles:delete')
  @RequiresStepUp()
  async deleteRole(@Arg('roleId', () => ID) roleId: string, @Ctx() scope: Scope): Promise<DeleteRolePayload> {
    await this.service.delete(scope, customRoleIds.decode(roleId, 'roleId'));
    return { deletedRoleId: roleId };
  }
}

const PERMISSIONS: readonly PermissionType[] = Object.entries(permissionTable).map(([name, description]) => ({
  name,
  description,
  roles: builtInRoles.filter(role => permissionsOf[role].includes(name as TenantPermission)),
}));
