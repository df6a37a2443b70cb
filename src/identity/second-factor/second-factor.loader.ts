import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { unauthenticated } from '../../platform/errors';
import { passkeyIds } from '../ids';
import { factorsOf } from './factors';
import type { Passkey } from './passkey.model';
import type { PasskeyType, SecondFactorType } from './second-factor.type';

type PasskeyRow = Pick<Passkey, 'id' | 'name' | 'createdAt' | 'lastUsedAt'>;

/** The factors of the actor. @throws UNAUTHENTICATED for a machine */
export async function ownSecondFactor(scope: Scope): Promise<SecondFactorType> {
  const { userId } = scope.actor;
  const factors = userId === null ? null : await factorsOf(scope, userId);
  if (!factors) throw unauthenticated();
  const passkeys = await scope.rows<PasskeyRow>(
    sql`select p.id, p.name, p.created_at as "createdAt", p.last_used_at as "lastUsedAt" from passkeys p
      where p.tenant_id = ${tenant} and p.user_id = ${userId} order by p.created_at, p.id`,
  );
  return { ...factors, passkeys: passkeys.map(passkeyOf) };
}

/** As the API shows it: neither the credential nor its key. */
export const passkeyOf = ({ id, name, createdAt, lastUsedAt }: PasskeyRow): PasskeyType => ({
  id: passkeyIds.encode(id),
  name,
  createdAt,
  lastUsedAt,
});
