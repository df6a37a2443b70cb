import { apiClientIds } from '../../../src/identity/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aDpopClient, type DpopClient } from '../../support/dpop';
import { untilBlocked } from '../../support/locks';
import { aClient, basic, type ClientInput, postForm, type TestClient } from '../../support/oauth';
import { signedIn } from '../../support/sessions';

const SCOPES = ['matches:read', 'invoices:read'];

describe('POST /oauth/token with a refresh token', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let client: TestClient;
  let key: DpopClient;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    northwind = app.tenant('northwind');
    key = await aDpopClient(app.clock);
    client = await aClient(northwind, { scopes: SCOPES });
  });
  afterAll(() => app.close());

  const endpoint = () => `${app.url}/oauth/token`;
  const proven = async (by = key) => ({ dpop: await by.proof({ method: 'POST', url: endpoint() }) });
  const begin = async (of = client, scope = 'matches:read invoices:read offline_access', by = key) => {
    const headers = { ...basic(of.id, of.secret), ...(await proven(by)) };
    const { body } = await postForm(endpoint(), { grant_type: 'client_credentials', scope }, headers);
    return String(body['refresh_token']);
  };
  const refresh = async (
    token: string,
    parameters: Record<string, string> = {},
    of: TestClient | null = client,
    by: DpopClient | null = key,
  ) =>
    postForm(
      endpoint(),
      { grant_type: 'refresh_token', refresh_token: token, ...parameters },
      { ...(of && basic(of.id, of.secret)), ...(by && (await proven(by))) },
    );

  it('gives another one and an access token of the same scopes [API-007] [SEC-008]', async () => {
    const first = await begin();

    const { status, headers, body } = await refresh(first);

    expect([status, headers.get('cache-control'), body['token_type']]).toEqual([200, 'no-store', 'DPoP']);
    expect(body['scope']).toBe('invoices:read matches:read offline_access');
    expect(body['refresh_token']).not.toBe(first);
    expect((await refresh(String(body['refresh_token']))).status).toBe(200);
  });

  it('gives fewer scopes when fewer are asked for, and all again later [API-007] [SEC-010]', async () => {
    const { body: less } = await refresh(await begin(), { scope: 'matches:read' });
    const accessToken = String(less['access_token']);
    const headers = { dpop: await key.proof({ method: 'POST', url: `${app.url}/graphql`, accessToken }) };
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', authorization: `DPoP ${accessToken}` },
      body: JSON.stringify({ query: '{ matches { totalCount } invoices { totalCount } }' }),
    });

    expect(less['scope']).toBe('matches:read offline_access');
    expect(await response.json()).toMatchObject({ data: { matches: { totalCount: 0 }, invoices: null } });
    expect((await refresh(String(less['refresh_token']))).body['scope']).toBe('invoices:read matches:read offline_access');
  });

  it('never gives a scope that the session was not granted, and does not use the token up by refusing [API-007] [SEC-010]', async () => {
    const token = await begin(client, 'matches:read offline_access');

    expect((await refresh(token, { scope: 'matches:read invoices:read' })).body['error']).toBe('invalid_scope');
    expect((await refresh(token)).body['scope']).toBe('matches:read offline_access');
  });

  it.each<[string, (token: string) => Promise<{ status: number; body: Readonly<Record<string, unknown>> }>, string]>([
    ['without its key', token => refresh(token, {}, client, null), 'invalid_grant'],
    ['without authentication', token => refresh(token, {}, null), 'invalid_grant'],
    ['as our own app', token => refresh(token, { client_id: 'payymo' }, null), 'invalid_grant'],
    ['with a wrong secret', token => refresh(token, {}, { ...client, secret: 'wrong' }), 'invalid_client'],
    ['altered', token => refresh(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`), 'invalid_grant'],
    ['that is none', () => refresh('payymo_rt_none'), 'invalid_grant'],
    ['that is missing', () => refresh(''), 'invalid_request'],
  ])('is refused %s [SEC-008]', async (_what, attempt, error) => {
    expect((await attempt(await begin())).body['error']).toBe(error);
  });

  it('is refused to another client, and stays good for its own [SEC-008]', async () => {
    const token = await begin();

    expect((await refresh(token, {}, await aClient(northwind))).body['error']).toBe('invalid_grant');
    expect((await refresh(token)).status).toBe(200);
  });

  it('is refused to another key, which ends the session [SEC-008]', async () => {
    const token = await begin();

    expect((await refresh(token, {}, client, await aDpopClient(app.clock))).body['error']).toBe('invalid_grant');
    expect((await refresh(token)).body['error']).toBe('invalid_grant');
  });

  it('that was used before ends the session [SEC-008]', async () => {
    const first = await begin();
    const { body } = await refresh(first);
    app.clock.advance(11_000);

    expect((await refresh(first)).body['error']).toBe('invalid_grant');
    expect((await refresh(String(body['refresh_token']))).body['error']).toBe('invalid_grant');
  });

  it('is refused with a DPoP proof that is not valid, or comes twice [SEC-008]', async () => {
    const token = await begin();
    const bad = await postForm(
      endpoint(),
      { grant_type: 'refresh_token', refresh_token: token },
      { ...basic(client.id, client.secret), dpop: 'a.b.c' },
    );
    const headers = { ...basic(client.id, client.secret), ...(await proven()) };
    const once = await postForm(endpoint(), { grant_type: 'client_credentials' }, headers);
    const twice = await postForm(endpoint(), { grant_type: 'client_credentials' }, headers);

    expect([bad.status, bad.body['error']]).toEqual([400, 'invalid_dpop_proof']);
    expect([once.status, twice.body['error']]).toEqual([200, 'invalid_dpop_proof']);
    expect((await refresh(token)).status).toBe(200);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['ends', 'mutation ($id: ID!) { endApiClient(input: { clientId: $id }) { apiClient { id } } }', { error: 'invalid_client' }],
    ['gets other scopes', 'mutation ($id: ID!) { updateApiClient(input: { clientId: $id, scopes: ["matches:read"] }) { apiClient { id } } }', { error: 'invalid_grant' }],
  ])('dies when its client %s [SEC-009]', async (_what, change, refusal) => {
    const input: ClientInput = { scopes: SCOPES };
    const own = await aClient(northwind, input);
    const token = await begin(own);

    const { errors } = await northwind.as('OWNER')(change, { id: own.id });

    expect(errors).toBeUndefined();
    expect((await refresh(token, {}, own)).body).toMatchObject(refusal);
  }); // prettier-ignore

  it('is not given to a client whose secret is taken back in the same moment [SEC-009]', async () => {
    const own = await aClient(northwind);
    const headers = { ...basic(own.id, own.secret), ...(await proven()) };
    await app.db.query('begin');
    await app.db.query('update api_clients set version = version + 1 where id = $1', [apiClientIds.decode(own.id)]);

    const asked = postForm(endpoint(), { grant_type: 'client_credentials', scope: 'offline_access' }, headers);
    await untilBlocked(app.db);
    await app.db.query('commit');

    expect((await asked).body['error']).toBe('invalid_client');
    expect(await app.db.query('select from sessions where client_id = $1', [apiClientIds.decode(own.id)])).toEqual([]);
  });

  it('of a suspended tenant gives only scopes that read [API-007]', async () => {
    const own = await aClient(northwind, { scopes: ['matches:read', 'matches:approve'] });
    const token = await begin(own, 'matches:read matches:approve offline_access');
    const set = (status: string) =>
      app.db.query(`update tenants set status = $1, status_reason = 'test' where id = $2`, [status, northwind.uuid]);
    await set('SUSPENDED');
    const suspended = await refresh(token, {}, own);
    await set('ACTIVE');

    expect(suspended.body['scope']).toBe('matches:read offline_access');
    expect((await refresh(String(suspended.body['refresh_token']), {}, own)).body['scope']).toBe(
      'matches:approve matches:read offline_access',
    );
  });

  it('of a person refreshes the session of our own app with the cookie alone, named or not [SEC-008]', async () => {
    const person = await signedIn(app.url, 'viewer@northwind.example');
    const cookie = person.browser.cookie ?? '';
    const grant = (token: unknown) => ({ grant_type: 'refresh_token', refresh_token: String(token) });

    const second = await postForm(endpoint(), grant(person.tokens.refreshToken), { cookie });
    const third = await postForm(endpoint(), { ...grant(second.body['refresh_token']), client_id: 'payymo' }, { cookie });
    const stolen = await postForm(endpoint(), grant(third.body['refresh_token']));

    expect([second.status, second.body['token_type'], third.status]).toEqual([200, 'Bearer', 200]);
    expect(String(third.body['scope'])).toContain('matches:read');
    expect(String(third.body['scope'])).not.toContain('offline_access');
    expect(stolen.body['error']).toBe('invalid_grant');
  });

  it('of a person gives the scopes that are asked for, and refuses others before anything is used up [API-007] [SEC-010]', async () => {
    const person = await signedIn(app.url, 'viewer@northwind.example');
    const cookie = person.browser.cookie ?? '';
    const ask = (token: unknown, scope: string) =>
      postForm(endpoint(), { grant_type: 'refresh_token', refresh_token: String(token), scope }, { cookie });

    const first = person.tokens.refreshToken;
    for (const scope of ['nonsense', 'users:nonsense', 'matches:read nonsense', 'matches:approve']) {
      const { status, body } = await ask(first, scope);
      expect([scope, status, body['error']]).toEqual([scope, 400, 'invalid_scope']);
    }
    const less = await ask(first, 'matches:read');
    const all = await ask(less.body['refresh_token'], 'offline_access');

    expect([less.status, less.body['scope']]).toEqual([200, 'matches:read']);
    expect(all.body['scope']).toContain('invoices:read matches:read');
  });
});
