import type { Database } from '../../platform/database/database';
import type { EndReason } from '../sessions/sessions';
import type { Proof } from '../tokens/proofs';

/** Whom somebody wants to sign in as: the address in lower case, the slug of the tenant if one is named. */
export interface Account {
  readonly email: string;
  readonly tenant: string | undefined;
}

/**
 * Endings of a session that say something against the very device: somebody took the trouble to end this one, or its token was in the
 * wrong hands. Who signs out, lets a session run out or changes the password takes nothing back of what the device is known for; under an
 * attack on the account these people need it most.
 */
const DISTRUSTED: readonly EndReason[] = ['ENDED_BY_ADMINISTRATOR', 'ENDED_BY_USER', 'REFRESH_TOKEN_REUSED'];

/** Whether one of those whom the account may mean signed in with this certificate, key or cookie before, and nothing spoke against it since. */
export async function isKnownDevice(
  database: Pick<Database, 'callUntenanted'>,
  { email, tenant }: Account,
  { kind, thumbprint }: Proof,
): Promise<boolean> {
  const users = await database.callUntenanted('select user_id from payymo.users_of_device($1, $2, $3, $4, $5)', [
    email,
    tenant ?? null,
    kind,
    thumbprint,
    DISTRUSTED,
  ]);
  return users.length > 0;
}
