import type { Transaction } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import { badInput, notFound } from '../../platform/errors';
import { customRoleIds } from '../ids';
import { Tenant } from '../tenants/tenant.model';
import type { Grant } from './authority';
import { CustomRole } from './custom-role.model';
import { grantedBy } from './granted';
import { platformRoles, type UserRole } from './permissions';

/** A role as somebody asks for it. */
export interface RoleChoice {
  readonly role: UserRole;
  /** Row id; goes with CUSTOM alone. */
  readonly customRoleId: string | null;
}

const PLATFORM: ReadonlySet<string> = new Set(platformRoles);

/**
 * What a chosen role grants. Roles of the platform go with the platform's own tenant alone, all others with businesses alone; the
 * database holds to that too.
 * @throws BAD_USER_INPUT for a choice that contradicts itself or does not fit the tenant; NOT_FOUND for an unknown custom role.
 */
export async function grantOfRole(scope: Scope, transaction: Transaction, { role, customRoleId }: RoleChoice): Promise<Grant & RoleChoice> {
  if ((role === 'CUSTOM') !== (customRoleId !== null))
    throw badInput('customRoleId', 'The role CUSTOM needs the id of a custom role; no other takes one');
  const tenant = await Tenant.findByPk(scope.actor.tenantId, { transaction });
  if (PLATFORM.has(role) !== (tenant?.kind === 'PLATFORM')) throw badInput('role', 'This kind of tenant has no such role');
  const custom = customRoleId === null ? null : await CustomRole.findOne({ where: { id: customRoleId }, transaction });
  if (customRoleId !== null && !custom) throw notFound('CustomRole', customRoleIds.encode(customRoleId));
  return { role, customRoleId, permissions: grantedBy(role, custom) };
}
