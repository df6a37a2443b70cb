import type { Transaction } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import { type Sql, sql, tenant } from '../../platform/database/sql';
import { platformRoles } from '../roles/permissions';

/** Which factors a user has, and whether one is demanded. */
export interface Factors {
  readonly totp: boolean;
  readonly passkeys: number;
  readonly recoveryCodesLeft: number;
  /** By the policy of the tenant, or by the role. */
  readonly required: boolean;
}

/** Recovery codes alone are no factor: they stand in for one that is lost. */
export const hasFactor = ({ totp, passkeys }: Factors): boolean => totp || passkeys > 0;

/** In the operation's read transaction. Null for a user who is not there. */
export const factorsOf = async (scope: Scope, userId: string): Promise<Factors | null> =>
  (await scope.rows<Factors>(statement(userId)))[0] ?? null;

/** The same inside a change, after what went before in it. */
export const factorsIn = async (scope: Scope, transaction: Transaction, userId: string): Promise<Factors | null> =>
  (await scope.rowsIn<Factors>(transaction, statement(userId)))[0] ?? null;

export interface FactorHolder extends Factors {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** And with the user's row locked: of two who change the factors of one user, one waits. */
export async function lockFactors(scope: Scope, transaction: Transaction, userId: string): Promise<FactorHolder | null> {
  const [user] = await scope.rowsIn<Pick<FactorHolder, 'id' | 'email' | 'name'>>(
    transaction,
    sql`select u.id, u.email, u.name from users u where u.tenant_id = ${tenant} and u.id = ${userId} for no key update`,
  );
  const factors = await factorsIn(scope, transaction, userId);
  return user && factors ? { ...user, ...factors } : null;
}

const statement = (userId: string): Sql => sql`select
    exists (select from totp_seeds s where s.tenant_id = u.tenant_id and s.user_id = u.id and s.confirmed_at is not null) as totp,
    (select count(*)::int from passkeys p where p.tenant_id = u.tenant_id and p.user_id = u.id) as passkeys,
    (select count(*)::int from recovery_codes r where r.tenant_id = u.tenant_id and r.user_id = u.id and r.used_at is null)
      as "recoveryCodesLeft",
    t.second_factor_required or u.role = any(${[...platformRoles]}) as required
  from users u join tenants t on t.id = u.tenant_id where u.tenant_id = ${tenant} and u.id = ${userId}`;
