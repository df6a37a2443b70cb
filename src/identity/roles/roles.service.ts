import { Transaction } from 'sequelize';

import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { badInput, conflict, notFound } from '../../platform/errors';
import { customRoleIds } from '../ids';
import { Invitation } from '../invitations/invitation.model';
import type { Plans } from '../plans/plans.service';
import type { Sessions } from '../sessions/sessions';
import { singleLine } from '../users/single-line';
import { User } from '../users/user.model';
import { authorityOf, requireToHold } from './authority';
import { CustomRole } from './custom-role.model';
import { isTenantPermission, userRoles } from './permissions';

/** Enough for every business; and a list that needs no pages. */
export const MAX_ROLES = 100;
const MAX_NAME_LENGTH = 60;
const MAX_DESCRIPTION_LENGTH = 300;
const BUILT_IN: ReadonlySet<string> = new Set(userRoles);

export interface RoleValues {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

/**
 * Makes, changes and deletes the custom roles of a tenant. A change is effective everywhere within a second.
 * @requirement SEC-010
 */
export class Roles {
  constructor(
    private readonly sessions: Pick<Sessions, 'renewAllOf'>,
    private readonly plans: Pick<Plans, 'requireFeature'>,
  ) {}

  /**
   * @throws FORBIDDEN for a permission that the actor does not hold; BAD_USER_INPUT; CONFLICT when the name is taken or there are too
   *         many; PLAN_LIMIT_REACHED when the plan has no custom roles.
   */
  create(scope: Scope, values: RoleValues): Promise<CustomRole> {
    scope.require('roles:create');
    const role = checked(values);
    return scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'roles:create');
      requireToHold(authority, role.permissions);
      await this.plans.requireFeature(transaction, 'CUSTOM_ROLES');
      if ((await CustomRole.count({ transaction })) >= MAX_ROLES)
        throw conflict(`A tenant has at most ${MAX_ROLES} roles: delete one first`);
      await requireFreeName(scope, transaction, role.name);
      const created = await CustomRole.create({ id: newId(), ...role }, { transaction });
      scope.record(transaction, { action: 'role.created', object: objectOf(created), after: role });
      return created;
    });
  }

  /**
   * Who changes a role must hold what it permits before and after: taking away counts as much as giving.
   * @throws NOT_FOUND; FORBIDDEN; BAD_USER_INPUT; CONFLICT when the name is taken.
   */
  update(scope: Scope, id: string, changes: Partial<RoleValues>): Promise<CustomRole> {
    scope.require('roles:update');
    return scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'roles:update');
      const role = await find(transaction, id);
      const before = valuesOf(role);
      const after = checked({ ...before, ...changes });
      requireToHold(authority, before.permissions);
      requireToHold(authority, after.permissions);
      await requireFreeName(scope, transaction, after.name, id);
      const holders = await holdersOf(transaction, id);
      await CustomRole.update(after, { where: { id }, transaction });
      await this.sessions.renewAllOf(scope, transaction, holders);
      scope.record(transaction, { action: 'role.updated', object: objectOf(role), before, after });
      return role.reload({ transaction });
    });
  }

  /** @throws NOT_FOUND; FORBIDDEN for a role that permits what the actor does not hold; CONFLICT while users have it or are invited to it. */
  delete(scope: Scope, id: string): Promise<void> {
    scope.require('roles:delete');
    return scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'roles:delete');
      const role = await find(transaction, id);
      requireToHold(authority, valuesOf(role).permissions);
      const holders = await holdersOf(transaction, id);
      if (holders.length > 0) throw conflict(`${holders.length} of the users have this role: give them another first`);
      if (await Invitation.isOpenFor(transaction, id)) throw conflict('Somebody is invited to this role: revoke the invitation first');
      await Invitation.forget(transaction, id);
      await CustomRole.destroy({ where: { id }, transaction });
      scope.record(transaction, { action: 'role.deleted', object: objectOf(role), before: valuesOf(role) });
    });
  }
}

/** @throws BAD_USER_INPUT naming the field. */
function checked({ name, description, permissions }: RoleValues): { name: string; description: string; permissions: string[] } {
  const unknown = permissions.find(permission => !isTenantPermission(permission));
  if (unknown !== undefined) throw badInput('permissions', 'There is no such permission for a role: see the query permissions');
  if (permissions.length === 0) throw badInput('permissions', 'A role permits at least one thing');
  return {
    name: nameOf(name),
    description: singleLine('description', description, 0, MAX_DESCRIPTION_LENGTH),
    permissions: [...new Set(permissions)].sort(),
  };
}

/** A role must not pass for a built-in one. */
function nameOf(text: string): string {
  const name = singleLine('name', text, 1, MAX_NAME_LENGTH);
  if (BUILT_IN.has(name.toUpperCase().replaceAll(/\W/g, '_'))) throw badInput('name', 'This is the name of a built-in role');
  return name;
}

async function find(transaction: Transaction, id: string): Promise<CustomRole> {
  const role = await CustomRole.findOne({ where: { id }, transaction });
  if (!role) throw notFound('CustomRole', customRoleIds.encode(id));
  return role;
}

async function requireFreeName(scope: Scope, transaction: Transaction, name: string, but: string | null = null): Promise<void> {
  const taken = await scope.rowsIn(
    transaction,
    sql`select r.id from custom_roles r where r.tenant_id = ${tenant} and lower(r.name) = lower(${name}) and r.id is distinct from ${but}::uuid`,
  );
  if (taken.length > 0) throw conflict('There is a role of this name already');
}

/** Locks them too: a session that is beginning for one of them either was there before, or sees what the role permits after this. */
async function holdersOf(transaction: Transaction, customRoleId: string): Promise<string[]> {
  const users = await User.findAll({
    where: { customRoleId },
    attributes: ['id'],
    order: ['id'],
    lock: Transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  return users.map(({ id }) => id);
}

const valuesOf = ({ name, description, permissions }: CustomRole) => ({
  name,
  description,
  permissions: permissions.filter(isTenantPermission),
});
const objectOf = ({ id }: CustomRole) => ({ type: 'CustomRole', id });
