import { randomUUID } from 'node:crypto';

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aKeyServer, type KeyServer } from '../../support/key-server';
import { aClient, postForm, type TestClient } from '../../support/oauth';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Signer {
  readonly jwk: JWK;
  sign(claims: object, header?: object): Promise<string>;
}

async function aSigner(alg: string, kid?: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), alg, ...(kid !== undefined && { kid }) };
  return { jwk, sign: (claims, header = {}) => new SignJWT({ ...claims }).setProtectedHeader({ alg, ...header }).sign(privateKey) };
}

describe('a client that signs assertions', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let signer: Signer;
  let stranger: Signer;
  let client: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    northwind = app.tenant('northwind');
    [signer, stranger] = await Promise.all([aSigner('ES256', 'one'), aSigner('ES256', 'one')]);
    client = await withKeys(signer);
  });
  afterAll(() => app.close());

  const withKeys = (...signers: Signer[]) =>
    aClient(northwind, { authenticationMethod: 'PRIVATE_KEY_JWT', jwks: JSON.stringify({ keys: signers.map(({ jwk }) => jwk) }) });
  const now = () => Math.floor(app.clock.now().getTime() / 1000);
  const claims = (difference: object = {}, { id } = client) => ({
    ...{ iss: id, sub: id, aud: app.url, jti: randomUUID(), iat: now(), exp: now() + 60 },
    ...difference,
  });
  const present = (assertion: string, parameters: Record<string, string> = {}, path = 'token') =>
    postForm(`${app.url}/oauth/${path}`, {
      ...{ grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion: assertion },
      ...parameters,
    });

  it.each(['RS256', 'PS256', 'ES256'])('gets a token by %s [API-007]', async alg => {
    const own = await aSigner(alg);

    const { status, body } = await present(await own.sign(claims({}, await withKeys(own))));

    expect([status, body['scope']]).toEqual([200, 'matches:read']);
  });

  it.each<[string, () => object, object, Record<string, string>?]>([
    ['for the token endpoint', () => ({ aud: `${app.url}/oauth/token` }), {}],
    ['for us alone, as a list', () => ({ aud: [app.url] }), {}],
    ['for us by both names', () => ({ aud: [app.url, `${app.url}/oauth/token`] }), {}],
    ['named as an assertion', () => ({}), { typ: 'client-authentication+jwt' }],
    ['named as a JWT', () => ({}), { typ: 'JWT' }],
    ['that lasts five minutes', () => ({ exp: now() + 300 }), {}],
    ['without the time when it was made', () => ({ iat: undefined }), {}],
  ])('is let in with an assertion %s [API-007]', async (_what, difference, header) => {
    expect((await present(await signer.sign(claims(difference()), { kid: 'one', ...header }))).status).toBe(200);
  });

  it.each<[string, () => object, object?]>([
    ['for another issuer', () => ({ aud: 'https://other.example' })],
    ['for us with a slash', () => ({ aud: `${app.url}/` })],
    ['for us and another', () => ({ aud: [app.url, 'https://other.example'] })],
    ['for nobody', () => ({ aud: undefined })],
    ['for a list of nobody', () => ({ aud: [] })],
    ['for us and something that is no name', () => ({ aud: [app.url, 1] })],
    ['that has run out', () => ({ iat: now() - 120, exp: now() - 6 })],
    ['that lasts longer than five minutes', () => ({ exp: now() + 306 })],
    ['that never ends', () => ({ exp: undefined })],
    ['of the future', () => ({ iat: now() + 30 })],
    ['that is not valid yet', () => ({ nbf: now() + 30 })],
    ['by another', () => ({ iss: 'cli_other' })],
    ['about another', () => ({ sub: 'cli_other' })],
    ['without an id', () => ({ jti: undefined })],
    ['with a short id', () => ({ jti: '1' })],
    ['whose end is text', () => ({ exp: String(now() + 60) })],
    ['named as an access token', () => ({}), { typ: 'at+jwt' }],
    ['named as a DPoP proof', () => ({}), { typ: 'dpop+jwt' }],
    ['of an unknown key', () => ({}), { kid: 'two' }],
    ['that brings where its key is', () => ({}), { jku: 'https://attacker.example/jwks' }],
  ])('is refused with an assertion %s [API-007] [SEC-007]', async (_what, difference, header = {}) => {
    // Earlier failures are forgiven.
    app.clock.advance(120_000);
    const { status, body } = await present(await signer.sign(claims(difference()), { kid: 'one', ...header }));

    expect([status, body['error']]).toEqual([400, 'invalid_client']);
  });

  it('is refused with an assertion that another key signed, that names another algorithm, or is no JWT [SEC-007]', async () => {
    const rsa = await aSigner('RS256', 'one');
    const good = await signer.sign(claims(), { kid: 'one' });
    const unsigned = `${Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')}.${good.split('.')[1] ?? ''}.AAAA`;

    for (const assertion of [
      await stranger.sign(claims(), { kid: 'one' }),
      await rsa.sign(claims(), { kid: 'one' }),
      unsigned,
      'x',
      'a.b.c',
    ]) {
      expect((await present(assertion)).body['error']).toBe('invalid_client');
    }
  });

  it('uses each assertion once, at whichever endpoint [SEC-007]', async () => {
    const [first, second] = [await signer.sign(claims(), { kid: 'one' }), await signer.sign(claims(), { kid: 'one' })];

    expect((await present(first)).status).toBe(200);
    expect((await present(first)).body['error']).toBe('invalid_client');
    expect((await present(second, { token: 'x' }, 'introspect')).body).toEqual({ active: false });
    expect((await present(second)).body['error']).toBe('invalid_client');
  });

  it('gets one token by an assertion that is sent many times at once [SEC-007]', async () => {
    const assertion = await signer.sign(claims(), { kid: 'one' });

    const answers = await Promise.all(Array.from({ length: 10 }, () => present(assertion)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('may name itself beside the assertion, but no other [API-007]', async () => {
    expect((await present(await signer.sign(claims(), { kid: 'one' }), { client_id: client.id })).status).toBe(200);
    expect((await present(await signer.sign(claims(), { kid: 'one' }), { client_id: 'cli_other' })).body['error']).toBe('invalid_request');
  });

  it('with two keys says which one it used; with one it need not [API-007]', async () => {
    const [one, two] = [await aSigner('ES256', 'one'), await aSigner('RS256', 'two')];
    const both = await withKeys(one, two);

    expect((await present(await two.sign(claims({}, both), { kid: 'two' }))).status).toBe(200);
    expect((await present(await two.sign(claims({}, both)))).body['error']).toBe('invalid_client');
    expect((await present(await signer.sign(claims()))).status).toBe(200);
  });

  describe('and publishes its keys', () => {
    let keys: KeyServer;
    let published: TestClient;
    beforeAll(async () => {
      keys = await aKeyServer();
      keys.serve({ keys: [signer.jwk] });
      published = await aClient(northwind, { authenticationMethod: 'PRIVATE_KEY_JWT', jwksUrl: `${keys.url}/keys` });
    });
    afterAll(() => keys.close());

    const attempt = async (by: Signer, kid: string) => (await present(await by.sign(claims({}, published), { kid }))).status;

    it('is let in by them; they are read once in five minutes [API-007]', async () => {
      expect([await attempt(signer, 'one'), await attempt(signer, 'one')]).toEqual([200, 200]);
      expect(keys.asked).toBe(1);

      app.clock.advance(300_000);
      expect(await attempt(signer, 'one')).toBe(200);
      expect(keys.asked).toBe(2);
    });

    it('is let in by a key that is new in the set; unknown ones make us look no more than twice a minute [API-007]', async () => {
      const renewed = await aSigner('ES256', 'new');
      keys.serve({ keys: [signer.jwk, renewed.jwk] });
      app.clock.advance(30_000);
      const before = keys.asked;

      expect(await attempt(renewed, 'new')).toBe(200);
      for (const kid of ['a', 'b', 'c']) expect(await attempt(stranger, kid)).toBe(400);
      expect(keys.asked).toBe(before + 1);
    });

    it.each([
      ['fails', { status: 500 }],
      ['redirects', { status: 302, location: 'http://127.0.0.1:1/keys' }],
      ['is no key set', { body: '[]' }],
      ['is too large', { body: `{"keys":[],"x":"${'x'.repeat(70_000)}"}` }],
      ['says a member twice', { body: '{"keys":[],"keys":[]}' }],
    ])('is refused while their URL %s, and let in soon after [SEC-017] [SEC-022]', async (_what, answer) => {
      app.clock.advance(300_000);
      keys.answer(answer);
      expect(await attempt(signer, 'one')).toBe(400);

      keys.serve({ keys: [signer.jwk] });
      app.clock.advance(30_000);
      expect(await attempt(signer, 'one')).toBe(200);
    });
  });
});
