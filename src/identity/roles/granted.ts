import type { Transaction } from 'sequelize';

import { CustomRole } from './custom-role.model';
import { isTenantPermission, type KnownPermission, permissionsOf, type UserRole } from './permissions';

/** What says which permissions a user holds. */
export interface RoleBearer {
  readonly role: UserRole;
  /** Row id; of a user with the role CUSTOM alone. */
  readonly customRoleId: string | null;
}

/**
 * The permissions that a user holds as of this transaction: those of the built-in role, or of the tenant's custom one.
 * @requirement SEC-010
 */
export async function grantedTo(transaction: Transaction, { role, customRoleId }: RoleBearer): Promise<readonly KnownPermission[]> {
  const custom = customRoleId === null ? null : await CustomRole.findOne({ where: { id: customRoleId }, transaction });
  return grantedBy(role, custom);
}

/**
 * The permissions of a role. A custom one that is gone grants nothing, nor does what it names and Payymo does not know (any more);
 * permissions of the platform are never among them.
 */
export function grantedBy(role: UserRole, custom: { readonly permissions: readonly string[] } | null): readonly KnownPermission[] {
  if (role !== 'CUSTOM') return permissionsOf[role];
  return custom?.permissions.filter(isTenantPermission) ?? [];
}
