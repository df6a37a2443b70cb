import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { notFound } from '../../platform/errors';
import { Authenticated, RequiresScopes } from '../../platform/graphql/authorization';
import { permissionsOf } from '../roles/permissions';
import { type TenantRecord, tenantById } from '../tenants/tenant.loader';
import { TenantType } from '../tenants/tenant.type';
import { type UserRecord, userById, usersOfTenant } from './user.loader';
import { UserType } from './user.type';

@Resolver(() => TenantType)
export class TenantResolver {
  @Query(() => TenantType, { description: 'The tenant that the access token is for.' })
  @RequiresScopes('tenant:read')
  async tenant(@Ctx() scope: Scope): Promise<TenantRecord> {
    const { tenantId } = scope.actor;
    const tenant = await tenantById(scope).load(tenantId);
    if (!tenant) throw notFound('Tenant', tenantId);
    return tenant;
  }

  @FieldResolver(() => [UserType], { description: 'In the order of their e-mail addresses.' })
  @RequiresScopes('users:read')
  users(@Root() { id }: TenantRecord, @Ctx() scope: Scope): Promise<UserRecord[]> {
    return usersOfTenant(scope).load(id);
  }
}

@Resolver(() => UserType)
export class UserResolver {
  @Query(() => UserType, { nullable: true, description: 'Whom the access token names; null for a machine.' })
  @Authenticated()
  me(@Ctx() scope: Scope): Promise<UserRecord | null> | null {
    const { userId } = scope.actor;
    return userId === null ? null : userById(scope).load(userId);
  }

  @FieldResolver(() => TenantType)
  async tenant(@Root() { tenantId }: UserRecord, @Ctx() scope: Scope): Promise<TenantRecord> {
    const tenant = await tenantById(scope).load(tenantId);
    if (!tenant) throw notFound('Tenant', tenantId);
    return tenant;
  }

  @FieldResolver(() => [String], { description: 'What the role permits, as resource:action.' })
  permissions(@Root() { role }: UserRecord): readonly string[] {
    return permissionsOf[role];
  }
}
