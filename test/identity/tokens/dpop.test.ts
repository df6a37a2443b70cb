import { createHmac, randomUUID } from 'node:crypto';

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { aDpopClient, type DpopClient } from '../../support/dpop';
import { aToken } from '../../support/forge';
import { startTokenServer, type TokenServer } from '../../support/token-server';

describe('a DPoP proof', () => {
  let server: TokenServer;
  let client: DpopClient;
  let token: string;
  beforeAll(async () => {
    server = await startTokenServer();
    client = await aDpopClient(server.clock);
    token = await aToken(server.tokens, { confirmation: { jkt: client.jkt } });
  });
  afterAll(() => server.close());

  const url = () => `${server.url}/who`;
  const seconds = () => Math.floor(server.clock.now().getTime() / 1000);
  const proof = (difference: Parameters<DpopClient['proof']>[1] = {}) => client.proof({ url: url(), accessToken: token }, difference);
  const ask = async (sent: string, scheme = 'DPoP') => server.askAs(`${scheme} ${token}`, ['dpop', sent]);

  it.each(['DPoP', 'dpop', 'DPOP'])('lets its holder use the token that is bound to the key, after %s [SEC-008]', async scheme => {
    const { status, who } = await ask(await proof(), scheme);

    expect({ status, who }).toMatchObject({ status: 200, who: { principal: { scopes: ['tenant:read'] } } });
  });

  it('shows without a token which key a caller holds [SEC-008]', async () => {
    const { who } = await server.ask({ headers: ['dpop', await client.proof({ url: url() })] });

    expect(who).toEqual({ principal: null, proof: { kind: 'DPOP', thumbprint: client.jkt } });
  });

  it.each([
    ['in another case and with its default port', (text: string) => text.replace('http', 'HTTP')],
    ['with dots in its path', (text: string) => text.replace('/who', '/a/../who')],
    ['with a letter of its path encoded', (text: string) => text.replace('who', '%77ho')],
  ])('fits an address that is the same, written %s [SEC-008]', async (_how, write) => {
    expect((await ask(await proof({ claims: { htu: write(url()) } }))).status).toBe(200);
  });

  it('is for an address whatever its query [SEC-008]', async () => {
    const headers = ['authorization', `DPoP ${token}`, 'dpop', await proof()];

    expect((await server.ask({ path: '/who?a=b', headers })).status).toBe(200);
  });

  it('is good for a minute before and after its time [SEC-008]', async () => {
    expect((await ask(await proof({ claims: { iat: seconds() - 60 } }))).status).toBe(200);
    expect((await ask(await proof({ claims: { iat: seconds() + 59 } }))).status).toBe(200);
  });

  const signedWith = async (alg: string, header: Record<string, unknown> = {}): Promise<string> => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const payload = { jti: randomUUID(), htm: 'GET', htu: url(), iat: seconds() };
    return new SignJWT(payload).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: await exportJWK(publicKey), ...header }).sign(privateKey);
  };
  const withSecret = (): string => {
    const jwk = { kty: 'oct', k: Buffer.from('secret').toString('base64url') };
    const parts = [
      { typ: 'dpop+jwt', alg: 'HS256', jwk },
      { jti: randomUUID(), htm: 'GET', htu: url(), iat: seconds() },
    ];
    const input = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${input}.${createHmac('sha256', 'secret').update(input).digest('base64url')}`;
  };
  const changed = (jwk: Partial<JWK>) => proof({ header: { jwk: { ...client.jwk, ...jwk } } });
  const cases: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['of the type JWT', () => proof({ header: { typ: 'JWT' } })],
    ['of the type of access tokens', () => proof({ header: { typ: 'at+jwt' } })],
    ['of no type', () => proof({ header: { typ: undefined } })],
    ['signed with RS256', () => signedWith('RS256')],
    ['signed with EdDSA', () => signedWith('EdDSA')],
    ['signed with ES384', () => signedWith('ES384')],
    ['signed with a secret', withSecret],
    ['unsigned', async () => `${Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk: client.jwk })).toString('base64url')}.${(await proof()).split('.')[1] ?? ''}.`],
    ['without its key', () => proof({ header: { jwk: undefined } })],
    ['with the private key', () => proof({ header: { jwk: client.privateJwk } })],
    ['with an empty private member', () => changed({ d: '' })],
    ['with a key that is text', () => proof({ header: { jwk: JSON.stringify(client.jwk) } })],
    ['with a point that is not on the curve', () => changed({ y: 'A'.repeat(43) })],
    ['with a coordinate that is too long', () => changed({ x: `${client.jwk.x ?? ''}A` })],
    ['with a key for encryption', () => changed({ use: 'enc' })],
    ['with a certificate beside the key', () => changed({ x5c: ['MIIB'] })],
    ['with another public key than the one that signed', async () => changed((await aDpopClient(server.clock)).jwk)],
    ['with kid', () => proof({ header: { kid: 'mine' } })],
    ['with jku', () => proof({ header: { jku: 'https://keys.example' } })],
    ['with an altered signature', async () => (await proof()).replace(/.{4}$/, 'AAAA')],
    ['for another method', () => proof({ claims: { htm: 'POST' } })],
    ['for the method in another case', () => proof({ claims: { htm: 'get' } })],
    ['for no method', () => proof({ claims: { htm: undefined } })],
    ['for another path', () => proof({ claims: { htu: `${server.url}/other` } })],
    ['for the path in another case', () => proof({ claims: { htu: `${server.url}/WHO` } })],
    ['for the path with a slash', () => proof({ claims: { htu: `${url()}/` } })],
    ['for another host', () => proof({ claims: { htu: 'https://evil.example/who' } })],
    ['for https where we are http', () => proof({ claims: { htu: url().replace('http:', 'https:') } })],
    ['for another port', () => proof({ claims: { htu: url().replace(/:\d+/, ':1') } })],
    ['for an address with a user', () => proof({ claims: { htu: url().replace('//', '//me@') } })],
    ['for an address with a query', () => proof({ claims: { htu: `${url()}?a=b` } })],
    ['for an address with a fragment', () => proof({ claims: { htu: `${url()}#a` } })],
    ['for no address', () => proof({ claims: { htu: undefined } })],
    ['for what is no address', () => proof({ claims: { htu: '/who' } })],
    ['from the past', () => proof({ claims: { iat: seconds() - 62 } })],
    ['from the future', () => proof({ claims: { iat: seconds() + 62 } })],
    ['of no time', () => proof({ claims: { iat: undefined } })],
    ['of a time that is text', () => proof({ claims: { iat: String(seconds()) } })],
    ['of a time that is no whole second', () => proof({ claims: { iat: seconds() + 0.5 } })],
    ['without an id', () => proof({ claims: { jti: undefined } })],
    ['with an empty id', () => proof({ claims: { jti: '' } })],
    ['with an id that is a number', () => proof({ claims: { jti: 1 } })],
    ['with a very long id', () => proof({ claims: { jti: 'a'.repeat(257) } })],
    ['for no token', () => proof({ claims: { ath: undefined } })],
    ['for another token', () => proof({ claims: { ath: 'A'.repeat(43) } })],
    ['with the token itself for its hash', () => proof({ claims: { ath: token } })],
    ['by another key', async () => (await aDpopClient(server.clock)).proof({ url: url(), accessToken: token })],
    ['that is empty', () => ''],
    ['that is no token', () => 'proof'],
    ['that is the access token', () => token],
    ['beyond 8 KB', () => proof({ claims: { jti: randomUUID(), more: 'a'.repeat(9_000) } })],
  ]; // prettier-ignore

  it.each(cases)('is refused when it is one %s [SEC-007] [SEC-008]', async (_what, sent) => {
    const { status, challenge, body } = await ask(await sent());

    expect({ status, challenge }).toEqual({ status: 401, challenge: 'DPoP error="invalid_token", algs="ES256"' });
    expect(body).toContain('"message":"The access token is not valid"');
  });

  it('is accepted once, however many send it at the same time, in any process [SEC-008]', async () => {
    const sibling = await startTokenServer({ sibling: server });
    const sent = await proof();
    const headers = ['authorization', `DPoP ${token}`, 'dpop', sent];

    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? server : sibling).ask({ headers })));
    const later = await server.ask({ headers });
    await sibling.close();

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect(later.status).toBe(401);
  });

  it('may bear the id that a proof of another client bore [SEC-008]', async () => {
    const other = await aDpopClient(server.clock);
    const jti = randomUUID();
    await server.ask({ headers: ['dpop', await client.proof({ url: url() }, { claims: { jti } })] });

    const { who } = await server.ask({ headers: ['dpop', await other.proof({ url: url() }, { claims: { jti } })] });

    expect(who?.proof).toEqual({ kind: 'DPOP', thumbprint: other.jkt });
  });

  it('comes in one header [SEC-007] [SEC-008]', async () => {
    const headers = ['authorization', `DPoP ${token}`, 'dpop', await proof(), 'dpop', await proof()];

    expect((await server.ask({ headers })).status).toBe(401);
    expect((await server.ask({ headers: headers.slice(2) })).status).toBe(401);
    expect((await server.ask({ path: '/.well-known/jwks.json', headers: headers.slice(2) })).status).toBe(401);
  });

  it('is what a bound token needs: without it, and after Bearer, the token is refused [SEC-007] [SEC-008]', async () => {
    expect(await server.askAs(`DPoP ${token}`)).toMatchObject({ status: 401, challenge: 'DPoP error="invalid_token", algs="ES256"' });
    expect(await server.askAs(`Bearer ${token}`)).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' });
    expect(await ask(await proof(), 'Bearer')).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' });
  });

  it('does not make a bearer token one that is bound [SEC-007] [SEC-008]', async () => {
    const bearer = await aToken(server.tokens);
    const sent = await client.proof({ url: url(), accessToken: bearer });

    expect(await server.askAs(`DPoP ${bearer}`, ['dpop', sent])).toMatchObject({ status: 401 });
    expect(await server.askAs(`Bearer ${bearer}`)).toMatchObject({ status: 200 });
  });

  it('is looked at anew for a token that was verified before [SEC-008]', async () => {
    expect((await ask(await proof())).status).toBe(200);

    expect((await ask(await (await aDpopClient(server.clock)).proof({ url: url(), accessToken: token }))).status).toBe(401);
  });

  it('opens nothing while its first use cannot be known [SEC-008] [SEC-017]', async () => {
    await server.db.query('alter function payymo.use_once(bytea, timestamptz) rename to use_once_away');
    const { status } = await ask(await proof());
    await server.db.query('alter function payymo.use_once_away(bytea, timestamptz) rename to use_once');

    expect(status).toBe(503);
  });
});
