import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { Clock } from '../../platform/clock';
import type { ApiClientRecord } from '../clients/api-client.loader';
import { keyNamed, registeredKeys } from '../clients/client-keys';
import type { PublishedKeys } from '../clients/published-keys';
import { apiClientIds } from '../ids';
import { InvalidJws, type StrictJws, strictJws } from '../tokens/strict-jws';
import { CLOCK_TOLERANCE_SECONDS } from '../tokens/token-times';
import { type VerificationKey, verifySignature } from '../tokens/verification-key';

/** An assertion is made for one request: who steals one has little time. */
const MAX_LIFETIME_SECONDS = 300;
/** Longer than it is accepted, on whichever side of the database's clock ours is. */
const REMEMBERED_MARGIN_MS = 60_000;
/** No other kind of token passes for an assertion (RFC 8725, section 3.11). */
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'JWT', 'client-authentication+jwt']);

const seconds = z.number().positive();
const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  /** One or several; usual clients name both of ours. */
  aud: z.union([z.string().transform(only => [only]), z.array(z.string()).min(1)]),
  exp: seconds,
  iat: seconds.optional(),
  nbf: seconds.optional(),
  jti: z.string().min(8).max(256),
});

type Claims = z.infer<typeof Claims>;

/** An assertion of the right form, whose signature is not verified yet. */
export interface ReadAssertion {
  readonly jws: StrictJws;
  readonly claims: Claims;
}

export interface ClientAssertionParts {
  readonly clock: Clock;
  readonly published: Pick<PublishedKeys, 'keyNamed'>;
  /** Whether this key (32 bytes) is used for the first time. */
  readonly useOnce: (key: Buffer, expiresAt: Date) => Promise<boolean>;
  /** What an assertion may name as its audience: the issuer, or the token endpoint. */
  readonly audiences: readonly string[];
}

/**
 * Assertions by which clients prove that they hold their private key (RFC 7523, section 3).
 * @requirement API-007, SEC-007
 */
export class ClientAssertions {
  constructor(private readonly parts: ClientAssertionParts) {}

  /** Undefined for what is no assertion of a client for us, at this time. */
  read(assertion: string): ReadAssertion | undefined {
    try {
      const jws = strictJws(assertion);
      const { data: claims } = Claims.safeParse(jws.claims);
      return claims && TYPES.has(jws.header['typ']) && this.#isForUsNow(claims) ? { jws, claims } : undefined;
    } catch (error) {
      if (error instanceof InvalidJws) return undefined;
      throw error;
    }
  }

  /** Whether a key of the client signed it, and it comes for the first time. */
  async fits(client: Pick<ApiClientRecord, 'id' | 'jwks' | 'jwksUrl'>, { jws, claims }: ReadAssertion): Promise<boolean> {
    if (claims.sub !== apiClientIds.encode(client.id)) return false;
    const key = await this.#key(client, jws.header['kid']);
    return key !== undefined && (await isSigned(jws, key)) && this.#isFirst(claims);
  }

  #isForUsNow({ iss, sub, aud, exp, iat = 0, nbf = 0 }: Claims): boolean {
    const now = this.parts.clock.now().getTime() / 1000;
    const inTime = exp > now - CLOCK_TOLERANCE_SECONDS && exp <= now + MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS;
    // All of them: an assertion that is also for others could be used by them (RFC 8725, section 3.9).
    const forUs = aud.every(audience => this.parts.audiences.includes(audience));
    return iss === sub && forUs && inTime && Math.max(iat, nbf) <= now + CLOCK_TOLERANCE_SECONDS;
  }

  /** Undefined also when the partner's keys cannot be read: then nobody can prove to be the client. */
  async #key({ jwks, jwksUrl }: Pick<ApiClientRecord, 'jwks' | 'jwksUrl'>, kid: unknown): Promise<VerificationKey | undefined> {
    if (kid !== undefined && typeof kid !== 'string') return undefined;
    if (jwksUrl !== null) return this.parts.published.keyNamed(jwksUrl, kid).catch(() => undefined);
    return jwks ? keyNamed(await registeredKeys(jwks), kid) : undefined;
  }

  #isFirst({ sub, jti, exp }: Claims): Promise<boolean> {
    const key = createHash('sha256').update(`client-assertion|${sub}|${jti}`).digest();
    return this.parts.useOnce(key, new Date(exp * 1000 + REMEMBERED_MARGIN_MS));
  }
}

/** The key was chosen by its name already; an assertion without one is for the only key. */
async function isSigned(jws: StrictJws, key: VerificationKey): Promise<boolean> {
  try {
    await verifySignature({ ...jws, header: { ...jws.header, kid: key.kid } }, key);
    return true;
  } catch (error) {
    if (error instanceof InvalidJws) return false;
    throw error;
  }
}
