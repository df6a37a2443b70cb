import type { Transaction } from 'sequelize';

import type { AuthenticationMethod } from '../../platform/auth/principal';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { grantedTo, type RoleBearer } from '../roles/granted';
import { type Factors, factorsIn, hasFactor } from '../second-factor/factors';
import type { LiveSession } from './session-rows';

/**
 * What the owner of a session may do as of this transaction: a user what the role permits; a client what it was granted when the session
 * began and still has (RFC 6749, section 6). Null for an owner who may not come in any more.
 */
export function grantsOf(scope: Scope, transaction: Transaction, session: LiveSession): Promise<readonly string[] | null> {
  if (session.userId !== null) return grantsOfUser(scope, transaction, session.userId);
  return grantsOfClient(scope, transaction, session.clientId ?? '', session.scopes ?? []);
}

async function grantsOfUser(scope: Scope, transaction: Transaction, userId: string): Promise<readonly string[] | null> {
  const [user] = await scope.rowsIn<RoleBearer>(
    transaction,
    sql`select u.role, u.custom_role_id as "customRoleId" from users u join tenants t on t.id = u.tenant_id
    where u.tenant_id = ${tenant} and u.id = ${userId} and u.disabled_at is null and t.status <> 'CLOSED'`,
  );
  return user ? grantedTo(transaction, user) : null;
}

async function grantsOfClient(
  scope: Scope,
  transaction: Transaction,
  clientId: string,
  granted: readonly string[],
): Promise<readonly string[] | null> {
  const [client] = await scope.rowsIn<{ scopes: readonly string[] }>(
    transaction,
    sql`select c.scopes from api_clients c join tenants t on t.id = c.tenant_id
    where c.tenant_id = ${tenant} and c.id = ${clientId} and c.ended_at is null and t.status <> 'CLOSED'`,
  );
  return client ? granted.filter(scope => client.scopes.includes(scope)) : null;
}

export interface Admission {
  readonly userId: string;
  /** The hash that the password fitted, if there was one. */
  readonly passwordHash: string | undefined;
  /** What the user gave. */
  readonly methods: readonly AuthenticationMethod[];
  readonly now: Date;
}

/**
 * Notes a sign-in and locks the user's row until the change ends: whoever disables the user, changes the password or takes the factors
 * away at the same time waits, and then finds the session that is beginning, or comes first, and it does not begin. So does whoever
 * demands a second factor of the whole tenant, whose row comes first, as everywhere. False for a user who may not come in.
 */
export async function admitUser(scope: Scope, transaction: Transaction, admission: Admission): Promise<boolean> {
  await scope.rowsIn(transaction, sql`select from tenants t where t.id = ${tenant} for share`);
  if (!(await noteSignIn(scope, transaction, admission))) return false;
  // By a statement of its own: only one that begins after the locks were taken sees what they waited for.
  const factors = await factorsIn(scope, transaction, admission.userId);
  return factors !== null && isEnough(admission.methods, factors);
}

async function noteSignIn(scope: Scope, transaction: Transaction, { userId, passwordHash, now }: Admission): Promise<boolean> {
  const rows = await scope.rowsIn(
    transaction,
    sql`update users u set last_signed_in_at = ${now} from tenants t
    where u.tenant_id = ${tenant} and u.id = ${userId} and u.disabled_at is null and t.id = u.tenant_id and t.status <> 'CLOSED'
      and u.password_hash = coalesce(${passwordHash ?? null}, u.password_hash)
    returning u.id`,
  );
  return rows.length > 0;
}

/** A factor that was given must still be one of the user's; a password alone is enough where there is none and none is demanded. */
const isEnough = (methods: readonly AuthenticationMethod[], factors: Factors): boolean =>
  methods.includes('otp') || methods.includes('hwk') ? hasFactor(factors) : !factors.required && !hasFactor(factors);

/**
 * Locks a client against change until the session has begun: whoever takes a secret or a scope from it at the same time waits, and then
 * ends this session too, or comes first, and it does not begin; and of two sessions that begin, the second sees the first. False for a
 * client that is not as it was when it authenticated itself.
 */
export async function admitClient(
  scope: Scope,
  transaction: Transaction,
  { clientId, version }: { readonly clientId: string; readonly version: number },
): Promise<boolean> {
  const rows = await scope.rowsIn(
    transaction,
    sql`select c.id from api_clients c
    where c.tenant_id = ${tenant} and c.id = ${clientId} and c.version = ${version} and c.ended_at is null for no key update`,
  );
  return rows.length > 0;
}

/** The same lock, for a change that ends sessions of the user. */
export const lockUser = (scope: Scope, transaction: Transaction, userId: string): Promise<unknown> =>
  scope.rowsIn(transaction, sql`select from users where tenant_id = ${tenant} and id = ${userId} for no key update`);
