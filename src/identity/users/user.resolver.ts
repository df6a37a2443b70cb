import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { notFound } from '../../platform/errors';
import { Authenticated, RequiresScopes, RequiresStepUp } from '../../platform/graphql/authorization';
import { type Page, PageArgs } from '../../platform/graphql/page.type';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { customRoleIds, userIds } from '../ids';
import { type TenantRecord, tenantById } from '../tenants/tenant.loader';
import { TenantType } from '../tenants/tenant.type';
import { ChangeUserRoleInput, UserFilter } from './user.input';
import { listUsers, type UserRecord, userById } from './user.loader';
import { UserConnectionType, UserType } from './user.type';
import type { Users } from './users.service';

@Resolver(() => TenantType)
export class TenantResolver {
  @Query(() => TenantType, { nullable: true, description: 'The tenant that the access token is for.' })
  @RequiresScopes('tenant:read')
  async tenant(@Ctx() scope: Scope): Promise<TenantRecord> {
    const { tenantId } = scope.actor;
    const tenant = await tenantById(scope).load(tenantId);
    if (!tenant) throw notFound('Tenant', tenantId);
    return tenant;
  }

  @FieldResolver(() => UserConnectionType, {
    nullable: true,
    description: 'In the order of their e-mail addresses; null for a tenant that is not your own.',
  })
  @RequiresScopes('users:read')
  users(
    @Root() { id }: TenantRecord,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('filter', () => UserFilter, { nullable: true }) filter?: UserFilter,
  ): Promise<Page<UserRecord>> | null {
    if (id !== scope.actor.tenantId) return null;
    return listUsers(scope, withoutNulls(filter ?? {}), withoutNulls(page));
  }
}

@Resolver(() => UserType)
export class UserResolver {
  constructor(private readonly service: Users) {}

  @Query(() => UserType, { nullable: true, description: 'Whom the access token names; null for a machine.' })
  @Authenticated()
  me(@Ctx() scope: Scope): Promise<UserRecord | null> | null {
    const { userId } = scope.actor;
    return userId === null ? null : userById(scope).load(userId);
  }

  @Mutation(() => UserType, {
    nullable: true,
    description: 'Gives a user another role; effective within a second. You must hold what the user holds, and what the role permits.',
  })
  @RequiresScopes('users:update')
  @RequiresStepUp()
  changeUserRole(@Arg('input', () => ChangeUserRoleInput) input: ChangeUserRoleInput, @Ctx() scope: Scope): Promise<UserRecord> {
    const { userId, role, customRoleId } = withoutNulls(input);
    const custom = customRoleId === undefined ? null : customRoleIds.decode(customRoleId, 'input.customRoleId');
    return this.service.changeRole(scope, userIds.decode(userId, 'input.userId'), { role, customRoleId: custom });
  }

  @Mutation(() => UserType, { nullable: true, description: 'Shuts a user out; all sessions of the user end within a second.' })
  @RequiresScopes('users:update')
  disableUser(@Arg('userId', () => ID) userId: string, @Ctx() scope: Scope): Promise<UserRecord> {
    return this.service.disable(scope, userIds.decode(userId, 'userId'));
  }

  @Mutation(() => UserType, { nullable: true, description: 'Lets a disabled user in again, with the same role.' })
  @RequiresScopes('users:update')
  @RequiresStepUp()
  enableUser(@Arg('userId', () => ID) userId: string, @Ctx() scope: Scope): Promise<UserRecord> {
    return this.service.enable(scope, userIds.decode(userId, 'userId'));
  }

  @Mutation(() => UserType, {
    nullable: true,
    description: 'Shuts yourself out of the tenant and ends your sessions. Not for its last active owner.',
  })
  @Authenticated()
  leaveTenant(@Ctx() scope: Scope): Promise<UserRecord> {
    return this.service.leave(scope);
  }

  @FieldResolver(() => TenantType)
  async tenant(@Root() { tenantId }: UserRecord, @Ctx() scope: Scope): Promise<TenantRecord> {
    const tenant = await tenantById(scope).load(tenantId);
    if (!tenant) throw notFound('Tenant', tenantId);
    return tenant;
  }
}
