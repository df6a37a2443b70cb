import type { Transaction } from 'sequelize';

import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { conflict, forbidden, notFound } from '../../platform/errors';
import { userIds } from '../ids';
import { requireRoomBesideInvited } from '../invitations/room';
import { PasswordReset } from '../password-reset/password-reset.model';
import type { Plans } from '../plans/plans.service';
import { authorityOf, grantOf, lockPeople, requireToGovern } from '../roles/authority';
import { grantOfRole, type RoleChoice } from '../roles/role-choice';
import type { Sessions } from '../sessions/sessions';
import { User } from './user.model';

/**
 * Changes what people may do, and whether they may come in at all. Effective everywhere within a second.
 * @requirement SEC-010
 */
export class Users {
  constructor(
    private readonly sessions: Pick<Sessions, 'renewAllOf' | 'endAllOf'>,
    private readonly plans: Pick<Plans, 'room'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives a user another role.
   * @throws NOT_FOUND; FORBIDDEN when the actor holds less than the user or the role; CONFLICT for the last active owner; BAD_USER_INPUT for a
   *         role that the tenant cannot have.
   */
  changeRole(scope: Scope, userId: string, choice: RoleChoice): Promise<User> {
    scope.require('users:update');
    return scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'users:update');
      const user = await find(transaction, userId);
      const grant = await grantOfRole(scope, transaction, choice);
      requireToGovern(authority, await grantOf(transaction, user));
      requireToGovern(authority, grant);
      const after = { role: grant.role, customRoleId: grant.customRoleId };
      if (user.role === after.role && user.customRoleId === after.customRoleId) return user;
      if (user.role !== after.role) await requireAnotherKeeper(scope, transaction, user);
      await User.update(after, { where: { id: userId }, transaction });
      await this.sessions.renewAllOf(scope, transaction, [userId]);
      scope.record(transaction, { action: 'user.role-changed', object: objectOf(userId), before: roleOf(user), after });
      return user.reload({ transaction });
    });
  }

  /**
   * Shuts a user out: all sessions end at once, and neither password nor reset opens one again.
   * @throws NOT_FOUND; FORBIDDEN; CONFLICT for oneself, the last active owner, and somebody who is disabled.
   */
  disable(scope: Scope, userId: string): Promise<User> {
    scope.require('users:update');
    return scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'users:update');
      const user = await find(transaction, userId);
      requireToGovern(authority, await grantOf(transaction, user));
      if (userId === scope.actor.userId) throw conflict('You cannot disable yourself: leave the tenant instead');
      if (user.disabledAt !== null) throw conflict(`User ${userIds.encode(userId)} is disabled already`);
      return this.#shutOut(scope, transaction, user, 'user.disabled');
    });
  }

  /**
   * Lets a disabled user in again, with the same role.
   * @throws NOT_FOUND; FORBIDDEN; CONFLICT for somebody who is not disabled; PLAN_LIMIT_REACHED.
   */
  enable(scope: Scope, userId: string): Promise<User> {
    scope.require('users:update');
    return scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'users:update');
      const user = await find(transaction, userId);
      requireToGovern(authority, await grantOf(transaction, user));
      if (user.disabledAt === null) throw conflict(`User ${userIds.encode(userId)} is not disabled`);
      await requireRoomBesideInvited(this.plans, transaction, this.clock.now());
      await User.update({ disabledAt: null }, { where: { id: userId }, transaction });
      scope.record(transaction, { action: 'user.enabled', object: objectOf(userId), after: roleOf(user) });
      return user.reload({ transaction });
    });
  }

  /** Shuts oneself out for good, unless somebody enables one again. @throws CONFLICT for the last active owner; FORBIDDEN for a machine. */
  leave(scope: Scope): Promise<User> {
    const { userId } = scope.actor;
    if (userId === null) throw forbidden('users:update');
    return scope.change(async transaction => {
      await lockPeople(scope, transaction);
      const user = await User.findOne({ where: { id: userId, disabledAt: null }, transaction });
      if (!user) throw notFound('User', userIds.encode(userId));
      return this.#shutOut(scope, transaction, user, 'user.left');
    });
  }

  async #shutOut(scope: Scope, transaction: Transaction, user: User, action: string): Promise<User> {
    const { id } = user;
    await requireAnotherKeeper(scope, transaction, user);
    await User.update({ disabledAt: this.clock.now() }, { where: { id }, transaction });
    await PasswordReset.destroy({ where: { userId: id }, transaction });
    await this.sessions.endAllOf(scope, transaction, id, 'USER_DISABLED');
    scope.record(transaction, { action, object: objectOf(id), before: roleOf(user) });
    return user.reload({ transaction });
  }
}

/** Without them nobody could let anybody in: the owners of a business, the operators of the platform. */
const KEEPERS: ReadonlySet<string> = new Set(['OWNER', 'PLATFORM_OPERATOR']);

/**
 * The people of the tenant are locked, so that of two owners who demote each other at once one stays.
 * @throws CONFLICT when nobody else would be left.
 */
async function requireAnotherKeeper(scope: Scope, transaction: Transaction, { id, role, disabledAt }: User): Promise<void> {
  if (!KEEPERS.has(role) || disabledAt !== null) return;
  const others = await scope.rowsIn(
    transaction,
    sql`select u.id from users u where u.tenant_id = ${tenant} and u.role = ${role} and u.disabled_at is null and u.id <> ${id} limit 1`,
  );
  if (others.length === 0) throw conflict('This is the last active owner: make somebody else one first');
}

async function find(transaction: Transaction, id: string): Promise<User> {
  const user = await User.findOne({ where: { id }, transaction });
  if (!user) throw notFound('User', userIds.encode(id));
  return user;
}

const objectOf = (id: string) => ({ type: 'User', id });
const roleOf = ({ role, customRoleId }: User) => ({ role, customRoleId });
