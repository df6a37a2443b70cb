import { createPublicKey, generateKeyPairSync } from 'node:crypto';

import { exportJWK, generateKeyPair, type JWK } from 'jose';

import { clientKeys, keyNamed, registeredKeys, UnfitKeySet, usableKeys } from '../../../src/identity/clients/client-keys';

describe('the keys of a client', () => {
  let ec: JWK;
  let rsa: JWK;
  beforeAll(async () => {
    [ec, rsa] = (await Promise.all(
      ['ES256', 'RS256'].map(async alg => exportJWK((await generateKeyPair(alg, { modulusLength: 2048, extractable: true })).publicKey)),
    )) as [JWK, JWK];
  });

  const refusal = async (...keys: unknown[]) => {
    const error: unknown = await clientKeys({ keys }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof UnfitKeySet ? error.message : error;
  };

  it('are kept as what verifies: type, algorithm, name and numbers [API-007]', async () => {
    const { keys } = await clientKeys({
      keys: [
        { ...ec, kid: 'a', use: 'sig', key_ops: ['verify'], x5c: ['AAAA'] },
        { ...rsa, kid: 'b', alg: 'PS256' },
      ],
    });

    expect(keys).toEqual([
      { kid: 'a', kty: 'EC', alg: 'ES256', crv: 'P-256', x: ec.x, y: ec.y },
      { kid: 'b', kty: 'RSA', alg: 'PS256', n: rsa.n, e: 'AQAB' },
    ]);
  });

  it('are pinned to one algorithm each, by default RS256 for RSA [SEC-007]', async () => {
    const [first] = await registeredKeys(await clientKeys({ keys: [rsa] }));

    expect(first?.algorithm).toBe('RS256');
  });

  it.each<[string, () => unknown]>([
    ['a symmetric key', () => ({ kty: 'oct' })],
    ['an RSA key of 1024 bits', () => createPublicKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' })],
    ['an RSA key with the exponent 3', () => ({ ...rsa, e: 'Aw' })],
    ['a key for encryption', () => ({ ...ec, use: 'enc' })],
    ['a key of another algorithm', () => ({ ...rsa, alg: 'HS256' })],
    ['an RSA key for ES256', () => ({ ...rsa, alg: 'ES256' })],
    ['a point that is not on the curve', () => ({ ...ec, y: ec.x })],
    ['a key on another curve', () => ({ ...ec, crv: 'P-384' })],
    ['a name that is no text', () => ({ ...ec, kid: 7 })],
    ['no key at all', () => 'key'],
  ])('are not %s [SEC-007]', async (_what, key) => {
    expect(await refusal(key())).toContain('A key is no public key');
  }); // prettier-ignore

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])('are not private: no member "%s" [SEC-001]', async member => {
    expect(await refusal({ ...rsa, [member]: 'AAAA' })).toContain('private parts');
  });

  it('are one to three, each with a name of its own where there are several [API-007]', async () => {
    expect(await refusal()).toContain('1 to 3');
    expect(await refusal(...['a', 'b', 'c', 'd'].map(kid => ({ ...ec, kid })))).toContain('1 to 3');
    expect(await refusal({ ...ec, kid: 'a' }, { ...rsa, kid: 'a' })).toContain('kid');
    expect(await refusal({ ...ec, kid: 'a' }, rsa)).toContain('kid');
    await expect(clientKeys([])).rejects.toThrow(UnfitKeySet);
    await expect(clientKeys(null)).rejects.toThrow(UnfitKeySet);
  });

  it('that a partner publishes are used as far as they are of use [API-007]', async () => {
    const keys = await usableKeys({
      keys: [{ kty: 'oct', k: 'AAAA', kid: 'a' }, { ...ec, kid: 'b' }, { ...rsa, kid: 'c', use: 'enc' }, 'd'],
    });

    expect(keys.map(({ kid }) => kid)).toEqual(['b']);
  });

  it('are found by name, or without one when there is no choice; never by a guess [SEC-007]', async () => {
    const [one, two, again] = await usableKeys({
      keys: [
        { ...ec, kid: 'a' },
        { ...rsa, kid: 'b' },
        { ...rsa, kid: 'b' },
      ],
    });
    if (!one || !two || !again) throw new Error('Three keys were given');

    expect(keyNamed([one, two], 'b')).toBe(two);
    expect(keyNamed([one], undefined)).toBe(one);
    expect(keyNamed([one, two], undefined)).toBeUndefined();
    expect(keyNamed([one, two, again], 'b')).toBeUndefined();
    expect(keyNamed([one], 'b')).toBeUndefined();
  });
});
