import type { Config } from '../../config/config';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { AccessTokens } from './access-tokens';
import { Authentication, type AuthenticationParts } from './authentication';
import { DpopProofs } from './dpop-proofs';
import { Proofs } from './proofs';
import { type SigningKeys, signingKeys } from './signing-keys';
import { TrustedIssuers } from './trusted-issuers';
import { useOnce } from './use-once';

export interface TokenServices {
  readonly keys: SigningKeys;
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
  /** Tells who calls, once there is somebody who knows what was revoked. */
  readonly authentication: (revocations: AuthenticationParts['revocations']) => Authentication;
}

/** @throws Error for signing keys and trusted issuers that are not safe to use. */
export async function tokenServices(config: Config, database: Database, clock: Clock): Promise<TokenServices> {
  const { identity, http, production } = config;
  const keys = await signingKeys(identity.signingKeys);
  const tokens = new AccessTokens(keys, http.publicUrl, clock);
  const dpop = new DpopProofs((key, expiresAt) => useOnce(database, key, expiresAt), clock);
  const issuers = new TrustedIssuers(identity.trustedIssuers, { database, clock, ownIssuer: http.publicUrl, production });
  return {
    keys,
    tokens,
    proofs: new Proofs(dpop),
    authentication: revocations => new Authentication({ tokens, issuers, dpop, revocations }),
  };
}
