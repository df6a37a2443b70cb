import type { Database } from '../../platform/database/database';

/**
 * Whether this key (32 bytes, a hash) is used for the first time, in any process: for the `jti` of proofs and assertions (RFC 9449,
 * section 11.1; RFC 7523, section 3). It is remembered until `expiresAt`, after which what it stands for must be worthless by itself.
 * @requirement SEC-007
 */
export async function useOnce(database: Pick<Database, 'callUntenanted'>, key: Buffer, expiresAt: Date): Promise<boolean> {
  const [row] = await database.callUntenanted<{ fresh: boolean }>('select payymo.use_once($1, $2) as fresh', [key, expiresAt]);
  return row?.fresh === true;
}
