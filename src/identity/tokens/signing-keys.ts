import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet } from 'jose';

/** The key that signs access tokens, and the public keys that verify them (RFC 7517). */
export interface SigningKeys {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwks: JSONWebKeySet;
}

const MIN_MODULUS_BITS = 3072;

/** Reads a PKCS#8 PEM. @throws Error for anything but an RSA key of 3072 bits or more (ASVS 11.2.3). */
export async function signingKeys(pem: string): Promise<SigningKeys> {
  const privateKey = readKey(pem);
  if (privateKey.asymmetricKeyType !== 'rsa' || (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_MODULUS_BITS) {
    throw new Error(`PAYYMO_SIGNING_KEY must be an RSA key of at least ${MIN_MODULUS_BITS} bits`);
  }
  const jwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  return Object.freeze({ kid, privateKey, jwks: { keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }] } });
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause would quote the key.
    throw new Error('PAYYMO_SIGNING_KEY is not a private key in PEM');
  }
}
