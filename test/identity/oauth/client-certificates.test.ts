import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aCertificate, type TestCertificate } from '../../support/certificates';
import { type HttpsAnswer, postHttps } from '../../support/https';
import { anInstance, type Instance } from '../../support/instance';
import { aClient, basic, type TestClient } from '../../support/oauth';

describe('a client with a certificate', () => {
  let app: TestApp;
  let tls: Instance;
  let northwind: TestTenant;
  let [own, partner, renewed, stranger]: TestCertificate[] = [];
  let client: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    northwind = app.tenant('northwind');
    [own, partner, renewed, stranger] = await Promise.all(['localhost', 'partner', 'partner', 'stranger'].map(aCertificate));
    const environment = { PAYYMO_TLS_CERTIFICATE: own?.certificate, PAYYMO_TLS_KEY: own?.key };
    tls = await anInstance({ appUrl: app.db.appUrl, publicUrl: app.url, clock: app.clock, environment });
    client = await aClient(northwind, {
      authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
      certificateThumbprints: [partner?.thumbprint ?? ''],
    });
  });
  afterAll(async () => {
    await tls.close();
    await app.close();
  });

  const form = (parameters: Record<string, string>, certificate?: TestCertificate, headers = {}, path = 'token') =>
    postHttps(`${tls.url}/oauth/${path}`, {
      body: new URLSearchParams(parameters).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      certificate,
    });
  const GRANT = { grant_type: 'client_credentials' };
  const token = (certificate?: TestCertificate, parameters: Record<string, string> = {}) =>
    form({ ...GRANT, client_id: client.id, ...parameters }, certificate);
  const matches = (accessToken: unknown, certificate?: TestCertificate) =>
    postHttps(`${tls.url}/graphql`, {
      body: JSON.stringify({ query: '{ matches { totalCount } }' }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${String(accessToken)}` },
      certificate,
    });
  const statuses = (answers: readonly HttpsAnswer[]) => answers.map(({ status }) => status);

  it('gets a token by its registered certificate, which works with that certificate alone [API-007] [SEC-008]', async () => {
    const { status, body } = await token(partner);

    expect([status, body['token_type']]).toEqual([200, 'Bearer']);
    expect((await matches(body['access_token'], partner)).body).toEqual({ data: { matches: { totalCount: 0 } } });
    const others = await Promise.all([matches(body['access_token']), matches(body['access_token'], stranger)]);
    expect(statuses(others)).toEqual([401, 401]);
  });

  it('is refused with another certificate, without one, and where there is no TLS [API-007]', async () => {
    const plain = await fetch(`${app.url}/oauth/token`, { method: 'POST', body: new URLSearchParams({ ...GRANT, client_id: client.id }) });

    expect(await token(stranger)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    expect(await token()).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    expect([plain.status, await plain.json()]).toMatchObject([400, { error: 'invalid_client' }]);
  });

  it('refreshes with the same certificate and no other [SEC-008]', async () => {
    const first = await token(partner, { scope: 'matches:read offline_access' });
    const refresh = (refreshToken: unknown, certificate?: TestCertificate) =>
      form({ grant_type: 'refresh_token', client_id: client.id, refresh_token: String(refreshToken) }, certificate);
    const second = await refresh(first.body['refresh_token'], partner);

    expect(second).toMatchObject({ status: 200, body: { scope: 'matches:read offline_access' } });
    expect((await refresh(second.body['refresh_token'], stranger)).body['error']).toBe('invalid_client');
    expect((await refresh(second.body['refresh_token'], partner)).status).toBe(200);
  });

  it('has two certificates while one is renewed, and loses its tokens with the old one [API-007] [SEC-004]', async () => {
    const update = 'mutation ($input: UpdateApiClientInput!) { updateApiClient(input: $input) { apiClient { certificateThumbprints } } }';
    const set = (...certificates: (TestCertificate | undefined)[]) => {
      const certificateThumbprints = certificates.map(certificate => certificate?.thumbprint);
      return northwind.as('OWNER')(update, { input: { clientId: client.id, certificateThumbprints } });
    };
    await set(partner, renewed);
    const [old, next] = [await token(partner), await token(renewed)];
    expect(statuses([old, next])).toEqual([200, 200]);

    await set(renewed);
    await tlsKnows();
    expect(statuses([await token(partner), await token(renewed)])).toEqual([400, 200]);
    expect(statuses([await matches(old.body['access_token'], partner)])).toEqual([401]);
    await set(partner);
  });

  it('that proves itself by a secret gets tokens bound to the certificate of the connection [SEC-008]', async () => {
    const { id, secret } = await aClient(northwind);
    const { body } = await form(GRANT, partner, basic(id, secret));
    const introspected = await form({ token: String(body['access_token']) }, partner, basic(id, secret), 'introspect');

    expect(introspected.body).toMatchObject({ active: true, token_type: 'Bearer', cnf: { 'x5t#S256': partner?.thumbprint } });
    expect(statuses([await matches(body['access_token'], partner), await matches(body['access_token'])])).toEqual([200, 401]);
  });

  /** The other process learns of a revocation within a second. */
  const tlsKnows = () => new Promise(resolve => setTimeout(resolve, 1_000));
});
