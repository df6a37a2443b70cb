import { exportJWK, generateKeyPair } from 'jose';

import { permissionsOf } from '../../../src/identity/roles/permissions';
import type { Permission } from '../../../src/platform/auth/principal';
import { type Answer, type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { accessTokenOf, aClient, type TestClient, tokenOf } from '../../support/oauth';

const CLIENT =
  'apiClient { id name description scopes version jwksUrl keys { kid algorithm } endedAt secrets { id hint expiresAt retiredAt } }';
const UPDATE = `mutation ($input: UpdateApiClientInput!) { updateApiClient(input: $input) { ${CLIENT} } }`;
const END = `mutation ($input: EndApiClientInput!) { endApiClient(input: $input) { ${CLIENT} } }`;

type ClientNode = Record<string, unknown> & { readonly version: number };
type Changed = Readonly<Record<string, { readonly apiClient: ClientNode } | null>>;

describe('a client of a partner', () => {
  let app: TestApp;
  let northwind: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    northwind = app.tenant('northwind');
  });
  afterAll(() => app.close());

  const update = (input: { clientId: string } & Record<string, unknown>, ask: Ask = northwind.as('OWNER')) =>
    ask<Changed>(UPDATE, { input });
  const end = (clientId: string, ask: Ask = northwind.as('OWNER')) => ask<Changed>(END, { input: { clientId } });
  const refusalOf = ({ errors }: Answer<Changed>) => errors?.[0]?.extensions;
  const works = async (token: string) => (await app.ask(`Bearer ${token}`)('{ me { id } }')).status;
  const lastEntry = async () =>
    (
      await app.db.query('select action, actor, before, after from audit_entries where tenant_id = $1 order by sequence desc limit 1', [
        northwind.uuid,
      ])
    )[0];

  describe('updateApiClient', () => {
    let client: TestClient;
    beforeEach(async () => {
      client = await aClient(northwind, { scopes: ['matches:read', 'invoices:read'] });
    });

    it('changes what is given; with a new name its tokens live on [API-007] [SEC-020]', async () => {
      const token = await accessTokenOf(app, client);

      const { data } = await update({ clientId: client.id, name: 'Renamed' });

      expect(data?.['updateApiClient']?.apiClient).toMatchObject({
        name: 'Renamed',
        scopes: ['invoices:read', 'matches:read'],
        version: 1,
      });
      expect(await works(token)).toBe(200);
      expect(await lastEntry()).toMatchObject({ action: 'api-client.updated', before: { name: 'Partner' }, after: { name: 'Renamed' } });
    });

    it('kills the tokens with other scopes at once, and the next ones carry the new [SEC-009] [SEC-010]', async () => {
      const token = await accessTokenOf(app, client);

      await update({ clientId: client.id, scopes: ['transactions:read'] });

      expect(await works(token)).toBe(401);
      expect((await tokenOf(app, client)).body['scope']).toBe('transactions:read');
      expect(await works(await accessTokenOf(app, client))).toBe(200);
    });

    it('lets a client keep what its changer does not hold, but adds nothing of it [SEC-010]', async () => {
      const admin = as(app, header => app.ask(header), northwind.uuid, {
        userId: northwind.userUuids.ADMIN,
        scopes: ['api-clients:update', 'api-clients:read'],
      });

      expect((await update({ clientId: client.id, scopes: ['matches:read'] }, admin)).errors).toBeUndefined();
      expect(refusalOf(await update({ clientId: client.id, scopes: ['matches:read', 'invoices:read'] }, admin))).toMatchObject({
        ...{ code: 'FORBIDDEN', scope: 'invoices:read' },
      });
    });

    it('adds a key while the old one stays, and kills the tokens when one goes [API-007] [SEC-004] [SEC-009]', async () => {
      const jwk = async (kid: string) => ({ ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kid });
      const [one, two] = [await jwk('one'), await jwk('two')];
      const set = (...keys: object[]) => JSON.stringify({ keys });
      const signing = await aClient(northwind, { authenticationMethod: 'PRIVATE_KEY_JWT', jwks: set(one) });

      const both = await update({ clientId: signing.id, jwks: set(one, two) });
      const later = await update({ clientId: signing.id, jwks: set(two) });
      const published = await update({ clientId: signing.id, jwksUrl: 'https://partner.example/keys' });

      expect(both.data?.['updateApiClient']?.apiClient).toMatchObject({ version: 1, keys: [{ kid: 'one' }, { kid: 'two' }] });
      expect(later.data?.['updateApiClient']?.apiClient).toMatchObject({ version: 2, keys: [{ kid: 'two', algorithm: 'ES256' }] });
      expect(published.data?.['updateApiClient']?.apiClient).toMatchObject({
        version: 3,
        keys: [],
        jwksUrl: 'https://partner.example/keys',
      });
    });

    it('lets nobody put a key or certificate of their own to scopes that they do not hold, but take one away [SEC-010]', async () => {
      const [one, two] = ['A'.repeat(43), `B${'A'.repeat(42)}`];
      const scopes = ['matches:read', 'invoices:read'];
      const certified = { scopes, authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', certificateThumbprints: [one, two] };
      const { id: clientId } = await aClient(northwind, certified);
      const url = 'https://partner.example/keys';
      const { id: signing } = await aClient(northwind, { scopes, authenticationMethod: 'PRIVATE_KEY_JWT', jwksUrl: url });
      const clerk = (...held: Permission[]) =>
        as(app, header => app.ask(header), northwind.uuid, {
          userId: northwind.userUuids.ADMIN,
          scopes: ['api-clients:update', 'api-clients:read', ...held],
        });
      const refused = { code: 'FORBIDDEN', scope: 'invoices:read' };

      const own = { clientId, certificateThumbprints: [`C${'A'.repeat(42)}`] };
      expect(refusalOf(await update(own, clerk('matches:read')))).toMatchObject(refused);
      expect(refusalOf(await update({ clientId: signing, jwksUrl: `${url}/own` }, clerk('matches:read')))).toMatchObject(refused);
      expect((await update({ clientId, certificateThumbprints: [two] }, clerk())).errors).toBeUndefined();
      expect((await update({ ...own, scopes: ['matches:read'] }, clerk('matches:read'))).errors).toBeUndefined();
      expect((await update({ clientId: signing, jwksUrl: `${url}/new` }, clerk('matches:read', 'invoices:read'))).errors).toBeUndefined();
    });

    it.each<[string, Record<string, unknown>, string]>([
      ['an empty name', { name: '' }, 'name'],
      ['no scope', { scopes: [] }, 'scopes'],
      ['a scope that no machine has', { scopes: ['users:read'] }, 'scopes'],
      ['a key for a client with secrets', { jwks: '{"keys":[]}' }, 'jwks'],
      ['the id of something else', { clientId: 'usr_00000000000000000000000000' }, 'clientId'],
    ])('refuses %s [API-009]', async (_what, changes, field) => {
      expect(refusalOf(await update({ clientId: client.id, ...changes }))).toMatchObject({ code: 'BAD_USER_INPUT', field });
    });
  });

  describe('endApiClient', () => {
    it('kills its secrets and its tokens at once, for good [SEC-009] [SEC-020]', async () => {
      const [client, bystander] = [await aClient(northwind), await aClient(northwind)];
      const [token, other] = [await accessTokenOf(app, client), await accessTokenOf(app, bystander)];

      const { data } = await end(client.id);

      expect(data?.['endApiClient']?.apiClient).toMatchObject({
        endedAt: app.clock.now().toISOString(),
        secrets: [{ retiredAt: app.clock.now().toISOString() }],
      });
      expect([await works(token), await works(other)]).toEqual([401, 200]);
      expect((await tokenOf(app, client)).body['error']).toBe('invalid_client');
      expect(await lastEntry()).toMatchObject({ action: 'api-client.ended', actor: `user:${northwind.userUuids.OWNER}` });
    });

    it('works for a suspended tenant too [SEC-009]', async () => {
      const client = await aClient(northwind);
      const set = (status: string) =>
        app.db.query(`update tenants set status = $1, status_reason = 'test' where id = $2`, [status, northwind.uuid]);
      await set('SUSPENDED');
      const { errors } = await end(client.id);
      await set('ACTIVE');

      expect(errors).toBeUndefined();
    });

    it('happens once; nothing of an ended client can be changed [API-009]', async () => {
      const { id: clientId } = await aClient(northwind);
      await end(clientId);

      expect(refusalOf(await end(clientId))).toMatchObject({ code: 'CONFLICT' });
      expect(refusalOf(await update({ clientId, name: 'Again' }))).toMatchObject({ code: 'CONFLICT' });
    });
  });

  describe.each<[string, string, (id: string, ask?: Ask) => Promise<Answer<Changed>>]>([
    ['updateApiClient', 'api-clients:update', (clientId, ask) => update({ clientId, name: 'Other' }, ask)],
    ['endApiClient', 'api-clients:delete', (clientId, ask) => end(clientId, ask)],
  ])('%s', (_operation, scope, change) => {
    it('is not for those who may not, nor for strangers, nor without a fresh second factor [SEC-010] [SEC-011]', async () => {
      const { id } = await aClient(northwind);
      const stale = as(app, header => app.ask(header), northwind.uuid, {
        userId: northwind.userUuids.OWNER,
        scopes: permissionsOf.OWNER,
        methods: ['pwd'],
      });

      for (const role of ['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const) {
        expect(refusalOf(await change(id, northwind.as(role)))).toMatchObject({ code: 'FORBIDDEN', scope });
      }
      expect(refusalOf(await change(id, app.anonymous))).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(refusalOf(await change(id, stale))).toMatchObject({ code: 'STEP_UP_REQUIRED' });
    });

    it('answers the id of another tenant like one that never was [SEC-016]', async () => {
      const foreign = await aClient(app.tenant('aurora'));
      const unknown = foreign.id.replace(/.$/, last => (last === '0' ? '1' : '0'));
      const seen = async (id: string) =>
        JSON.stringify((await change(id)).errors?.map(({ message, extensions: { code } }) => [message.replace(id, 'ID'), code]));

      expect(await seen(foreign.id)).toBe(await seen(unknown));
      expect(await seen(foreign.id)).toContain('NOT_FOUND');
      expect((await tokenOf(app, foreign)).status).toBe(200);
    });
  });
});
