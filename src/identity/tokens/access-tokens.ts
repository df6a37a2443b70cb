import { randomUUID } from 'node:crypto';

import { SignJWT } from 'jose';

import type { AuthenticationMethod } from '../../platform/auth/principal';
import { RefusedToken } from '../../platform/auth/refused-token';
import type { Clock } from '../../platform/clock';
import { apiClientIds } from '../ids';
import { ACCESS_TOKEN_TYPE, AUDIENCE, FIRST_PARTY_CLIENT, readAccessClaims } from './access-claims';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys';
import { ExpiredJws, InvalidJws, type StrictJws, strictJws } from './strict-jws';
import { requireCurrent } from './token-times';
import { verifySignature } from './verification-key';
import type { Confirmation, VerifiedToken } from './verified-token';
import { VerifiedTokens } from './verified-tokens';

export type { Confirmation };

/** Short enough that a stolen token is of little use, long enough to work with. */
export const LIFETIME_SECONDS = 300;

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

/**
 * Issues access tokens (RFC 9068) and reads those that this deployment issued.
 * @requirement SEC-007
 */
export class AccessTokens {
  /** @param verified null verifies each token anew, whenever it comes. */
  constructor(
    private readonly keys: SigningKeys,
    readonly issuer: string,
    private readonly clock: Clock,
    private readonly verified: VerifiedTokens | null = new VerifiedTokens(),
  ) {}

  /** @throws Error for a subject that is not exactly one of person and client. */
  async issue(subject: TokenSubject): Promise<IssuedToken> {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1000);
    const expiresAt = issuedAt + LIFETIME_SECONDS;
    const accessToken = await new SignJWT(claimsOf(subject))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid: this.keys.kid })
      .setIssuer(this.issuer)
      .setAudience(AUDIENCE)
      .setSubject(subjectOf(subject))
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.keys.privateKey);
    return { accessToken, expiresAt: new Date(expiresAt * 1000) };
  }

  /**
   * Reads a token that was presented. Revocation and possession are not looked at: Authentication does.
   * @throws UNAUTHENTICATED for a token that is expired, foreign, altered, or not an access token; of these it tells expiry alone.
   */
  async verify(token: string): Promise<VerifiedToken> {
    try {
      return this.known(token) ?? (await this.verifyJws(strictJws(token)));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** A token that passed before and is not over. @throws InvalidJws for one that is. */
  known(token: string): VerifiedToken | undefined {
    const known = this.verified?.get(token);
    if (known) requireCurrent(known.times, this.clock.now(), LIFETIME_SECONDS);
    return known;
  }

  /** The gate behind the form of the token: our key, our algorithm, our way to write, our claims, and in time. @throws InvalidJws */
  async verifyJws(jws: StrictJws): Promise<VerifiedToken> {
    const { header, canonical, token } = jws;
    const key = typeof header['kid'] === 'string' ? this.keys.verification.get(header['kid']) : undefined;
    if (!key) throw new InvalidJws('Not a key of ours');
    // We are the only issuer of these: what is written in another way than we write was not issued by us.
    if (header['typ'] !== ACCESS_TOKEN_TYPE || !canonical) throw new InvalidJws('Not an access token of ours');
    await verifySignature(jws, key);
    const verified = readAccessClaims(jws, this.issuer);
    requireCurrent(verified.times, this.clock.now(), LIFETIME_SECONDS);
    this.verified?.add(token, verified, this.clock.now());
    return verified;
  }
}

/** What the sender of a refused token learns. Other errors stay as they are. */
export const refusalOf = (error: unknown): unknown =>
  error instanceof InvalidJws ? new RefusedToken(error instanceof ExpiredJws, error) : error;

/** Undefined members are left out of the token. */
const claimsOf = ({ tenantId, scopes, session, authenticatedAt, methods, confirmation, ...subject }: TokenSubject) => ({
  client_id: subject.clientId === null ? FIRST_PARTY_CLIENT : apiClientIds.encode(subject.clientId),
  tenant: tenantId,
  scopes,
  sid: session.id,
  sv: session.version,
  token_type: 'access',
  auth_time: authenticatedAt ? Math.floor(authenticatedAt.getTime() / 1000) : undefined,
  amr: methods.length > 0 ? methods : undefined,
  cnf: confirmation ?? undefined,
});

function subjectOf({ userId, clientId }: TokenSubject): string {
  const subject = userId ?? clientId;
  if (subject === null || (userId !== null && clientId !== null)) throw new Error('A token is for a person or for a client');
  return subject;
}
