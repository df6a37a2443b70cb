import { randomUUID } from 'node:crypto';

import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

import type { Credentials } from '../../platform/auth/caller';
import type { AuthenticationMethod, Principal } from '../../platform/auth/principal';
import type { Clock } from '../../platform/clock';
import { unauthenticated } from '../../platform/errors';
import type { SigningKeys } from './signing-keys';

/** RFC 9068: JWT profile for OAuth 2.0 access tokens. */
const TYPE = 'at+jwt';
const ALGORITHM = 'RS256';
export const AUDIENCE = 'payymo-api';
/** RFC 8725bis: short enough that a stolen token is of little use, long enough to work with. */
export const LIFETIME_SECONDS = 300;
const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_TOKEN_LENGTH = 8_192;

const Claims = z.object({
  sub: z.uuid(),
  tenant: z.uuid(),
  jti: z.uuid(),
  scopes: z.array(z.string()),
  token_type: z.literal('access'),
});

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresAt: Date;
}

/** What an access token says. */
export interface TokenSubject {
  readonly tenantId: string;
  /** One of the two: a person or a partner's client. */
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly scopes: readonly string[];
  /** A client without a session stands in for it itself. The version goes up when the session's tokens are to die. */
  readonly session: { readonly id: string; readonly version: number };
  readonly authenticatedAt: Date | null;
  readonly methods: readonly AuthenticationMethod[];
  /** Confirmation (RFC 7800) of the key without which the token is worth nothing; null for a bearer token. */
  readonly confirmation: Confirmation | null;
}

/** The thumbprint of a DPoP key (RFC 9449, section 6.1) or of a client certificate (RFC 8705, section 3.1). */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/**
 * Issues access tokens and tells who a token names.
 * @requirement SEC-007
 */
export class AccessTokens {
  constructor(
    private readonly keys: SigningKeys,
    private readonly issuer: string,
    private readonly clock: Clock,
  ) {}

  async issue({ tenantId, userId, clientId, scopes, session }: TokenSubject): Promise<IssuedToken> {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1000);
    const expiresAt = issuedAt + LIFETIME_SECONDS;
    const accessToken = await new SignJWT({ tenant: tenantId, scopes, sid: session.id, sv: session.version, token_type: 'access' })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.keys.kid })
      .setIssuer(this.issuer)
      .setAudience(AUDIENCE)
      .setSubject(userId ?? clientId ?? '')
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.keys.privateKey);
    return { accessToken, expiresAt: new Date(expiresAt * 1000) };
  }

  /** @throws UNAUTHENTICATED for a token that is expired, foreign, altered, or not an access token; it does not say which. */
  async verify({ token }: Credentials): Promise<Principal> {
    if (token.length > MAX_TOKEN_LENGTH) throw unauthenticated('The access token is not valid');
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(this.keys.jwks), this.#expectations());
      const { sub, tenant, scopes } = Claims.parse(payload);
      return Object.freeze({
        tenantId: tenant,
        userId: sub,
        clientId: null,
        sessionId: null,
        actor: `user:${sub}`,
        scopes: new Set(scopes),
        authenticatedAt: null,
        methods: [],
      });
    } catch (cause) {
      throw unauthenticated(isExpiry(cause) ? 'The access token has expired: sign in again' : 'The access token is not valid');
    }
  }

  #expectations() {
    return {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: this.issuer,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'nbf', 'jti', 'sub'],
      maxTokenAge: LIFETIME_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: this.clock.now(),
    };
  }
}

const isExpiry = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ERR_JWT_EXPIRED';
