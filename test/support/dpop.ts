import { createHash, randomUUID } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import type { Clock } from '../../src/platform/clock';

/** A client that holds a key for DPoP proofs (RFC 9449). */
export interface DpopClient {
  readonly jkt: string;
  readonly jwk: JWK;
  readonly privateJwk: JWK;
  /** A proof for a request; `difference` overrides its parts, undefined leaves one out. */
  proof(request: DpopTarget, difference?: { header?: Record<string, unknown>; claims?: Record<string, unknown> }): Promise<string>;
}

export interface DpopTarget {
  readonly method?: string;
  readonly url: string;
  readonly accessToken?: string;
}

export async function aDpopClient(clock: Clock): Promise<DpopClient> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jkt: await calculateJwkThumbprint(jwk),
    jwk,
    privateJwk: await exportJWK(privateKey),
    proof: ({ method = 'GET', url, accessToken }, { header = {}, claims = {} } = {}) => {
      const ath = accessToken === undefined ? undefined : createHash('sha256').update(accessToken).digest('base64url');
      const iat = Math.floor(clock.now().getTime() / 1000);
      const payload = { jti: randomUUID(), htm: method, htu: url, iat, ath, ...claims };
      return new SignJWT(payload).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header }).sign(privateKey);
    },
  };
}
