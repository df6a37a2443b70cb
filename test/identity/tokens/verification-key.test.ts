import { randomBytes } from 'node:crypto';

import type { JWK } from 'jose';

import { verificationKey } from '../../../src/identity/tokens/verification-key';

const PRIMES = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n, 67n, 71n, 73n, 79n, 83n, 89n, 97n, 101n, 103n, 107n, 109n, 113n, 127n, 131n, 137n, 139n, 149n, 151n, 157n, 163n, 167n]; // prettier-ignore
const PRIMORIAL = PRIMES.reduce((product, prime) => product * prime, 1n);

const base64urlOf = (value: bigint): string => Buffer.from(value.toString(16).padStart(2 * Math.ceil(value.toString(16).length / 2), '0'), 'hex').toString('base64url'); // prettier-ignore
const aModulus = (bits = 2048): bigint => BigInt(`0x${randomBytes(bits / 8).toString('hex')}`) | (1n << BigInt(bits - 1)) | 1n;
const rsa = (difference: Partial<JWK> = {}): JWK => ({ kty: 'RSA', n: base64urlOf(aModulus()), e: 'AQAB', ...difference });
/** The generator of RFC 7515, appendix A.3. */
const p256 = (difference: Partial<JWK> = {}): JWK => ({
  ...{ kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' },
  ...difference,
});

/** As the library of CVE-2017-15361 makes them: a power of 65537 modulo the product of the small primes. */
function aRocaModulus(): bigint {
  let residue = 1n;
  for (let left = 1 + (randomBytes(2)[0] ?? 0); left > 0; left -= 1) residue = (residue * 65_537n) % PRIMORIAL;
  return (aModulus() / PRIMORIAL) * PRIMORIAL + residue;
}

describe('a published key', () => {
  it.each([
    ['RSA', rsa(), 'RS256'],
    ['RSA for PS256', rsa({ alg: 'PS256' }), 'PS256'],
    ['P-256', p256(), 'ES256'],
    ['P-256 for verifying', p256({ use: 'sig', key_ops: ['verify'] }), 'ES256'],
  ])('verifies with one algorithm when it is %s [SEC-007]', async (_what, jwk, algorithm) => {
    expect(await verificationKey(jwk, 'a')).toMatchObject({ kid: 'a', algorithm, key: { type: 'public' } });
  });

  it.each([
    ['RSA of 2040 bits', rsa({ n: base64urlOf(aModulus(2040)) })],
    ['RSA of 8200 bits', rsa({ n: base64urlOf(aModulus(8200)) })],
    ['RSA with the exponent 1', rsa({ e: 'AQ' })],
    ['RSA with the exponent 3', rsa({ e: 'Aw' })],
    ['RSA with an even exponent', rsa({ e: base64urlOf(65_538n) })],
    ['RSA without an exponent', rsa({ e: '' })],
    ['RSA for ES256', rsa({ alg: 'ES256' })],
    ['RSA for RS512', rsa({ alg: 'RS512' })],
    ['RSA for HS256', rsa({ alg: 'HS256' })],
    ['RSA for encryption', rsa({ use: 'enc' })],
    ['RSA for signing alone', rsa({ key_ops: ['sign'] })],
    ['P-256 for RS256', p256({ alg: 'RS256' })],
    ['P-256 that is called P-384', p256({ crv: 'P-384' })],
    ['a point that is not on the curve', p256({ y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5b0' })],
    ['a point whose last bits are written otherwise', p256({ y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1' })],
    ['RSA in base64', rsa({ n: `${base64urlOf(aModulus())}==` })],
    ['the point at infinity', p256({ x: 'A'.repeat(43), y: 'A'.repeat(43) })],
    ['symmetric', { kty: 'oct', k: 'c2VjcmV0' }],
    ['Ed25519', { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }],
    ['of no type', { n: 'AQAB', e: 'AQAB' }],
    ['null', null],
    ['text', 'key'],
  ])('is refused when it is %s [SEC-007]', async (_what, jwk) => {
    await expect(verificationKey(jwk, 'a')).rejects.toThrow();
  });

  it('is refused when its generator was broken (CVE-2017-15361) [SEC-007]', async () => {
    for (let at = 0; at < 20; at += 1) {
      await expect(verificationKey(rsa({ n: base64urlOf(aRocaModulus()) }), 'a')).rejects.toThrow('CVE-2017-15361');
      await expect(verificationKey(rsa(), 'a')).resolves.toBeDefined();
    }
  });
});
