import { createHash } from 'node:crypto';

import { startApp, type TestApp, type TestTenant } from '../support/app';
import { dataOf, refusalOf, START } from '../support/banking';
import { aBusiness, anotherBusiness } from '../support/business';
import type { StartedConnection } from '../support/journey';

const INSTITUTION = 'SANDBOXFINANCE_SFIN0000';

describe('startConnection', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterEach(() => {
    app.bank.clearFaults();
  });
  afterAll(() => app.close());

  const start = (input: object, role: Parameters<TestTenant['as']>[0] = 'OWNER') =>
    tenant.as(role)<{ startConnection: StartedConnection & { expiresAt: string } }>(START, { input });
  const started = async (input: object = { institutionId: INSTITUTION }) => (await dataOf(start(input))).startConnection;
  const rows = async () => (await app.db.query<{ count: string }>('select count(*) from connections'))[0]?.count;

  it('begins a pending connection, whose link leads to the consent page of the bank [BNK-001] [BNK-006]', async () => {
    const { connection, consentUrl, expiresAt } = await started();
    expect(connection).toMatchObject({ status: 'PENDING', institutionId: INSTITUTION, institutionName: 'Sandbox Finance' });
    expect(new URL(consentUrl).origin).toBe(app.bank.origin);
    expect(Date.parse(expiresAt) - app.clock.now().getTime()).toBe(30 * 60_000);

    const page = await fetch(consentUrl, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Share your account data?');
  });

  it('gives each connection an unguessable reference that the provider takes, and stores only its hash [SEC-012]', async () => {
    const [one, two] = [await started(), await started()];
    expect(one.reference).not.toBe(two.reference);
    expect(one.reference.length).toBeLessThanOrEqual(256);
    const secret = one.reference.split('.').at(-1) ?? '';
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);

    const stored = await app.db.query<{ row: string; user_id: string; tenant_id: string }>(
      'select a::text as row, user_id, tenant_id from connection_authorizations a where reference_hash = $1',
      [createHash('sha256').update(one.reference).digest('hex')],
    );
    expect(stored).toMatchObject([{ user_id: tenant.userUuids.OWNER, tenant_id: tenant.uuid }]);
    const everything = await app.db.query<{ row: string }>(
      'select a::text as row from connection_authorizations a union select c::text from connections c',
    );
    expect(everything.map(({ row }) => row).join()).not.toContain(secret);
  });

  it('sends the user back to our own callback unless told otherwise, also for an explicit null [BNK-001]', async () => {
    for (const input of [{ institutionId: INSTITUTION }, { institutionId: INSTITUTION, redirectUrl: null }]) {
      const { consentUrl } = await started(input);
      const { headers } = await fetch(consentUrl, { redirect: 'manual' });
      expect(headers.get('location')).toMatch(`${app.url}/connect/gocardless-bank-data/callback?ref=`);
    }
  });

  it.each(['NO_SUCH_BANK', '', '..', '../agreements/enduser', 'ÿ\u0000', 'x'.repeat(5_000)])(
    'does not find the institution %j, and leaves no row [BNK-001] [API-009]',
    async institutionId => {
      const before = await rows();
      expect(await refusalOf(start({ institutionId }))).toMatchObject({ code: 'NOT_FOUND' });
      expect(await rows()).toBe(before);
    },
  );

  it.each([
    'https://evil.example/',
    'javascript:alert(1)',
    'not a url',
    '',
    '//evil.example',
    'data:text/html,x',
    'http://127.0.0.1:1@evil.example/',
  ])('refuses a redirect to %j, outside of the allowed origins, before it asks the bank [SEC-012]', async redirectUrl => {
    const before = app.bank.requests.length;
    expect(await refusalOf(start({ institutionId: INSTITUTION, redirectUrl }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'redirectUrl',
    });
    expect(app.bank.requests).toHaveLength(before);
  });

  it.each(['VIEWER', 'ACCOUNTANT', 'INTEGRATION'] as const)('is forbidden to the role %s [API-009]', async role => {
    expect(await refusalOf(start({ institutionId: INSTITUTION }, role))).toMatchObject({ code: 'FORBIDDEN', scope: 'connections:create' });
  });

  it('is refused to a caller who is not signed in [API-009]', async () => {
    expect(await refusalOf(app.anonymous(START, { input: { institutionId: INSTITUTION } }))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    ['answers 500', { kind: 'answer', status: 500 }, 'PROVIDER_UNAVAILABLE'],
    ['sends HTML', { kind: 'html' }, 'PROVIDER_UNAVAILABLE'],
    ['hangs up', { kind: 'reset' }, 'PROVIDER_UNAVAILABLE'],
    ['slows us down', { kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, 'RATE_LIMITED'],
    [
      'refuses',
      { kind: 'answer', status: 402, body: { summary: 'Payment Required', detail: 'Free usage limit exceeded' } },
      'PROVIDER_REJECTED',
    ],
  ] as const)('leaves no row when the provider %s, and works afterwards [BNK-001] [API-009]', async (_, fault, code) => {
    const before = await rows();
    app.bank.fail({ ...fault, path: '/requisitions/', method: 'POST', times: Infinity });
    expect(await refusalOf(start({ institutionId: INSTITUTION }))).toMatchObject({ code });
    expect(await rows()).toBe(before);

    app.bank.clearFaults();
    expect((await started()).connection.status).toBe('PENDING');
  });
});
