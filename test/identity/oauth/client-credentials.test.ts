import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { rawRequest } from '../../support/http';
import { accessTokenOf, aClient, basic, postForm, type TestClient, tokenOf } from '../../support/oauth';

describe('POST /oauth/token with client_credentials', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let client: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    northwind = app.tenant('northwind');
    client = await aClient(northwind, { scopes: ['matches:read', 'invoices:read', 'matches:approve'] });
  });
  afterAll(() => app.close());

  const endpoint = () => `${app.url}/oauth/token`;
  const claimsOf = (token: unknown) => JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as object;

  it('gives a bearer token for the tenant and the client, with every scope of it and nothing more [API-007]', async () => {
    const { status, headers, body } = await tokenOf(app, client);

    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(body).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'invoices:read matches:approve matches:read',
    });
    expect(claimsOf(body['access_token'])).toMatchObject({
      tenant: northwind.uuid,
      iss: app.url,
      client_id: client.id,
      scopes: ['invoices:read', 'matches:approve', 'matches:read'],
    });
  });

  it('gives the scopes that are asked for [API-007] [SEC-010]', async () => {
    const { body } = await tokenOf(app, client, { scope: 'matches:read' });
    const ask = app.ask(`Bearer ${String(body['access_token'])}`);

    expect(body['scope']).toBe('matches:read');
    expect((await ask('{ matches { totalCount } }')).data).toEqual({ matches: { totalCount: 0 } });
    expect((await ask('{ invoices { totalCount } }')).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', scope: 'invoices:read' } },
    ]);
  });

  it.each([
    ['one that it does not have', 'matches:read transactions:read'],
    ['one that no machine has', 'users:read'],
    ['one that nobody knows', 'matches:destroy'],
    ['a malformed one', 'matches:read  invoices:read'],
    ['one with a quote', 'matches:"read"'],
  ])('gives nothing for %s among the scopes [API-007] [SEC-010]', async (_what, scope) => {
    const { status, body } = await tokenOf(app, client, { scope });

    expect(status).toBe(400);
    expect(body).toEqual({ error: 'invalid_scope', error_description: expect.any(String) as string });
  });

  it('gives no refresh token to a client that holds no key, though it asks for one [SEC-008]', async () => {
    const { status, body } = await tokenOf(app, client, { scope: 'matches:read offline_access' });

    expect(status).toBe(200);
    expect(body).not.toHaveProperty('refresh_token');
    expect(body['scope']).toBe('matches:read');
  });

  it.each<[string, [string, string][], string]>([
    ['no grant type', [], 'invalid_request'],
    ['an empty grant type', [['grant_type', '']], 'invalid_request'],
    ['another grant type', [['grant_type', 'password']], 'unsupported_grant_type'],
    ['the grant type twice', [['grant_type', 'client_credentials'], ['grant_type', 'client_credentials']], 'invalid_request'],
    ['an unknown parameter twice', [['grant_type', 'client_credentials'], ['resource', 'a'], ['resource', 'b']], 'invalid_request'],
  ])('answers %s with the error of RFC 6749, never kept by a cache [API-007]', async (_what, parameters, error) => {
    const { status, headers, body } = await postForm(endpoint(), parameters, basic(client.id, client.secret));

    expect([status, body['error'], Object.keys(body)]).toEqual([400, error, ['error', 'error_description']]);
    expect(headers.get('cache-control')).toBe('no-store');
  }); // prettier-ignore

  it('passes over parameters that it does not know [API-007]', async () => {
    expect((await tokenOf(app, client, { audience: 'anything' })).status).toBe(200);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', ''])('takes no body of type "%s" [SEC-022]', async type => {
    const { authorization } = basic(client.id, client.secret);
    const headers = ['authorization', authorization, ...(type === '' ? [] : ['content-type', type])];

    const { status, body } = await rawRequest(endpoint(), { headers, body: '{"grant_type":"client_credentials"}' });

    expect([status, JSON.parse(body)]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('takes no parameter from the query [SEC-022]', async () => {
    const url = `${endpoint()}?grant_type=client_credentials&client_id=${client.id}&client_secret=${client.secret}`;

    expect((await postForm(url, {})).body['error']).toBe('invalid_request');
  });

  it('takes no body of more than 100 KB [SEC-022]', async () => {
    expect((await tokenOf(app, client, { more: 'x'.repeat(110_000) })).body['error']).toBe('invalid_request');
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('is not for %s [API-007]', async method => {
    const response = await fetch(endpoint(), { method });

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('notes when client and secret were used last, to the minute [API-007]', async () => {
    const read = async () => {
      const [row] = await app.db.query<{ client: Date | null; secret: Date | null }>(
        'select c.last_used_at as client, s.last_used_at as secret from api_clients c join api_client_secrets s on s.client_id = c.id where c.name = $1',
        ['Clockwork'],
      );
      return row;
    };
    const clockwork = await aClient(northwind, { name: 'Clockwork' });
    expect(await read()).toEqual({ client: null, secret: null });

    const first = app.clock.now();
    await accessTokenOf(app, clockwork);
    app.clock.advance(30_000);
    await accessTokenOf(app, clockwork);
    expect(await read()).toEqual({ client: first, secret: first });

    app.clock.advance(31_000);
    await accessTokenOf(app, clockwork);
    expect(await read()).toEqual({ client: app.clock.now(), secret: app.clock.now() });
  });

  it('gives a suspended tenant no scope but those that read, and a closed one nothing [API-007] [SEC-016]', async () => {
    const set = (status: string) =>
      app.db.query(`update tenants set status = $1, status_reason = 'test' where id = $2`, [status, northwind.uuid]);
    await set('SUSPENDED');
    const reading = await tokenOf(app, client);
    const changing = await tokenOf(app, client, { scope: 'matches:approve' });
    await set('CLOSED');
    const closed = await tokenOf(app, client);
    await set('ACTIVE');

    expect(reading.body['scope']).toBe('invoices:read matches:read');
    expect(changing.body['error']).toBe('invalid_scope');
    expect([closed.status, closed.body['error']]).toEqual([401, 'invalid_client']);
  });
});
