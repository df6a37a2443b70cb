import * as oauth from 'oauth4webapi';

import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aClient } from '../../support/oauth';

/** Without TLS, as tests are. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody uses it but for tests
const INSECURE = { [oauth.allowInsecureRequests]: true };
const SCOPE = { scope: 'matches:read' };

/** A client library that knows the RFCs and nothing of Payymo. */
describe('a stock OAuth client', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let server: oauth.AuthorizationServer;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    northwind = app.tenant('northwind');
    const issuer = new URL(app.url);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
    server = await oauth.processDiscoveryResponse(issuer, response);
  });
  afterAll(() => app.close());

  /** The clock of the tests stands still. */
  const clientOf = (id: string): oauth.Client => ({
    client_id: id,
    [oauth.clockSkew]: Math.round((app.clock.now().getTime() - Date.now()) / 1000),
  });
  const credentials = async (
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    parameters: Record<string, string> = SCOPE,
    options = {},
  ) => {
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, { ...INSECURE, ...options });
    return oauth.processClientCredentialsResponse(server, client, response);
  };
  const MATCHES = JSON.stringify({ query: '{ matches { totalCount } }' });
  const matches = async (token: string, options = {}) => {
    const headers = new Headers({ 'content-type': 'application/json' });
    const url = new URL(`${app.url}/graphql`);
    const response = await oauth.protectedResourceRequest(token, 'POST', url, headers, MATCHES, { ...INSECURE, ...options });
    return response.json();
  };
  const EMPTY = { data: { matches: { totalCount: 0 } } };

  it.each([
    ['client_secret_basic', oauth.ClientSecretBasic],
    ['client_secret_post', oauth.ClientSecretPost],
  ])('gets and uses a token by %s [API-007]', async (_method, authentication) => {
    const { id, secret } = await aClient(northwind);

    const { access_token: token, token_type: type, scope } = await credentials(clientOf(id), authentication(secret));

    expect([type, scope]).toEqual(['bearer', 'matches:read']);
    expect(await matches(token)).toEqual(EMPTY);
  });

  it.each(['ES256', 'PS256', 'RS256'])('gets and uses a token by private_key_jwt with %s [API-007]', async alg => {
    const { publicKey, privateKey } = await oauth.generateKeyPair(alg, { extractable: true });
    const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'partner-1' };
    const { id } = await aClient(northwind, { authenticationMethod: 'PRIVATE_KEY_JWT', jwks: JSON.stringify({ keys: [jwk] }) });

    const { access_token: token } = await credentials(clientOf(id), oauth.PrivateKeyJwt({ key: privateKey, kid: 'partner-1' }));

    expect(await matches(token)).toEqual(EMPTY);
  });

  it('binds its tokens to a DPoP key, refreshes them, and nobody else can use them [API-007] [SEC-008]', async () => {
    const { id, secret } = await aClient(northwind);
    const client = clientOf(id);
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));

    const first = await credentials(client, oauth.ClientSecretBasic(secret), { scope: 'matches:read offline_access' }, { DPoP });
    expect([first.token_type, first.scope]).toEqual(['dpop', 'matches:read offline_access']);
    expect(await matches(first.access_token, { DPoP })).toEqual(EMPTY);
    expect((await app.ask(`Bearer ${first.access_token}`)('{ matches { totalCount } }')).status).toBe(401);

    const options = { DPoP, ...INSECURE };
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.ClientSecretBasic(secret),
      first.refresh_token ?? '',
      options,
    );
    const second = await oauth.processRefreshTokenResponse(server, client, response);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await matches(second.access_token, { DPoP })).toEqual(EMPTY);
  });

  it('looks into its token, takes it back, and finds it worth nothing [API-007] [SEC-009]', async () => {
    const { id, secret } = await aClient(northwind);
    const client = clientOf(id);
    const authentication = oauth.ClientSecretBasic(secret);
    const { access_token: token } = await credentials(client, authentication);
    const introspect = async () => {
      const response = await oauth.introspectionRequest(server, client, authentication, token, INSECURE);
      return oauth.processIntrospectionResponse(server, client, response);
    };

    expect(await introspect()).toMatchObject({ active: true, client_id: id, scope: 'matches:read', iss: app.url });
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, token, INSECURE));
    expect(await introspect()).toEqual({ active: false });
    expect((await app.ask(`Bearer ${token}`)('{ me { id } }')).status).toBe(401);
  });

  it('understands what is refused [API-007]', async () => {
    const { id, secret } = await aClient(northwind);

    await expect(credentials(clientOf(id), oauth.ClientSecretPost(secret), { scope: 'users:read' })).rejects.toMatchObject({
      error: 'invalid_scope',
      status: 400,
    });
    await expect(credentials(clientOf(id), oauth.ClientSecretBasic('wrong'))).rejects.toMatchObject({ status: 401 });
  });

  it('verifies our access tokens by the published keys, as a JWT of RFC 9068 [API-007] [SEC-007]', async () => {
    const { id, secret } = await aClient(northwind);
    const { access_token: token } = await credentials(clientOf(id), oauth.ClientSecretBasic(secret));
    const request = new Request(`${app.url}/graphql`, { headers: { authorization: `Bearer ${token}` } });

    const claims = await oauth.validateJwtAccessToken(server, request, 'payymo-api', INSECURE);

    expect(claims).toMatchObject({ iss: app.url, aud: 'payymo-api', scopes: ['matches:read'] });
  });
});
