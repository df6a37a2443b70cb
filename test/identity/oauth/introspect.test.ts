import { apiClientIds } from '../../../src/identity/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aDpopClient } from '../../support/dpop';
import { accessTokenOf, aClient, basic, postForm, type TestClient } from '../../support/oauth';
import { signedIn } from '../../support/sessions';
import { ratioOfTimes } from '../../support/timing';

const INACTIVE = '{"active":false}';

describe('POST /oauth/introspect', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let client: TestClient;
  let other: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    northwind = app.tenant('northwind');
    [client, other] = [await aClient(northwind, { scopes: ['matches:read', 'invoices:read'] }), await aClient(northwind)];
  });
  afterAll(() => app.close());

  const introspect = (token: string, { id, secret } = client, parameters = {}) =>
    postForm(`${app.url}/oauth/introspect`, { token, ...parameters }, basic(id, secret));
  const now = () => Math.floor(app.clock.now().getTime() / 1000);

  it('tells a client what its access token says [API-007]', async () => {
    const token = await accessTokenOf(app, client);
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };

    const { status, headers, body } = await introspect(token);

    expect([status, headers.get('cache-control'), headers.get('pragma')]).toEqual([200, 'no-store', 'no-cache']);
    expect(body).toEqual({
      ...{ active: true, scope: 'invoices:read matches:read', client_id: client.id, sub: apiClientIds.decode(client.id) },
      ...{ iss: app.url, aud: 'payymo-api', jti, token_type: 'Bearer', iat: now(), exp: now() + 300 },
    });
  });

  it('shows the key that a token is bound to, and what a refresh token is good for until it is used [API-007] [SEC-008]', async () => {
    const key = await aDpopClient(app.clock);
    const url = `${app.url}/oauth/token`;
    const proven = async () => ({ ...basic(client.id, client.secret), dpop: await key.proof({ method: 'POST', url }) });
    const { body } = await postForm(url, { grant_type: 'client_credentials', scope: 'matches:read offline_access' }, await proven());
    const refreshToken = String(body['refresh_token']);

    expect((await introspect(String(body['access_token']))).body).toMatchObject({ token_type: 'DPoP', cnf: { jkt: key.jkt } });
    expect((await introspect(refreshToken)).body).toEqual({
      ...{ active: true, scope: 'matches:read offline_access', client_id: client.id, sub: apiClientIds.decode(client.id) },
      ...{ iss: app.url, iat: now(), exp: now() + 7 * 86_400 },
    });

    await postForm(url, { grant_type: 'refresh_token', refresh_token: refreshToken }, await proven());
    expect((await introspect(refreshToken)).text).toBe(INACTIVE);
  });

  it('says of every other token that it is not active, and nothing more [SEC-009] [SEC-016]', async () => {
    const person = await signedIn(app.url, 'viewer@northwind.example');
    const revoked = await accessTokenOf(app, client);
    await postForm(`${app.url}/oauth/revoke`, { token: revoked }, basic(client.id, client.secret));
    const good = await accessTokenOf(app, client);
    const tokens = {
      'of another client': await accessTokenOf(app, other),
      'of another tenant': await accessTokenOf(app, await aClient(app.tenant('aurora'))),
      'of a person': person.tokens.accessToken,
      'that refreshes a person': person.tokens.refreshToken,
      revoked,
      altered: `${good.slice(0, -4)}AAAA`,
      'with another signature': [...good.split('.').slice(0, 2), 'A'.repeat(512)].join('.'),
      'of no form': 'x',
      'of a form that is close': 'payymo_rt_x',
      unknown: `payymo_rt_${northwind.uuid}.${'A'.repeat(43)}`,
      'too long': 'x'.repeat(9_000),
    };

    for (const [what, token] of Object.entries(tokens)) {
      const { status, text, headers } = await introspect(token, client, { token_type_hint: 'access_token' });
      expect([what, status, text, headers.get('cache-control')]).toEqual([what, 200, INACTIVE, 'no-store']);
    }
    expect((await introspect(good)).body['active']).toBe(true);
  });

  it('says so of one that has run out [SEC-009]', async () => {
    const token = await accessTokenOf(app, client);
    app.clock.advance(306_000);

    expect((await introspect(token)).text).toBe(INACTIVE);
  });

  it('takes as long for the token of another client as for one that was altered [SEC-009] [SEC-016]', async () => {
    const token = await accessTokenOf(app, other);
    const altered = `${token.slice(0, -4)}AAAA`;

    // One that is known already is not verified anew: whoever holds a token can try it, so that much may show.
    const ratio = await ratioOfTimes(
      () => introspect(token),
      () => introspect(altered),
      20,
    );
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(1.5);
  });

  it('needs the authentication of the client, a token, and POST [API-007]', async () => {
    const token = await accessTokenOf(app, client);

    expect((await postForm(`${app.url}/oauth/introspect`, { token })).body['error']).toBe('invalid_client');
    expect((await postForm(`${app.url}/oauth/introspect`, { token }, { authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await introspect('')).body['error']).toBe('invalid_request');
    expect((await fetch(`${app.url}/oauth/introspect?token=${token}`)).status).toBe(405);
  });

  it('says when to come again while it cannot be known what was revoked [API-007] [SEC-022]', async () => {
    const token = await accessTokenOf(app, client);
    await app.revocations.stop();
    try {
      const { status, headers, body } = await introspect(token);

      expect([status, headers.get('retry-after'), body['error']]).toEqual([503, '5', 'temporarily_unavailable']);
    } finally {
      await app.revocations.start();
    }
  });
});
