import { SignJWT } from 'jose';

import { apiClientIds } from '../../../src/identity/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aDpopClient, type DpopClient } from '../../support/dpop';
import { untilBlocked } from '../../support/locks';
import { accessTokenOf, aClient, basic, type FormAnswer, postForm, type TestClient } from '../../support/oauth';
import { signedIn } from '../../support/sessions';

describe('POST /oauth/revoke', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let client: TestClient;
  let other: TestClient;
  let foreign: TestClient;
  let key: DpopClient;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    northwind = app.tenant('northwind');
    [client, other, foreign] = [await aClient(northwind), await aClient(northwind), await aClient(app.tenant('aurora'))];
    key = await aDpopClient(app.clock);
  });
  afterAll(() => app.close());

  const revoke = (token: string, { id, secret } = client, parameters = {}) =>
    postForm(`${app.url}/oauth/revoke`, { token, ...parameters }, basic(id, secret));
  const works = async (token: string) => (await app.ask(`Bearer ${token}`)('{ me { id } }')).status;
  const expectDone = ({ status, text, headers }: FormAnswer) => {
    expect([status, text, headers.get('cache-control')]).toEqual([200, '', 'no-store']);
  };
  /** The tokens of a session that the client began with its key. */
  const session = async () => {
    const url = `${app.url}/oauth/token`;
    const proof = await key.proof({ method: 'POST', url });
    const { body } = await postForm(
      url,
      { grant_type: 'client_credentials', scope: 'matches:read offline_access' },
      { ...basic(client.id, client.secret), dpop: proof },
    );
    return { accessToken: String(body['access_token']), refreshToken: String(body['refresh_token']) };
  };
  const refresh = async (refreshToken: string) => {
    const url = `${app.url}/oauth/token`;
    const proof = await key.proof({ method: 'POST', url });
    return postForm(url, { grant_type: 'refresh_token', refresh_token: refreshToken }, { ...basic(client.id, client.secret), dpop: proof });
  };
  const asBound = async (accessToken: string) => {
    const proof = await key.proof({ method: 'POST', url: `${app.url}/graphql`, accessToken });
    const headers = { authorization: `DPoP ${accessToken}`, dpop: proof, 'content-type': 'application/json' };
    return (await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: '{"query":"{ me { id } }"}' })).status;
  };

  it('kills an access token at once, and no other of the client [SEC-009]', async () => {
    const [first, second] = [await accessTokenOf(app, client), await accessTokenOf(app, client)];

    expectDone(await revoke(first));

    expect([await works(first), await works(second)]).toEqual([401, 200]);
    expectDone(await revoke(first));
  });

  it('ends the whole session with its refresh token, whatever the hint says [SEC-009]', async () => {
    const { accessToken, refreshToken } = await session();
    expect(await asBound(accessToken)).toBe(200);

    expectDone(await revoke(refreshToken, client, { token_type_hint: 'access_token' }));

    expect(await asBound(accessToken)).toBe(401);
    expect((await refresh(refreshToken)).body['error']).toBe('invalid_grant');
  });

  it('ends it also with a refresh token of it that was used before [SEC-009]', async () => {
    const { refreshToken } = await session();
    const { body } = await refresh(refreshToken);

    expectDone(await revoke(refreshToken));

    expect((await refresh(String(body['refresh_token']))).body['error']).toBe('invalid_grant');
  });

  it('does nothing to the tokens of others, and tells them like unknown ones [SEC-009] [SEC-016]', async () => {
    const person = await signedIn(app.url, 'viewer@northwind.example');
    const { refreshToken } = await session();
    const mine = await accessTokenOf(app, client);

    for (const stranger of [other, foreign]) {
      for (const token of [mine, refreshToken, person.tokens.accessToken, person.tokens.refreshToken])
        expectDone(await revoke(token, stranger));
    }
    expect([await works(mine), await works(person.tokens.accessToken)]).toEqual([200, 200]);
    expect((await refresh(refreshToken)).status).toBe(200);
    expect((await person.refresh()).errors).toBeUndefined();
  });

  it.each(['x', 'a.b.c', 'payymo_rt_x', `payymo_rt_00000000-0000-7000-8000-000000000000.${'A'.repeat(43)}`, 'payymo_cs_x'])(
    'answers "%s", which is no token, as if it were done [SEC-009]',
    async token => {
      expectDone(await revoke(token, client, { token_type_hint: 'something' }));
    },
  );

  it('says of another kind of JWT that it cannot be revoked [SEC-009]', async () => {
    const jwt = await new SignJWT({ sub: client.id }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(Buffer.alloc(32));

    expect((await revoke(jwt)).body).toMatchObject({ error: 'unsupported_token_type' });
  });

  it('needs the authentication of the client, a token, and POST [SEC-009]', async () => {
    const token = await accessTokenOf(app, client);

    expect((await postForm(`${app.url}/oauth/revoke`, { token })).body['error']).toBe('invalid_client');
    expect((await postForm(`${app.url}/oauth/revoke`, { token, client_id: 'payymo' })).body['error']).toBe('invalid_client');
    expect((await revoke(token, { ...client, secret: 'wrong' })).status).toBe(401);
    expect((await revoke('')).body['error']).toBe('invalid_request');
    expect((await fetch(`${app.url}/oauth/revoke?token=${token}`)).status).toBe(405);
    expect(await works(token)).toBe(200);
  });

  it('stands in the audit trail under the name of the client [SEC-020]', async () => {
    const before = await entries();
    await revoke(await accessTokenOf(app, client));
    await revoke((await session()).refreshToken);

    const actions = (await entries()).slice(before.length).map(({ action }) => action);
    expect(actions).toEqual(['api-client.token-revoked', 'session.begun', 'session.ended']);
    expect(new Set((await entries()).map(({ actor }) => actor)).size).toBe(1);
  });

  const entries = () =>
    app.db.query<{ action: string; actor: string }>(
      `select action, actor from audit_entries where tenant_id = $1 and actor like 'client:%' order by sequence`,
      [northwind.uuid],
    );

  it('of a client whose tenant is closed in the same moment is refused like any that cannot be authenticated [SEC-009] [API-007]', async () => {
    const token = await accessTokenOf(app, foreign);
    app.clock.advance(61_000);
    await app.db.query('begin');
    await app.db.query('select from api_clients where id = $1 for update', [apiClientIds.decode(foreign.id)]);

    const asked = revoke(token, foreign);
    await untilBlocked(app.db);
    await app.db.query(`update tenants set status = 'CLOSED', status_reason = 'test' where id = $1`, [app.tenant('aurora').uuid]);
    await app.db.query('commit');

    expect(await asked).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});
