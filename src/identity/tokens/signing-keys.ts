import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet } from 'jose';

import { requireStrongRsa, type VerificationKey, verificationKey } from './verification-key';

/** The keys of access tokens in PEM, by their state. */
export interface SigningKeyPems {
  /** Will sign soon: published, so that everybody knows it when it begins. A private key, since it becomes the active one. */
  readonly next?: string | undefined;
  /** Signs. */
  readonly active: string;
  /** Signed before: its tokens live on. A private or a public key. */
  readonly retiring?: string | undefined;
}

/** The key that signs access tokens, and the public keys that verify them (RFC 7517). */
export interface SigningKeys {
  /** Of the active key: its thumbprint (RFC 7638). */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwks: JSONWebKeySet;
  /** By kid, of all states: another process may sign with the next key already. */
  readonly verification: ReadonlyMap<string, VerificationKey>;
}

export const SIGNING_ALGORITHM = 'RS256';
const MIN_MODULUS_BITS = 3_072;

/**
 * Reads the keys. To change keys without refusing anybody, go from (active A, next B) to (active B, retiring A) once the JWKS has been
 * cached nowhere without B for its 300 s, and drop A once its last token has expired after another 300 s.
 * @throws Error for anything but RSA keys of 3072 bits or more (ASVS 11.2.3), and for the same key in two states; it quotes no key.
 * @requirement SEC-007
 */
export async function signingKeys({ next, active, retiring }: SigningKeyPems): Promise<SigningKeys> {
  const privateKey = privateKeyOf('PAYYMO_SIGNING_KEY', active);
  const all = [await published('PAYYMO_SIGNING_KEY', createPublicKey(privateKey))];
  if (next !== undefined) {
    const name = 'PAYYMO_SIGNING_KEY_NEXT';
    all.push(await published(name, createPublicKey(privateKeyOf(name, next))));
  }
  if (retiring !== undefined) all.push(await published('PAYYMO_SIGNING_KEY_RETIRING', publicKeyOf(retiring)));
  const verification = new Map(all.map(({ key }) => [key.kid, key]));
  if (verification.size < all.length) throw new Error('PAYYMO_SIGNING_KEY, _NEXT and _RETIRING must be different keys');
  return Object.freeze({ kid: kidOf(all), privateKey, jwks: { keys: all.map(({ jwk }) => jwk) }, verification });
}

type Published = Awaited<ReturnType<typeof published>>;

/** The members of a public key and no other, whatever the PEM held. */
async function published(name: string, publicKey: KeyObject) {
  if (publicKey.asymmetricKeyType !== 'rsa') throw new Error(`${name} must be an RSA key of at least ${MIN_MODULUS_BITS} bits`);
  const { n = '', e = '' } = await exportJWK(publicKey);
  requireStrong(name, { n, e });
  const jwk = { kty: 'RSA', n, e };
  const kid = await calculateJwkThumbprint(jwk);
  return { jwk: { ...jwk, kid, alg: SIGNING_ALGORITHM, use: 'sig' }, key: await verificationKey({ ...jwk, alg: SIGNING_ALGORITHM }, kid) };
}

function requireStrong(name: string, key: { readonly n: string; readonly e: string }): void {
  try {
    requireStrongRsa(key, MIN_MODULUS_BITS);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

const kidOf = ([active]: readonly Published[]): string => active?.key.kid ?? '';

function privateKeyOf(name: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause would quote the key.
    throw new Error(`${name} is not a private key in PEM`);
  }
}

function publicKeyOf(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error('PAYYMO_SIGNING_KEY_RETIRING is not a private or public key in PEM');
  }
}
