import { z } from 'zod';

import { apiClientIds } from '../ids';
import { InvalidJws, type StrictJws } from './strict-jws';
import type { Confirmation, VerifiedToken } from './verified-token';

/** RFC 9068, section 2.1. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
export const AUDIENCE = 'payymo-api';
/** `client_id` (RFC 9068, section 2.2) of tokens that people are given by ourselves; a partner's client has the id it is registered by. */
export const FIRST_PARTY_CLIENT = 'payymo';

const seconds = z.int().positive();
const uuid = z.string().regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
const thumbprint = z.string().regex(/^[\w-]{43}$/);

/** `cnf` (RFC 7800): exactly one method of confirmation, and one that we can check. */
export const ConfirmationClaim = z.union([z.strictObject({ jkt: thumbprint }), z.strictObject({ 'x5t#S256': thumbprint })]);

/** Exactly what `AccessTokens` writes. */
const AccessClaims = z.strictObject({
  iss: z.string(),
  aud: z.literal(AUDIENCE),
  sub: uuid,
  client_id: z.string(),
  tenant: uuid,
  scopes: z.array(z.string().regex(/^[a-z-]+:[a-z-]+$/)).max(100),
  sid: uuid,
  sv: z.int().nonnegative(),
  iat: seconds,
  nbf: seconds,
  exp: seconds,
  jti: uuid,
  token_type: z.literal('access'),
  auth_time: seconds.optional(),
  amr: z.array(z.enum(['pwd', 'otp', 'hwk', 'mfa'])).max(4).optional(),
  cnf: ConfirmationClaim.optional(),
}); // prettier-ignore

/** Reads the claims of a token whose signature fits. @throws InvalidJws unless each is there, of its type, and no other. */
export function readAccessClaims(jws: StrictJws, issuer: string): VerifiedToken {
  const { data: claims } = AccessClaims.safeParse(jws.claims);
  if (claims?.iss !== issuer) throw new InvalidJws('Not the claims of an access token of ours');
  const isPerson = claims.client_id === FIRST_PARTY_CLIENT;
  if (!isPerson && claims.client_id !== apiClientIds.encode(claims.sub)) throw new InvalidJws('The token of a client names another');
  return Object.freeze({
    jti: claims.jti,
    tenantId: claims.tenant,
    userId: isPerson ? claims.sub : null,
    clientId: isPerson ? null : claims.sub,
    sessionId: claims.sid,
    sessionVersion: claims.sv,
    actor: `${isPerson ? 'user' : 'client'}:${claims.sub}`,
    scopes: new Set(claims.scopes),
    authenticatedAt: claims.auth_time === undefined ? null : new Date(claims.auth_time * 1000),
    methods: claims.amr ?? [],
    confirmation: (claims.cnf as Confirmation | undefined) ?? null,
    times: { iat: claims.iat, nbf: claims.nbf, exp: claims.exp },
  });
}
