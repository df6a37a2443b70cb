import { createHash } from 'node:crypto';

import { exportJWK, generateKeyPair } from 'jose';

import { permissionsOf } from '../../../src/identity/roles/permissions';
import { type Answer, startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness } from '../../support/business';
import type { ClientInput } from '../../support/oauth';
import { aUser } from '../../support/people';

const CREATE = `mutation ($input: CreateApiClientInput!) { createApiClient(input: $input) { clientSecret apiClient {
  id name description scopes authenticationMethod version jwksUrl certificateThumbprints endedAt lastUsedAt
  keys { kid algorithm } secrets { id hint expiresAt retiredAt lastUsedAt } createdBy { email } } } }`;

interface Created {
  readonly createApiClient: { readonly clientSecret: string | null; readonly apiClient: Record<string, unknown> & { id: string } } | null;
}

const THUMBPRINTS = ['A', 'E', 'I'].map(end => `${'A'.repeat(42)}${end}`);

describe('createApiClient', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let publicJwk: object;
  let privateJwk: object;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    northwind = app.tenant('northwind');
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    [publicJwk, privateJwk] = [await exportJWK(publicKey), await exportJWK(privateKey)];
  });
  afterAll(() => app.close());

  const create = (input: ClientInput = {}, ask = northwind.as('OWNER')): Promise<Answer<Created>> =>
    ask<Created>(CREATE, { input: { name: 'Partner', scopes: ['matches:read'], ...input } });
  const codeOf = ({ errors, data }: Answer<Created>) => {
    expect(data?.createApiClient).toBeNull();
    return errors?.[0]?.extensions;
  };
  const owner = (difference: object) =>
    as(app, header => app.ask(header), northwind.uuid, { userId: northwind.userUuids.OWNER, scopes: permissionsOf.OWNER, ...difference });

  it('makes a client and shows its secret this once; kept is the hash alone [API-007] [SEC-001]', async () => {
    const { data, errors } = await create({
      name: ' Books & Co. ',
      description: 'Imports invoices',
      scopes: ['matches:run', 'matches:read', 'matches:run'],
    });
    const { clientSecret, apiClient } = data?.createApiClient ?? {};

    expect(errors).toBeUndefined();
    expect(clientSecret).toMatch(/^payymo_cs_[\w-]{43}$/);
    expect(apiClient).toMatchObject({
      ...{ name: 'Books & Co.', description: 'Imports invoices', scopes: ['matches:read', 'matches:run'], version: 1 },
      ...{ authenticationMethod: 'CLIENT_SECRET', endedAt: null, lastUsedAt: null, keys: [], certificateThumbprints: [] },
      ...{ createdBy: { email: 'owner@northwind.example' } },
      secrets: [{ hint: clientSecret?.slice(-4), expiresAt: null, retiredAt: null, lastUsedAt: null }],
    });
    expect(apiClient?.id).toMatch(/^cli_[0-9a-z]{26}$/);
    const rows = await app.db.query<{ hash: Buffer; row: string }>('select hash, s::text as row from api_client_secrets s');
    expect(rows.map(({ hash }) => hash.toString('hex'))).toContain(
      createHash('sha256')
        .update(clientSecret ?? '')
        .digest('hex'),
    );
    expect(rows.map(({ row }) => row).join()).not.toContain(clientSecret?.slice('payymo_cs_'.length));
  });

  it('is refused to who was demoted meanwhile, whatever the token says [SEC-010]', async () => {
    const admin = await aUser(app, northwind, { role: 'ADMIN' });
    await app.db.query(`update users set role = 'VIEWER' where id = $1`, [admin.uuid]);

    expect(codeOf(await create({}, admin.ask))).toMatchObject({ code: 'FORBIDDEN', scope: 'api-clients:create' });
  });

  it('makes secrets that differ in every part but the prefix [SEC-001]', async () => {
    const secrets = await Promise.all(Array.from({ length: 8 }, async () => (await create()).data?.createApiClient?.clientSecret));

    expect(new Set(secrets.map(secret => secret?.slice(10, 20))).size).toBe(8);
    expect(new Set(secrets.map(secret => secret?.slice(-10))).size).toBe(8);
  });

  it('makes clients that prove themselves by key or certificate, without a secret [API-007]', async () => {
    const jwks = JSON.stringify({ keys: [publicJwk] });
    const byKey = await create({ authenticationMethod: 'PRIVATE_KEY_JWT', jwks });
    const byUrl = await create({ authenticationMethod: 'PRIVATE_KEY_JWT', jwksUrl: 'https://partner.example/keys' });
    const certificateThumbprints = THUMBPRINTS.slice(0, 2);
    const byCertificate = await create({ authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', certificateThumbprints });

    const [key, url, certificate] = [byKey, byUrl, byCertificate].map(({ data }) => data?.createApiClient);
    expect(key).toMatchObject({ clientSecret: null, apiClient: { keys: [{ kid: null, algorithm: 'ES256' }], secrets: [] } });
    expect(url).toMatchObject({ clientSecret: null, apiClient: { jwksUrl: 'https://partner.example/keys', keys: [], secrets: [] } });
    expect(certificate).toMatchObject({ clientSecret: null, apiClient: { certificateThumbprints, secrets: [] } });
  });

  it('is recorded in the audit trail, without the secret [SEC-020]', async () => {
    const { data } = await create({ name: 'Audited' });

    const [entry] = await app.db.query<{ actor: string; after: object; row: string }>(
      `select actor, after, e::text as row from audit_entries e where action = 'api-client.created' order by sequence desc limit 1`,
    );
    expect(entry).toMatchObject({ actor: `user:${northwind.userUuids.OWNER}`, after: { name: 'Audited', scopes: ['matches:read'] } });
    expect(entry?.row).not.toContain(data?.createApiClient?.clientSecret);
  });

  it.each(['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const)('is not for the role %s [SEC-010]', async role => {
    expect(codeOf(await create({}, northwind.as(role)))).toMatchObject({ code: 'FORBIDDEN', scope: 'api-clients:create' });
  });

  it('is not for strangers [SEC-010]', async () => {
    expect(codeOf(await create({}, app.anonymous))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('needs a second factor that was given within five minutes [SEC-011]', async () => {
    const stale = owner({ authenticatedAt: new Date(app.clock.now().getTime() - 301_000) });

    expect(codeOf(await create({}, stale))).toMatchObject({ code: 'STEP_UP_REQUIRED' });
    expect(codeOf(await create({}, owner({ methods: ['pwd'] })))).toMatchObject({ code: 'STEP_UP_REQUIRED' });
  });

  it('gives nobody more than they hold, and names what is missing [SEC-010]', async () => {
    const actor = owner({ scopes: ['api-clients:create', 'api-clients:read', 'matches:read'] });

    expect(codeOf(await create({ scopes: ['matches:read', 'matches:approve'] }, actor))).toMatchObject({
      code: 'FORBIDDEN',
      scope: 'matches:approve',
    });
    expect((await create({ scopes: ['matches:read'] }, actor)).errors).toBeUndefined();
  });

  it.each([
    'users:read',
    'users:invite',
    'roles:create',
    'api-clients:create',
    'audit:read',
    'sessions:delete',
    'tenant:update',
    'tenants:read',
    'connections:create',
    'matches:destroy',
    '',
  ])('gives no machine the scope "%s", whoever asks [SEC-010]', async scope => {
    expect(codeOf(await create({ scopes: ['matches:read', scope] }))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'scopes' });
  });

  it.each<[string, ClientInput, string]>([
    ['an empty name', { name: '  ' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(101) }, 'name'],
    ['a name over two lines', { name: 'a\nb' }, 'name'],
    ['a description that is too long', { description: 'x'.repeat(501) }, 'description'],
    ['no scope', { scopes: [] }, 'scopes'],
    ['keys for a client with secrets', { jwks: '{"keys":[]}' }, 'jwks'],
    ['certificates for a client with secrets', { certificateThumbprints: THUMBPRINTS.slice(0, 1) }, 'certificateThumbprints'],
    ['no key', { authenticationMethod: 'PRIVATE_KEY_JWT' }, 'jwks'],
    ['keys and a URL', { authenticationMethod: 'PRIVATE_KEY_JWT', jwks: '{"keys":[]}', jwksUrl: 'https://partner.example/keys' }, 'jwks'],
    ['keys that are no JSON', { authenticationMethod: 'PRIVATE_KEY_JWT', jwks: '{' }, 'jwks'],
    ['a URL without TLS', { authenticationMethod: 'PRIVATE_KEY_JWT', jwksUrl: 'http://partner.example/keys' }, 'jwksUrl'],
    ['a URL in our network', { authenticationMethod: 'PRIVATE_KEY_JWT', jwksUrl: 'https://169.254.169.254/latest' }, 'jwksUrl'],
    ['a URL with a password', { authenticationMethod: 'PRIVATE_KEY_JWT', jwksUrl: 'https://a:b@partner.example/' }, 'jwksUrl'],
    ['no certificate', { authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', certificateThumbprints: [] }, 'certificateThumbprints'],
    ['three certificates', { authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', certificateThumbprints: THUMBPRINTS }, 'certificateThumbprints'],
    ['a thumbprint in hexadecimal', { authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', certificateThumbprints: ['ab'.repeat(32)] }, 'certificateThumbprints'],
    ['a thumbprint with bits to spare', { authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', certificateThumbprints: ['A'.repeat(42) + 'B'] }, 'certificateThumbprints'],
  ])('refuses %s [API-009]', async (_what, input, field) => {
    expect(codeOf(await create(input))).toMatchObject({ code: 'BAD_USER_INPUT', field });
  }); // prettier-ignore

  it('refuses a private key, and does not repeat it [SEC-001]', async () => {
    const answer = await create({ authenticationMethod: 'PRIVATE_KEY_JWT', jwks: JSON.stringify({ keys: [privateJwk] }) });

    expect(codeOf(answer)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'jwks' });
    expect(JSON.stringify(answer)).not.toContain((privateJwk as { d: string }).d);
  });

  it('does not work for a suspended tenant [SEC-010]', async () => {
    const set = (status: string) =>
      app.db.query(`update tenants set status = $1, status_reason = 'test' where id = $2`, [status, northwind.uuid]);
    await set('SUSPENDED');
    const answer = await create();
    await set('ACTIVE');

    expect(codeOf(answer)).toMatchObject({ code: 'TENANT_SUSPENDED' });
  });
});
