import type { Transaction } from 'sequelize';

import { holds, type Permission } from '../../platform/auth/principal';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { forbidden, PayymoError } from '../../platform/errors';
import { User } from '../users/user.model';
import { grantedTo, type RoleBearer } from './granted';
import type { UserRole } from './permissions';

/** What somebody may hand on to others, as of the transaction that changes something. */
export interface Authority {
  /** Null for a machine: none holds a role. */
  readonly role: UserRole | null;
  readonly permissions: ReadonlySet<string>;
}

/** A role with the permissions that come with it. */
export interface Grant {
  readonly role: UserRole;
  readonly permissions: readonly string[];
}

/**
 * Makes the changes of people and roles of one tenant come one after another until the transaction ends. What was checked after this,
 * such as who the last owner is, stays true. Whoever merely refers to the tenant is not held up.
 */
export const lockPeople = (scope: Scope, transaction: Transaction): Promise<unknown> =>
  scope.rowsIn(transaction, sql`select t.id from tenants t where t.id = ${tenant} for no key update`);

/**
 * Locks the people of the tenant and reads what the actor holds now: the token may say more than the role still does, and a token
 * for less must not grant more.
 * @throws FORBIDDEN when the actor is disabled, or holds the permission no longer.
 * @requirement SEC-010
 */
export async function authorityOf(scope: Scope, transaction: Transaction, needed: Permission): Promise<Authority> {
  await lockPeople(scope, transaction);
  const authority = await currentAuthority(scope, transaction);
  if (!holds({ scopes: authority.permissions }, needed)) throw forbidden(needed);
  return authority;
}

async function currentAuthority({ actor }: Scope, transaction: Transaction): Promise<Authority> {
  if (actor.userId === null) return { role: null, permissions: actor.scopes };
  const user = await authorityOfUser(transaction, actor.userId);
  return { ...user, permissions: new Set([...user.permissions].filter(permission => actor.scopes.has(permission))) };
}

/** What a user may hand on; nothing when disabled or gone. */
export async function authorityOfUser(transaction: Transaction, userId: string): Promise<Authority> {
  const user = await User.findOne({ where: { id: userId, disabledAt: null }, transaction });
  if (!user) return { role: null, permissions: new Set() };
  return { role: user.role, permissions: new Set(await grantedTo(transaction, user)) };
}

/**
 * Nobody gives what they do not hold, nor touches somebody who holds more. Owners hold what admins hold, and the tenant besides: who
 * is one, is decided by owners.
 * @throws FORBIDDEN naming what is missing.
 * @requirement SEC-010
 */
export function requireToGovern(authority: Authority, grant: Grant): void {
  if (grant.role === 'OWNER' && authority.role !== 'OWNER') throw new PayymoError('FORBIDDEN', 'Only an owner decides on owners');
  requireToHold(authority, grant.permissions);
}

/** @throws FORBIDDEN naming what is missing. */
export function requireToHold({ permissions }: Authority, wanted: readonly string[]): void {
  const missing = wanted.filter(permission => !permissions.has(permission));
  if (missing.length === 0) return;
  const scope = missing.join(' ');
  throw new PayymoError('FORBIDDEN', `This takes somebody who holds ${missing.join(', ')}`, { details: { scope } });
}

/** The grant that a user has. */
export const grantOf = async (transaction: Transaction, bearer: RoleBearer): Promise<Grant> => ({
  role: bearer.role,
  permissions: await grantedTo(transaction, bearer),
});
