import { createHash } from 'node:crypto';

import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';

import type { DpopRequest } from '../../platform/auth/caller';
import { RefusedToken } from '../../platform/auth/refused-token';
import type { Clock } from '../../platform/clock';
import { InvalidJws, type StrictJws, strictJws } from './strict-jws';
import { coordinate, verificationKey, verifySignature } from './verification-key';

/** The one algorithm, as WWW-Authenticate names it (RFC 9449, section 7.1). */
export const DPOP_ALGORITHM = 'ES256';
const MAX_AGE_SECONDS = 60;
/** Longer than any proof is accepted, on whichever side of the database's clock ours is. */
const REMEMBERED_MS = 4 * MAX_AGE_SECONDS * 1000;

/** The public key alone: with `d` or any other member that is not a public key's it is refused (RFC 9449, section 4.3, step 7). */
const ProofKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  ...{ alg: z.literal(DPOP_ALGORITHM).optional(), use: z.literal('sig').optional(), kid: z.string().optional() },
  ...{ ext: z.boolean().optional(), key_ops: z.array(z.literal('verify')).optional() },
});

const ProofHeader = z.strictObject({ typ: z.literal('dpop+jwt'), alg: z.literal(DPOP_ALGORITHM), jwk: ProofKey });

const ProofClaims = z.object({
  jti: z.string().min(1).max(256),
  htm: z.string(),
  htu: z.string(),
  iat: z.int().positive(),
  ath: z.string().optional(),
});

interface VerifiedProof {
  readonly jkt: string;
  readonly ath: string | undefined;
}

/** Whether this key (32 bytes) is used for the first time. */
export type UseOnce = (key: Buffer, expiresAt: Date) => Promise<boolean>;

/**
 * Verifies DPoP proofs (RFC 9449, section 4.3).
 * @requirement SEC-007, SEC-008
 */
export class DpopProofs {
  /** A request may need its proof at several steps; it was used once for all that. */
  readonly #verified = new WeakMap<DpopRequest, Promise<VerifiedProof>>();

  constructor(
    private readonly useOnce: UseOnce,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers with the thumbprint (jkt) of the key that signed. With an access token, the proof must be for that token.
   * @throws UNAUTHENTICATED for a proof that is not valid, or came with another request before.
   */
  async verify(request: DpopRequest, accessToken?: string): Promise<string> {
    try {
      const verified = this.#verified.get(request) ?? this.#verify(request);
      this.#verified.set(request, verified);
      const { jkt, ath } = await verified;
      if (accessToken !== undefined && ath !== sha256(accessToken)) throw new InvalidJws('A proof for another token');
      return jkt;
    } catch (error) {
      if (error instanceof InvalidJws) throw new RefusedToken(false, error);
      throw error;
    }
  }

  async #verify({ proof, method, url }: DpopRequest): Promise<VerifiedProof> {
    const jws = strictJws(proof, ['typ', 'alg', 'jwk']);
    const header = ProofHeader.safeParse(jws.header);
    const claims = ProofClaims.safeParse(jws.claims);
    if (!header.success || !claims.success) throw new InvalidJws('Not a DPoP proof');
    const { kty, crv, x, y } = header.data.jwk;
    await verifyWithOwnKey(jws, { kty, crv, x, y });
    const { htm, htu, iat, jti, ath } = claims.data;
    if (htm !== method || normalized(htu) !== normalized(url)) throw new InvalidJws('A proof for another request');
    if (Math.abs(Math.floor(this.clock.now().getTime() / 1000) - iat) > MAX_AGE_SECONDS) throw new InvalidJws('A proof of another time');
    const jkt = await calculateJwkThumbprint({ kty, crv, x, y });
    await this.#requireFirstUse(jkt, jti);
    return { jkt, ath };
  }

  async #requireFirstUse(jkt: string, jti: string): Promise<void> {
    const key = createHash('sha256').update(`dpop|${jkt}|${jti}`).digest();
    const expiresAt = new Date(this.clock.now().getTime() + REMEMBERED_MS);
    if (!(await this.useOnce(key, expiresAt))) throw new InvalidJws('A proof that was used before');
  }
}

/** The one place where a key comes from the token: the proof shows that its sender holds it, no more. */
async function verifyWithOwnKey(jws: StrictJws, jwk: Pick<z.infer<typeof ProofKey>, 'kty' | 'crv' | 'x' | 'y'>): Promise<void> {
  const key = await verificationKey(jwk, '').catch((cause: unknown) => {
    throw new InvalidJws('Not a key', { cause });
  });
  await verifySignature({ ...jws, header: { ...jws.header, kid: '' } }, key);
}

const UNRESERVED = /^[\w.~-]$/;

/** The same text for the same resource (RFC 3986, section 6.2.2 and 6.2.3). @throws InvalidJws for what is no URL of a resource alone. */
function normalized(text: string): string {
  if (!URL.canParse(text) || /[?#\s]/.test(text)) throw new InvalidJws('htu is not a URL without query and fragment');
  const { protocol, username, password, host, pathname } = new URL(text);
  if (username || password) throw new InvalidJws('htu names a user');
  return `${protocol}//${host}${pathname.replaceAll(/%[\da-f]{2}/gi, triplet)}`;
}

function triplet(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
