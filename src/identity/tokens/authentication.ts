import { timingSafeEqual } from 'node:crypto';

import type { Credentials } from '../../platform/auth/caller';
import type { Principal } from '../../platform/auth/principal';
import { RefusedToken } from '../../platform/auth/refused-token';
import { type AccessTokens, refusalOf } from './access-tokens';
import type { DpopProofs } from './dpop-proofs';
import { strictJws } from './strict-jws';
import type { TrustedIssuers } from './trusted-issuers';
import type { VerifiedToken } from './verified-token';

/** What may have been revoked. */
export type Revocable = Pick<VerifiedToken, 'jti' | 'tenantId' | 'sessionId' | 'sessionVersion' | 'userId' | 'clientId'>;

export interface AuthenticationParts {
  readonly tokens: Pick<AccessTokens, 'known' | 'verifyJws'>;
  readonly issuers: Pick<TrustedIssuers, 'find'>;
  readonly dpop: Pick<DpopProofs, 'verify'>;
  /** @throws UNAUTHENTICATED for what was revoked, UNAVAILABLE when that cannot be known. */
  readonly revocations: { check(token: Revocable): Promise<void> };
}

/**
 * Tells who calls from the access token and from what else the request carries.
 * @requirement SEC-007
 */
export class Authentication {
  constructor(private readonly parts: AuthenticationParts) {}

  /**
   * @throws UNAUTHENTICATED for a token that is not valid, not the caller's own, or revoked; of these it tells expiry alone.
   *         UNAVAILABLE when that cannot be found out.
   */
  async authenticate(credentials: Credentials): Promise<Principal> {
    const { revocations } = this.parts;
    const token = await this.#verified(credentials.token);
    if (!(await this.#isPossessed(token, credentials))) throw new RefusedToken(false);
    await revocations.check(token);
    return principalOf(token);
  }

  async #verified(token: string): Promise<VerifiedToken> {
    const { tokens, issuers } = this.parts;
    try {
      const known = tokens.known(token);
      if (known) return known;
      const jws = strictJws(token);
      return await (issuers.find(jws.claims['iss']) ?? tokens).verifyJws(jws);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** A bound token works with its key alone, and under the scheme that says so (RFC 9449, section 7.1; RFC 8705, section 3). */
  async #isPossessed({ confirmation }: VerifiedToken, { scheme, token, caller }: Credentials): Promise<boolean> {
    if (confirmation === null) return scheme === 'Bearer';
    if ('x5t#S256' in confirmation) return scheme === 'Bearer' && same(confirmation['x5t#S256'], caller.certificate);
    if (scheme !== 'DPoP' || !caller.dpop) return false;
    return same(confirmation.jkt, await this.parts.dpop.verify(caller.dpop, token));
  }
}

function principalOf({ tenantId, userId, clientId, sessionId, actor, scopes, authenticatedAt, methods }: VerifiedToken): Principal {
  const ownSession = sessionId === clientId ? null : sessionId;
  return Object.freeze({ tenantId, userId, clientId, sessionId: ownSession, actor, scopes, authenticatedAt, methods });
}

/** Thumbprints are no secrets, but there is no reason to tell how much of one fits. */
function same(expected: string, actual: string | null): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(actual ?? '')];
  return a.length === b.length && timingSafeEqual(a, b);
}
