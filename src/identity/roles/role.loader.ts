import type { InferAttributes } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import { columns, sql, tenant } from '../../platform/database/sql';
import { oneByKey } from '../../platform/graphql/loader';
import { CustomRole } from './custom-role.model';
import { grantedBy, type RoleBearer } from './granted';
import type { KnownPermission } from './permissions';

export type CustomRoleRecord = InferAttributes<CustomRole>;

export const customRoleById = oneByKey<CustomRoleRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(CustomRole, 'r')} from custom_roles r where r.tenant_id = ${tenant} and r.id = any(${ids})`),
  ({ id }) => id,
);

/** The custom roles of the tenant by name. A tenant has few: see Roles. */
export const customRoles = (scope: Scope): Promise<CustomRoleRecord[]> =>
  scope.rows(sql`select ${columns(CustomRole, 'r')} from custom_roles r where r.tenant_id = ${tenant} order by lower(r.name)`);

/** What a user or an invitation holds, for showing; decisions ask `grantedTo` inside their transaction. */
export const permissionsFor = async (scope: Scope, { role, customRoleId }: RoleBearer): Promise<readonly KnownPermission[]> =>
  grantedBy(role, customRoleId === null ? null : await customRoleById(scope).load(customRoleId));
