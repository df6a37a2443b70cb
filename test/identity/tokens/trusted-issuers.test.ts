import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

import { permissionsOf } from '../../../src/identity/roles/permissions';
import { aDpopClient } from '../../support/dpop';
import { aToken } from '../../support/forge';
import { aTenantRow, startTokenServer, type TokenServer } from '../../support/token-server';

interface Difference {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: CryptoKey;
}

/** An OpenID provider that answers as it is told, and counts how often it is asked. */
class Provider {
  asked = 0;
  answer: (() => { status: number; body: string } | undefined) | null = null;
  keys: JWK[] = [];
  readonly #server: Server = createServer((_request, response) => {
    this.asked += 1;
    const answer = this.answer ? this.answer() : { status: 200, body: JSON.stringify({ keys: this.keys }) };
    // Without an answer the connection hangs.
    if (answer) response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
  });

  async start(): Promise<string> {
    await new Promise<void>(done => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('a token of a trusted issuer', () => {
  const provider = new Provider();
  let issuer: string;
  let server: TokenServer;
  let tenantId: string;
  let rsa: { publicKey: CryptoKey; privateKey: CryptoKey };
  let pss: CryptoKey;
  let ec: { publicKey: CryptoKey; privateKey: CryptoKey };
  beforeAll(async () => {
    issuer = await provider.start();
    const trusted = { issuer, jwksUrl: `${issuer}/keys`, audience: 'https://payymo.example', tenantClaim: 'org', roleClaim: 'role' };
    server = await startTokenServer({ environment: { PAYYMO_TRUSTED_ISSUERS: JSON.stringify([trusted]) } });
    tenantId = await aTenantRow(server.db, 'northwind');
    await aTenantRow(server.db, 'suspended', { status: 'SUSPENDED' });
    await aTenantRow(server.db, 'closed', { status: 'CLOSED' });
    await aTenantRow(server.db, 'platform', { kind: 'PLATFORM' });
    [rsa, ec] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('ES256', { extractable: true })]);
    pss = (await importJWK(await exportJWK(rsa.privateKey), 'PS256')) as CryptoKey;
    provider.keys = [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
      { ...(await exportJWK(ec.publicKey)), kid: 'ec' },
      { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I', kid: 'secret' },
      { ...(await exportJWK(rsa.publicKey)), kid: 'encryption', use: 'enc' },
      { ...(await exportJWK(ec.publicKey)), kid: 'twice' },
      { ...(await exportJWK(rsa.publicKey)), kid: 'twice' },
    ];
  });
  afterEach(() => {
    provider.answer = null;
    server.clock.advance(60_000);
  });
  afterAll(async () => {
    provider.stop();
    await server.close();
  });

  const seconds = () => Math.floor(server.clock.now().getTime() / 1000);
  const token = ({ header = {}, claims = {}, key = rsa.privateKey }: Difference = {}): Promise<string> =>
    new SignJWT({
      ...{ iss: issuer, aud: 'https://payymo.example', sub: 'auth0|5f7c', org: 'northwind', role: 'ACCOUNTANT' },
      ...{ iat: seconds(), exp: seconds() + 3_600, jti: randomUUID() },
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'rsa', ...header })
      .sign(key);
  const ask = async (difference: Difference = {}) => server.askAs(`Bearer ${await token(difference)}`);

  it('names a principal of the tenant with the scopes of the role, and no user of ours [SEC-007] [SEC-011]', async () => {
    const { who } = await ask();

    expect(who?.principal).toEqual({
      ...{ tenantId, userId: null, clientId: null, sessionId: null, authenticatedAt: null, methods: [] },
      actor: expect.stringMatching(new RegExp(`^external:${new URL(issuer).host}/[0-9a-f]{12}:auth0\\|5f7c$`)) as string,
      scopes: permissionsOf.ACCOUNTANT,
    });
  });

  it('is checked for revocation by its id, or by its hash when it has none [SEC-009]', async () => {
    const jti = randomUUID();
    await ask({ claims: { jti } });
    const without = await token({ claims: { jti: undefined } });
    await server.askAs(`Bearer ${without}`);

    const hash = createHash('sha256').update(without).digest('base64url');
    expect(server.checked.slice(-2)).toMatchObject([{ jti, tenantId, sessionId: null, userId: null }, { jti: hash }]);
  });

  it.each([
    ['ES256 under a key without alg', () => ({ header: { alg: 'ES256', kid: 'ec' }, key: ec.privateKey })],
    ['the type of RFC 9068', () => ({ header: { typ: 'at+jwt' } })],
    ['the audience in a list', () => ({ claims: { aud: ['https://payymo.example'] } })],
    ['the role of an administrator', () => ({ claims: { role: 'ADMIN' } })],
    ['a suspended tenant, which may be read', () => ({ claims: { org: 'suspended' } })],
  ])('is accepted with %s [SEC-007]', async (_what, difference) => {
    expect((await ask(difference())).status).toBe(200);
  });

  it.each<readonly [string, () => Difference]>([
    ['the role of an owner', () => ({ claims: { role: 'OWNER' } })],
    ['a role of the platform', () => ({ claims: { role: 'PLATFORM_OPERATOR' } })],
    ['an unknown role', () => ({ claims: { role: 'constructor' } })],
    ['a role in small letters', () => ({ claims: { role: 'admin' } })],
    ['two roles', () => ({ claims: { role: ['ADMIN'] } })],
    ['no role', () => ({ claims: { role: undefined } })],
    ['an unknown tenant', () => ({ claims: { org: 'nowhere' } })],
    ['a closed tenant', () => ({ claims: { org: 'closed' } })],
    ['the tenant of the platform', () => ({ claims: { org: 'platform' } })],
    ['no tenant', () => ({ claims: { org: undefined } })],
    ['two tenants', () => ({ claims: { org: ['northwind'] } })],
    ['a tenant of SQL', () => ({ claims: { org: "northwind' or '1'='1" } })],
    ['another audience', () => ({ claims: { aud: 'another' } })],
    ['one more audience', () => ({ claims: { aud: ['https://payymo.example', 'another'] } })],
    ['no audience', () => ({ claims: { aud: undefined } })],
    ['no subject', () => ({ claims: { sub: undefined } })],
    ['an empty subject', () => ({ claims: { sub: '' } })],
    ['a line end in the subject', () => ({ claims: { sub: 'a\nb' } })],
    ['a very long subject', () => ({ claims: { sub: 'a'.repeat(250) } })],
    ['a life of more than an hour', () => ({ claims: { exp: seconds() + 3_601 } })],
    ['no end', () => ({ claims: { exp: undefined } })],
    ['no beginning', () => ({ claims: { iat: undefined } })],
    ['its end behind it', () => ({ claims: { iat: seconds() - 100, exp: seconds() - 6 } })],
    ['its beginning ahead', () => ({ claims: { nbf: seconds() + 60 } })],
    ['its end as text', () => ({ claims: { exp: String(seconds() + 60) } })],
    ['another confirmation than we know', () => ({ claims: { cnf: { jwk: {} } } })],
    ['no kid', () => ({ header: { kid: undefined } })],
    ['an unknown kid', () => ({ header: { kid: 'unknown' } })],
    ['a kid that stands there twice', () => ({ header: { kid: 'twice' } })],
    ['a key for encryption', () => ({ header: { kid: 'encryption' } })],
    ['PS256 under a key for RS256', () => ({ header: { alg: 'PS256' }, key: pss })],
    ['jku', () => ({ header: { jku: `${issuer}/other` } })],
    ['the type of ID tokens of ours', () => ({ header: { typ: 'id+jwt' } })],
    ['no type', () => ({ header: { typ: undefined } })],
  ])('is refused with %s [SEC-007] [SEC-017]', async (_what, difference) => {
    const checked = server.checked.length;
    const { status, challenge } = await ask(difference());

    expect(status).toBe(401);
    expect(challenge).toMatch(/^Bearer error="invalid_token"(, error_description="The access token expired")?$/);
    expect(server.checked).toHaveLength(checked);
  });

  it('names none but the tenants that its issuer is configured for, where those are listed [SEC-007] [SEC-016]', async () => {
    await aTenantRow(server.db, 'aurora');
    const trusted = { issuer, jwksUrl: `${issuer}/keys`, audience: 'https://payymo.example', tenantClaim: 'org', roleClaim: 'role' };
    const environment = { PAYYMO_TRUSTED_ISSUERS: JSON.stringify([{ ...trusted, tenants: ['northwind'] }]) };
    const bound = await startTokenServer({ environment, sibling: server });
    const statusOf = async (at: TokenServer, org: string) => (await at.askAs(`Bearer ${await token({ claims: { org } })}`)).status;

    expect([await statusOf(server, 'northwind'), await statusOf(server, 'aurora')]).toEqual([200, 200]);
    expect([await statusOf(bound, 'northwind'), await statusOf(bound, 'aurora')]).toEqual([200, 401]);
    await bound.close();
  });

  it('names its person otherwise than another issuer of the same host names its own [SEC-020]', async () => {
    const trusted = { jwksUrl: `${issuer}/keys`, audience: 'https://payymo.example', tenantClaim: 'org', roleClaim: 'role' };
    const realms = [`${issuer}/`, `${issuer}/one`, `${issuer}/two`];
    const environment = { PAYYMO_TRUSTED_ISSUERS: JSON.stringify(realms.map(realm => ({ ...trusted, issuer: realm }))) };
    const shared = await startTokenServer({ environment, sibling: server });
    const actors: unknown[] = [(await ask()).who?.principal?.['actor']];
    for (const iss of realms) actors.push((await shared.askAs(`Bearer ${await token({ claims: { iss } })}`)).who?.principal?.['actor']);
    await shared.close();

    expect(new Set(actors).size).toBe(4);
    expect(actors).not.toContain(undefined);
  });

  it('is refused when ours is signed by its key, and its own by ours [SEC-007]', async () => {
    const ours = JSON.parse(Buffer.from((await aToken(server.tokens)).split('.')[1] ?? '', 'base64url').toString()) as object;
    const forged = await new SignJWT({ ...ours }).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'rsa' }).sign(rsa.privateKey);

    expect((await server.askAs(`Bearer ${forged}`)).status).toBe(401);
    expect((await ask({ header: { kid: server.keys.kid } })).status).toBe(401);
  });

  it('that is bound to a DPoP key needs its proof [SEC-008]', async () => {
    const client = await aDpopClient(server.clock);
    const bound = await token({ claims: { cnf: { jkt: client.jkt } } });
    const proof = await client.proof({ url: `${server.url}/who`, accessToken: bound });

    expect((await server.askAs(`Bearer ${bound}`)).status).toBe(401);
    expect((await server.askAs(`DPoP ${bound}`, ['dpop', proof])).status).toBe(200);
  });

  it('makes us ask for keys at most once in thirty seconds, however many key ids are tried at once [SEC-022]', async () => {
    await ask();
    server.clock.advance(31_000);
    const before = provider.asked;

    await Promise.all(Array.from({ length: 10 }, () => ask({ header: { kid: randomUUID() } })));
    expect(provider.asked).toBe(before + 1);
    server.clock.advance(29_000);
    await ask({ header: { kid: randomUUID() } });
    expect(provider.asked).toBe(before + 1);
    server.clock.advance(2_000);
    await ask({ header: { kid: randomUUID() } });
    expect(provider.asked).toBe(before + 2);
  });

  it('is accepted as soon as its new key is published, and refused once its key is withdrawn [SEC-007]', async () => {
    const fresh = await generateKeyPair('ES256', { extractable: true });
    const difference = { header: { alg: 'ES256', kid: 'fresh' }, key: fresh.privateKey };
    const published = provider.keys;
    provider.keys = [...published, { ...(await exportJWK(fresh.publicKey)), kid: 'fresh' }];
    expect((await ask(difference)).status).toBe(200);

    provider.keys = published;
    server.clock.advance(5 * 60_000 + 1_000);
    expect((await ask(difference)).status).toBe(401);
  });

  it('is accepted though keys without a usable name stand beside its key [SEC-007] [SEC-017]', async () => {
    const published = provider.keys;
    const nameless = await exportJWK(rsa.publicKey);
    provider.keys = [nameless, { ...nameless, kid: '' }, { ...nameless, kid: 5 as never }, null as never, ...published];
    server.clock.advance(16 * 60_000);

    expect((await ask()).status).toBe(200);
    expect((await ask({ header: { kid: '' } })).status).toBe(401);
    provider.keys = published;
  });

  it('still opens with keys that are known while the provider is down, but not for long [SEC-017]', async () => {
    await ask();
    provider.answer = () => ({ status: 500, body: '' });

    server.clock.advance(14 * 60_000);
    expect((await ask()).status).toBe(200);
    server.clock.advance(2 * 60_000);
    expect((await ask()).status).toBe(503);
    provider.answer = null;
    server.clock.advance(6_000);
    expect((await ask()).status).toBe(200);
  });

  it.each([
    ['answers with an error', { status: 500, body: '' }],
    ['answers that there is nothing', { status: 404, body: '{"keys":[]}' }],
    ['sends us elsewhere', { status: 302, body: '' }],
    ['answers without JSON', { status: 200, body: '<html>' }],
    ['answers with other JSON', { status: 200, body: '{"keys":{}}' }],
    ['answers with more than it should', { status: 200, body: JSON.stringify({ keys: [], more: 'a'.repeat(200_000) }) }],
    ['does not answer', undefined],
  ])('opens nothing when its key is not known and the provider %s [SEC-017]', async (_how, answer) => {
    provider.answer = () => answer;
    server.clock.advance(16 * 60_000);
    const before = provider.asked;

    const { status, body } = await ask();

    expect({ status, body }).toMatchObject({ status: 503, body: expect.stringContaining('"code":"UNAVAILABLE"') as string });
    expect(provider.asked).toBe(before + 1);
  });
});
