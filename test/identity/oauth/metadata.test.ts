import { serverMetadata } from '../../../src/identity/oauth/server-metadata';
import { startGateway, type TestGateway } from '../../support/gateway';
import { postForm } from '../../support/oauth';

const ORIGIN = 'https://app.partner.example';

describe('the metadata of the authorization server', () => {
  let gateway: TestGateway;
  let metadata: Record<string, unknown>;
  let headers: Headers;
  beforeAll(async () => {
    gateway = await startGateway({ PAYYMO_ALLOWED_ORIGINS: ORIGIN, PAYYMO_PUBLIC_URL: 'https://payymo.example' });
    const response = await fetch(`${gateway.url}/.well-known/oauth-authorization-server`);
    headers = response.headers;
    metadata = (await response.json()) as Record<string, unknown>;
  });
  afterAll(() => gateway.close());

  const here = (url: unknown) => String(url).replace('https://payymo.example', gateway.url);

  it('names the issuer as access tokens do, and caches may keep it for a while [API-007]', () => {
    expect(metadata['issuer']).toBe('https://payymo.example');
    expect(metadata['issuer']).toBe(gateway.tokens.issuer);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('names endpoints that are there [API-007]', async () => {
    for (const name of ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint']) {
      expect([name, (await postForm(here(metadata[name]), {})).status]).toEqual([name, 400]);
    }
    expect(await (await fetch(here(metadata['jwks_uri']))).json()).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256', use: 'sig' }] });
  });

  it('names grant types that are known, and no other is [API-007]', async () => {
    const error = async (grant_type: string) => (await postForm(here(metadata['token_endpoint']), { grant_type })).body['error'];

    for (const grantType of metadata['grant_types_supported'] as string[])
      expect(await error(grantType)).not.toBe('unsupported_grant_type');
    for (const grantType of ['authorization_code', 'password', 'implicit']) expect(await error(grantType)).toBe('unsupported_grant_type');
    expect(metadata['response_types_supported']).toEqual([]);
  });

  it('promises client certificates only where the gateway itself speaks TLS [API-007]', () => {
    expect(metadata['tls_client_certificate_bound_access_tokens']).toBe(false);
    expect(metadata['token_endpoint_auth_methods_supported']).toEqual([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ]);
    expect(serverMetadata({ issuer: 'https://payymo.example', tls: true })).toMatchObject({
      tls_client_certificate_bound_access_tokens: true,
      token_endpoint_auth_methods_supported: expect.arrayContaining(['self_signed_tls_client_auth']) as unknown,
      introspection_endpoint_auth_methods_supported: expect.arrayContaining(['self_signed_tls_client_auth']) as unknown,
    });
  });

  it('names the algorithms of assertions and proofs [API-007]', () => {
    expect(metadata['token_endpoint_auth_signing_alg_values_supported']).toEqual(['RS256', 'PS256', 'ES256']);
    expect(metadata['dpop_signing_alg_values_supported']).toEqual(['ES256']);
  });

  it('offers no scope that a machine cannot have [SEC-010]', () => {
    expect(metadata['scopes_supported']).toEqual(expect.arrayContaining(['matches:read', 'offline_access']));
    expect(
      (metadata['scopes_supported'] as string[]).filter(scope =>
        /^(users|roles|api-clients|audit|sessions|tenants?)\b(?!:read$)/.test(scope),
      ),
    ).toEqual([]);
  });

  it('and the endpoints answer browsers of the allowed origins, and no others [SEC-022]', async () => {
    const ask = (origin: string, method: string) =>
      fetch(here(metadata['token_endpoint']), { method, headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

    for (const method of ['OPTIONS', 'POST']) {
      expect([method, allowed(await ask(ORIGIN, method))]).toEqual([method, ORIGIN]);
      expect([method, allowed(await ask('https://attacker.example', method))]).toEqual([method, null]);
    }
  });
});
