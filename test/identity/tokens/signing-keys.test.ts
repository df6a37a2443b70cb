import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

import { calculateJwkThumbprint, decodeProtectedHeader, exportJWK } from 'jose';

import { signingKeys } from '../../../src/identity/tokens/signing-keys';
import { aToken } from '../../support/forge';
import { settings } from '../../support/settings';
import { startTokenServer, type TokenServer } from '../../support/token-server';

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
/** Only its form matters: a modulus of random bits, for which there is no private key. */
function aPublicKey({ bits = 3072, exponent = 'AQAB' } = {}): string {
  const modulus = randomBytes(bits / 8);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[modulus.length - 1] = (modulus.at(-1) ?? 0) | 1;
  const key = { kty: 'RSA', n: modulus.toString('base64url'), e: exponent };
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}
const aPrivateKey = (modulusLength: number): string => pemOf(generateKeyPairSync('rsa', { modulusLength }).privateKey);
const publicOf = (pem: string): string => createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
const kidOf = async (pem: string): Promise<string> => calculateJwkThumbprint(await exportJWK(createPublicKey(pem)));

const a = settings().signingKey;
const b = aPrivateKey(3072);

describe('signing keys', () => {
  it('sign with the active one, publish all, and are named by their thumbprint [SEC-007]', async () => {
    const retiring = aPublicKey();
    const keys = await signingKeys({ next: b, active: a, retiring });

    expect(keys.kid).toBe(await kidOf(a));
    expect([...keys.verification.keys()]).toEqual([await kidOf(a), await kidOf(b), await kidOf(retiring)]);
    expect(keys.jwks.keys.map(({ kid }) => kid)).toEqual([...keys.verification.keys()]);
    for (const { algorithm } of keys.verification.values()) expect(algorithm).toBe('RS256');
  });

  it('may be handed over without a token refused: before, while and after each process has changed [SEC-007]', async () => {
    const before = await startTokenServer({ environment: { PAYYMO_SIGNING_KEY: a, PAYYMO_SIGNING_KEY_NEXT: b } });
    const after = await startTokenServer({
      sibling: before,
      environment: { PAYYMO_SIGNING_KEY: b, PAYYMO_SIGNING_KEY_RETIRING: publicOf(a) },
    });
    const ended = await startTokenServer({ sibling: before, environment: { PAYYMO_SIGNING_KEY: b } });
    const [byA, byB] = [await aToken(before.tokens), await aToken(after.tokens)];
    const statuses = async (token: string) =>
      Promise.all([before, after, ended].map(async server => (await server.askAs(`Bearer ${token}`)).status));

    expect(decodeProtectedHeader(byA).kid).toBe(await kidOf(a));
    expect(decodeProtectedHeader(byB).kid).toBe(await kidOf(b));
    expect(await statuses(byA)).toEqual([200, 200, 401]);
    expect(await statuses(byB)).toEqual([200, 200, 200]);
    for (const server of [ended, after, before]) await server.close();
  });

  it.each([
    ['an RSA key of 2048 bits', () => aPrivateKey(2048), /^PAYYMO_SIGNING_KEY: An RSA key must have 3072 to 8192 bits$/],
    ['an elliptic-curve key', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), /^PAYYMO_SIGNING_KEY must be an RSA key/],
    ['an Ed25519 key', () => pemOf(generateKeyPairSync('ed25519').privateKey), /^PAYYMO_SIGNING_KEY must be an RSA key/],
    ['an RSA-PSS key', () => pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey), /^PAYYMO_SIGNING_KEY must be an RSA key/],
    ['a public key', () => publicOf(a), /^PAYYMO_SIGNING_KEY is not a private key in PEM$/],
    ['no key', () => 'a-secret-that-must-not-be-shown', /^PAYYMO_SIGNING_KEY is not a private key in PEM$/],
  ])('refuse at the start an active one that is %s, without showing it [SEC-007] [SEC-017]', async (_what, pem, message) => {
    await expect(signingKeys({ active: pem() })).rejects.toThrow(message);
  }); // prettier-ignore

  it.each([
    ['next', 'a public key', () => publicOf(b), /^PAYYMO_SIGNING_KEY_NEXT is not a private key in PEM$/],
    ['next', 'weak', () => aPrivateKey(2048), /^PAYYMO_SIGNING_KEY_NEXT: An RSA key must have/],
    ['next', 'the active one', () => a, /must be different keys$/],
    ['retiring', 'weak', () => aPublicKey({ bits: 2048 }), /^PAYYMO_SIGNING_KEY_RETIRING: An RSA key must have/],
    ['retiring', 'of the exponent 3', () => aPublicKey({ exponent: 'Aw' }), /^PAYYMO_SIGNING_KEY_RETIRING: The public exponent of an RSA key must be odd and at least 65537$/],
    ['retiring', 'the active one', () => publicOf(a), /must be different keys$/],
    ['retiring', 'no key', () => 'a-secret', /^PAYYMO_SIGNING_KEY_RETIRING is not a private or public key in PEM$/],
    ['retiring', 'of another kind', () => pemOf(generateKeyPairSync('ed25519').privateKey), /^PAYYMO_SIGNING_KEY_RETIRING must be an RSA key/],
  ])('refuse at the start a %s one that is %s [SEC-007] [SEC-017]', async (state, _what, pem, message) => {
    await expect(signingKeys({ active: a, [state]: pem() })).rejects.toThrow(message);
  }); // prettier-ignore
});

describe('the published key set', () => {
  let server: TokenServer;
  const next = b;
  beforeAll(async () => {
    server = await startTokenServer({ environment: { PAYYMO_SIGNING_KEY_NEXT: next, PAYYMO_SIGNING_KEY_RETIRING: aPublicKey() } });
  });
  afterAll(() => server.close());

  const ask = (more: readonly string[] = []) => server.ask({ path: '/.well-known/jwks.json', headers: more });

  it('holds the public members of every key, and no private one [SEC-007]', async () => {
    const { body, headers } = await ask();
    const { keys } = JSON.parse(body) as { keys: Record<string, string>[] };

    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      expect(key).toMatchObject({ alg: 'RS256', use: 'sig', kty: 'RSA', kid: await calculateJwkThumbprint(key as never) });
    }
    expect(keys.map(({ kid }) => kid).slice(0, 2)).toEqual([server.keys.kid, await kidOf(next)]);
  });

  it('may be cached for five minutes, and is not sent again to who has it [SEC-007]', async () => {
    const { headers } = await ask();
    const etag = String(headers['etag']);

    expect(headers['cache-control']).toBe('public, max-age=300');
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      expect(await ask(['if-none-match', known])).toMatchObject({ status: 304, body: '', headers: { etag, 'cache-control': 'public, max-age=300' } });
    }
    expect((await ask(['if-none-match', '"other"'])).status).toBe(200);
  }); // prettier-ignore

  it('has another tag when the keys are others [SEC-007]', async () => {
    const other = await startTokenServer({ sibling: server });
    const tags = await Promise.all([server, other].map(async one => (await one.ask({ path: '/.well-known/jwks.json' })).headers['etag']));
    await other.close();

    expect(tags[0]).not.toBe(tags[1]);
  });
});
