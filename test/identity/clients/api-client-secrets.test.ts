import { permissionsOf } from '../../../src/identity/roles/permissions';
import { type Answer, type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { accessTokenOf, aClient, type TestClient, tokenOf } from '../../support/oauth';

const HOUR_MS = 3_600_000;
const CLIENT = 'apiClient { version secrets { id hint expiresAt retiredAt } }';
const ROTATE = `mutation ($input: RotateApiClientSecretInput!) { rotateApiClientSecret(input: $input) { clientSecret ${CLIENT} } }`;
const REVOKE = `mutation ($input: RevokeApiClientSecretInput!) { revokeApiClientSecret(input: $input) { ${CLIENT} } }`;

interface SecretNode {
  readonly id: string;
  readonly hint: string;
  readonly expiresAt: string | null;
  readonly retiredAt: string | null;
}
interface Payload {
  readonly clientSecret?: string;
  readonly apiClient: { readonly version: number; readonly secrets: readonly SecretNode[] };
}
type Changed = Readonly<Record<string, Payload | null>>;

describe('the secrets of a client', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let client: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    northwind = app.tenant('northwind');
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    client = await aClient(northwind);
  });

  const rotate = (input: Record<string, unknown> = {}, ask: Ask = northwind.as('OWNER')) =>
    ask<Changed>(ROTATE, { input: { clientId: client.id, ...input } });
  const rotated = async (input: Record<string, unknown> = {}): Promise<Payload & { readonly clientSecret: string }> => {
    const { data, errors } = await rotate(input);
    const payload = data?.['rotateApiClientSecret'];
    if (payload?.clientSecret === undefined) throw new Error(JSON.stringify(errors));
    return { ...payload, clientSecret: payload.clientSecret };
  };
  const revoke = (input: Record<string, unknown>, ask: Ask = northwind.as('OWNER')) =>
    ask<Changed>(REVOKE, { input: { clientId: client.id, ...input } });
  const refusalOf = ({ errors }: Answer<Changed>) => errors?.[0]?.extensions;
  const fits = async (...secrets: string[]) => {
    const answers = await Promise.all(secrets.map(secret => tokenOf(app, { ...client, secret })));
    return answers.map(({ status }) => status === 200);
  };

  it('are rotated with both valid for a day, and tokens live on [API-007] [SEC-004]', async () => {
    const token = await accessTokenOf(app, client);
    const { clientSecret: second, apiClient } = await rotated();

    expect(second).toMatch(/^payymo_cs_[\w-]{43}$/);
    expect(apiClient.secrets.map(({ hint, expiresAt }) => [hint, expiresAt])).toEqual([
      [second.slice(-4), null],
      [client.secret.slice(-4), new Date(app.clock.now().getTime() + 24 * HOUR_MS).toISOString()],
    ]);
    expect((await app.ask(`Bearer ${token}`)('{ me { id } }')).status).toBe(200);
    expect(await fits(client.secret, second)).toEqual([true, true]);

    app.clock.advance(24 * HOUR_MS - 1);
    expect(await fits(client.secret, second)).toEqual([true, true]);
    app.clock.advance(1);
    expect(await fits(client.secret, second)).toEqual([false, true]);
  });

  it('are never more than two: a third retires the oldest at once [API-007] [SEC-004]', async () => {
    const { clientSecret: second } = await rotated({ overlapHours: 168 });
    const { clientSecret: third } = await rotated({ overlapHours: 168 });

    expect(await fits(client.secret, second, third)).toEqual([false, true, true]);
  });

  it('are never more than two, however many rotations come at once [SEC-004]', async () => {
    const secrets = (await Promise.all(Array.from({ length: 5 }, () => rotated()))).map(({ clientSecret }) => clientSecret);

    expect((await fits(client.secret, ...secrets)).filter(Boolean)).toHaveLength(2);
  });

  it('overlap as long as is asked for, also not at all, and a rotation never prolongs one [SEC-004]', async () => {
    const { clientSecret: second } = await rotated({ overlapHours: 0 });
    expect(await fits(client.secret, second)).toEqual([false, true]);

    const { clientSecret: third } = await rotated({ overlapHours: 1 });
    app.clock.advance(HOUR_MS);
    expect(await fits(client.secret, second, third)).toEqual([false, false, true]);
  });

  it.each([-1, 169])('do not overlap for %d hours [API-009]', async overlapHours => {
    expect(refusalOf(await rotate({ overlapHours }))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'overlapHours' });
  });

  it('are taken back one by one, with every token of the client [SEC-009]', async () => {
    const { clientSecret: second, apiClient } = await rotated();
    const token = await accessTokenOf(app, client);

    const { data, errors } = await revoke({ secretId: apiClient.secrets[1]?.id });

    expect(errors).toBeUndefined();
    expect(data?.['revokeApiClientSecret']?.apiClient).toMatchObject({
      version: 2,
      secrets: [{ retiredAt: null }, { retiredAt: app.clock.now().toISOString() }],
    });
    expect((await app.ask(`Bearer ${token}`)('{ me { id } }')).status).toBe(401);
    expect(await fits(client.secret, second)).toEqual([false, true]);
    expect(refusalOf(await revoke({ secretId: apiClient.secrets[1]?.id }))).toMatchObject({ code: 'CONFLICT' });
  });

  it('may all be taken back; the client waits for another one then [SEC-009]', async () => {
    const { apiClient } = await rotated({ overlapHours: 0 });
    await revoke({ secretId: apiClient.secrets[0]?.id });
    expect(await fits(client.secret)).toEqual([false]);

    const { clientSecret } = await rotated();
    expect(await fits(clientSecret)).toEqual([true]);
  });

  it('are given to nobody who does not hold what the client may, but taken back [SEC-010]', async () => {
    const { apiClient } = await rotated();
    const clerk = as(app, header => app.ask(header), northwind.uuid, {
      userId: northwind.userUuids.ADMIN,
      scopes: ['api-clients:update', 'api-clients:read'],
    });

    expect(refusalOf(await rotate({}, clerk))).toMatchObject({ code: 'FORBIDDEN', scope: 'matches:read' });
    expect((await revoke({ secretId: apiClient.secrets[0]?.id }, clerk)).errors).toBeUndefined();
    expect(await fits(client.secret)).toEqual([true]);
  });

  it('stand in the audit trail without themselves [SEC-020]', async () => {
    const { clientSecret, apiClient } = await rotated();
    await revoke({ secretId: apiClient.secrets[1]?.id });

    const entries = await app.db.query<{ action: string; row: string }>(
      `select action, e::text as row from audit_entries e where tenant_id = $1 order by sequence desc limit 2`,
      [northwind.uuid],
    );
    expect(entries.map(({ action }) => action)).toEqual(['api-client.secret-revoked', 'api-client.secret-rotated']);
    expect(entries.map(({ row }) => row).join()).not.toContain(clientSecret);
  });

  it('are not there for a client that proves itself by a certificate [API-009]', async () => {
    const { id } = await aClient(northwind, {
      authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
      certificateThumbprints: ['A'.repeat(43)],
    });

    expect(refusalOf(await rotate({ clientId: id }))).toMatchObject({ code: 'CONFLICT' });
  });

  describe.each<[string, (ask: Ask, input?: Record<string, unknown>) => Promise<Answer<Changed>>]>([
    ['rotateApiClientSecret', (ask, input) => rotate(input, ask)],
    ['revokeApiClientSecret', async (ask, input) => revoke({ secretId: (await rotated()).apiClient.secrets[0]?.id, ...input }, ask)],
  ])('%s', (_operation, change) => {
    it('is not for those who may not, nor for strangers, nor without a fresh second factor [SEC-010] [SEC-011]', async () => {
      const stale = as(app, header => app.ask(header), northwind.uuid, {
        userId: northwind.userUuids.OWNER,
        scopes: permissionsOf.OWNER,
        methods: ['pwd'],
      });

      for (const role of ['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const) {
        expect(refusalOf(await change(northwind.as(role)))).toMatchObject({ code: 'FORBIDDEN', scope: 'api-clients:update' });
      }
      expect(refusalOf(await change(app.anonymous))).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(refusalOf(await change(stale))).toMatchObject({ code: 'STEP_UP_REQUIRED' });
    });

    it('does not reach another tenant [SEC-016]', async () => {
      const foreign = await aClient(app.tenant('aurora'));

      expect(refusalOf(await change(northwind.as('OWNER'), { clientId: foreign.id }))).toMatchObject({ code: 'NOT_FOUND' });
      expect((await tokenOf(app, foreign)).status).toBe(200);
    });
  });

  it('of another client are not found [API-009]', async () => {
    const other = await aClient(northwind);
    const { apiClient } = await rotated();

    expect(refusalOf(await revoke({ clientId: other.id, secretId: apiClient.secrets[0]?.id }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
