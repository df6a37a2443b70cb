import { compactVerify, type CryptoKey, importJWK } from 'jose';
import { z } from 'zod';

import { isRocaModulus } from './roca';
import { type CompactJws, InvalidJws } from './strict-jws';

/** RSASSA-PKCS1-v1_5, RSASSA-PSS and ECDSA on P-256, each with SHA-256 (RFC 7518, section 3.1). There is no symmetric one, and no `none`. */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A public key with the one algorithm that it verifies (RFC 8725, sections 3.1 and 3.2). */
export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly key: CryptoKey;
}

/** NIST SP 800-131A: nothing shorter; longer than the greatest is only slow. */
const MIN_MODULUS_BITS = 2_048;
const MAX_MODULUS_BITS = 8_192;

/** In one way only: another text for the same bytes would give the same key another thumbprint. */
const base64url = z.string().refine(text => text !== '' && Buffer.from(text, 'base64url').toString('base64url') === text);
/** Of a point on P-256 (RFC 7518, section 6.2.1.2). */
export const coordinate = base64url.length(43);
const Purpose = z.object({
  alg: z.enum(ALGORITHMS).optional(),
  use: z.literal('sig').optional(),
  key_ops: z.array(z.string()).refine(operations => operations.includes('verify')).optional(),
}); // prettier-ignore
const RsaKey = Purpose.extend({ kty: z.literal('RSA'), n: base64url, e: base64url });
const P256Key = Purpose.extend({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate });
const Key = z.discriminatedUnion('kty', [RsaKey, P256Key]);

type Key = z.infer<typeof Key>;

/**
 * Reads the public part of a JWK (RFC 7517) for verification. Its algorithm is the one it names, else the one of its type: RS256 for
 * RSA, ES256 for P-256.
 * @throws Error for a key of another type or purpose, a weak one, or a point that is not on the curve.
 */
export async function verificationKey(jwk: unknown, kid: string): Promise<VerificationKey> {
  const { success, data } = Key.safeParse(jwk);
  if (!success) throw new Error('Not a public key for RS256, PS256 or ES256');
  const algorithm = data.alg ?? (data.kty === 'RSA' ? 'RS256' : 'ES256');
  if ((data.kty === 'EC') !== (algorithm === 'ES256')) throw new Error(`A key of type ${data.kty} is not for ${algorithm}`);
  if (data.kty === 'RSA') requireStrongRsa(data);
  const key = await importJWK(publicPart(data), algorithm);
  if (key instanceof Uint8Array) throw new Error('Not a public key');
  return Object.freeze({ kid, algorithm, key });
}

/** @throws Error for an RSA key that can be factored or forged. */
export function requireStrongRsa({ n, e }: { readonly n: string; readonly e: string }, minBits = MIN_MODULUS_BITS): void {
  const modulus = integer(n);
  const bits = modulus.toString(2).length;
  if (bits < minBits || bits > MAX_MODULUS_BITS) throw new Error(`An RSA key must have ${minBits} to ${MAX_MODULUS_BITS} bits`);
  // FIPS 186-5, section 5.1: odd, from 2^16 on.
  const exponent = integer(e);
  if (exponent < 65_537n || exponent % 2n === 0n) throw new Error('The public exponent of an RSA key must be odd and at least 65537');
  if (isRocaModulus(modulus)) throw new Error('The RSA key was made by a generator whose keys can be factored (CVE-2017-15361)');
}

/** Verifies the signature with this key and no other. @throws InvalidJws */
export async function verifySignature({ header, token }: CompactJws, { kid, algorithm, key }: VerificationKey): Promise<void> {
  if (header['kid'] !== kid || header['alg'] !== algorithm) throw new InvalidJws('Another key or algorithm');
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
  } catch (cause) {
    throw new InvalidJws('The signature does not fit', { cause });
  }
}

const publicPart = (key: Key) =>
  key.kty === 'RSA' ? { kty: key.kty, n: key.n, e: key.e } : { kty: key.kty, crv: key.crv, x: key.x, y: key.y };

const integer = (text: string): bigint => BigInt(`0x0${Buffer.from(text, 'base64url').toString('hex')}`);
