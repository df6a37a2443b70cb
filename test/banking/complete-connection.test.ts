import { tenantIds } from '../../src/identity/ids';
import { MINUTE_MS } from '../../src/platform/clock';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { COMPLETE, connectionsOf, dataOf, refusalOf } from '../support/banking';
import { aBusiness, anotherBusiness } from '../support/business';
import { type CompletedConnection, connect, consent, startConnection, type StartedConnection } from '../support/journey';

describe('completeConnection', () => {
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

  const complete = (reference: string, role: Parameters<TestTenant['as']>[0] = 'OWNER', of = tenant) =>
    of.as(role)<{ completeConnection: CompletedConnection }>(COMPLETE, { input: { reference } });
  const consented = async (): Promise<StartedConnection> => {
    const started = await startConnection(tenant);
    await consent(started);
    return started;
  };
  const connectionOf = async ({ connection: { id } }: StartedConnection) => (await connectionsOf(tenant)).find(other => other.id === id);
  const UNKNOWN = { code: 'REFERENCE_UNKNOWN', message: 'This reference was never issued to you' };

  it('activates the connection with its accounts and queues the first synchronisation [BNK-001]', async () => {
    const started = await consented();
    const { completeConnection } = await dataOf(complete(started.reference));

    expect(completeConnection).toMatchObject({ connection: { id: started.connection.id, status: 'ACTIVE' }, syncRun: { state: 'QUEUED' } });
    expect(await connectionOf(started)).toMatchObject({
      status: 'ACTIVE',
      accounts: [{ syncedThrough: null }],
      latestSync: { id: completeConnection.syncRun.id },
    });
  });

  it.each([
    ['malformed', 'nonsense'],
    ['empty', ''],
    ['with a NUL', 'a\u0000b'],
    ['very long', 'x'.repeat(20_000)],
  ])('does not know a reference that is %s [SEC-012] [API-009]', async (_, reference) => {
    expect(await refusalOf(complete(reference))).toMatchObject(UNKNOWN);
  });

  it("answers a reference never issued, another tenant's and another user's with the same bytes, and uses none up [SEC-012] [SEC-016]", async () => {
    const { reference } = await consented();
    const never = `${tenantIds.encode(tenant.uuid)}.${'A'.repeat(43)}`;
    const refusals = await Promise.all([
      refusalOf(complete(never)),
      refusalOf(complete(reference, 'OWNER', app.tenant('aurora'))),
      refusalOf(complete(reference, 'ADMIN')),
    ]);

    expect(refusals).toEqual([UNKNOWN, UNKNOWN, UNKNOWN].map(refusal => expect.objectContaining(refusal) as unknown));
    expect(new Set(refusals.map(refusal => JSON.stringify(refusal))).size).toBe(1);
    expect(await dataOf(complete(reference))).toMatchObject({ completeConnection: { connection: { status: 'ACTIVE' } } });
  });

  it('refuses a reference that was used, and tells which connection it made [SEC-012]', async () => {
    const { reference, connection } = await consented();
    await dataOf(complete(reference));

    const refusal = await refusalOf(complete(reference));
    expect(refusal).toMatchObject({ code: 'REFERENCE_USED' });
    expect(refusal.message).toContain(connection.id);
  });

  it('lets one of ten at once pass: one connection, its accounts once, one synchronisation [SEC-012] [BNK-003]', async () => {
    const started = await consented();
    const answers = await Promise.all(Array.from({ length: 10 }, () => complete(started.reference)));

    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code))).toEqual(Array(9).fill('REFERENCE_USED'));
    expect((await connectionOf(started))?.accounts).toHaveLength(1);
    const runs = await app.db.query('select 1 from sync_runs r join connections c on c.id = r.connection_id where c.consent_id = $1', [
      await consentIdOf(started),
    ]);
    expect(runs).toHaveLength(1);
  });

  it('refuses a reference after thirty minutes, and takes it just before [SEC-012]', async () => {
    const [early, late] = [await consented(), await consented()];
    app.clock.advance(30 * MINUTE_MS - 1);
    expect(await dataOf(complete(early.reference))).toMatchObject({ completeConnection: { connection: { status: 'ACTIVE' } } });
    app.clock.advance(1);
    expect(await refusalOf(complete(late.reference))).toMatchObject({ code: 'REFERENCE_EXPIRED' });
    expect(await connectionOf(late)).toMatchObject({ status: 'PENDING', accounts: [] });
  });

  it('says that the consent is not given yet, and completes once it is [BNK-001]', async () => {
    const started = await startConnection(tenant);
    expect(await refusalOf(complete(started.reference))).toMatchObject({ code: 'CONFLICT' });
    await fetch(started.consentUrl, { headers: { accept: 'text/html' } });
    expect(await refusalOf(complete(started.reference))).toMatchObject({ code: 'CONFLICT' });

    await consent(started);
    expect(await dataOf(complete(started.reference))).toMatchObject({ completeConnection: { connection: { status: 'ACTIVE' } } });
  });

  it('rejects the connection when the user declined at the bank, once and for all [BNK-001] [SEC-012]', async () => {
    const started = await startConnection(tenant);
    await fetch(started.consentUrl, { method: 'POST', body: new URLSearchParams({ decision: 'decline' }), redirect: 'manual' });

    expect(await refusalOf(complete(started.reference))).toMatchObject({ code: 'PROVIDER_REJECTED' });
    expect(await connectionOf(started)).toMatchObject({
      status: 'REJECTED',
      statusReason: 'The consent was refused at the bank',
      accounts: [],
    });
    expect(await refusalOf(complete(started.reference))).toMatchObject({ code: 'REFERENCE_USED' });
  });

  it.each([
    ['is down', { kind: 'answer', status: 500 }, 'PROVIDER_UNAVAILABLE'],
    ['is no JSON', { kind: 'html' }, 'PROVIDER_UNAVAILABLE'],
    ['is cut off', { kind: 'cut' }, 'PROVIDER_UNAVAILABLE'],
    ['slows us down', { kind: 'answer', status: 429, headers: { 'retry-after': '3' } }, 'RATE_LIMITED'],
  ] as const)('uses nothing up when the provider %s: the same reference works afterwards [BNK-001] [SEC-012]', async (_, fault, code) => {
    const started = await consented();
    app.bank.fail({ ...fault, path: '/requisitions/', times: Infinity });
    expect(await refusalOf(complete(started.reference))).toMatchObject({ code });
    expect(await connectionOf(started)).toMatchObject({ status: 'PENDING', accounts: [] });

    app.bank.clearFaults();
    expect(await dataOf(complete(started.reference))).toMatchObject({ completeConnection: { connection: { status: 'ACTIVE' } } });
  });

  it('does not take a consent that the provider says belongs to another reference [SEC-012]', async () => {
    const [one, two] = [await consented(), await consented()];
    const body = { id: await consentIdOf(two), status: 'LN', reference: two.reference, accounts: ['7e1c2f3a-0000-4000-8000-000000000001'] };
    app.bank.fail({ kind: 'answer', status: 200, body, path: '/requisitions/' });
    expect(await refusalOf(complete(one.reference))).toMatchObject({ code: 'REFERENCE_UNKNOWN' });
    expect(await connectionOf(one)).toMatchObject({ status: 'PENDING', accounts: [] });
  });

  it('is refused to a role without the scope and to a caller who is not signed in [API-009]', async () => {
    const { reference } = await consented();
    expect(await refusalOf(complete(reference, 'VIEWER'))).toMatchObject({ code: 'FORBIDDEN', scope: 'connections:create' });
    expect(await refusalOf(app.anonymous(COMPLETE, { input: { reference } }))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('fault 9 of the earlier Payymo: an authorization outlives the process that began it, and its reference holds nothing guessable [SEC-012]', async () => {
    const { reference } = await consented();
    const [named, secret = ''] = reference.split('.');
    expect(named).toBe(tenant.id);
    expect(secret).toMatch(/^[\w-]{43}$/);
    const [row] = await app.db.query<{ kept: string }>(
      "select count(*)::text as kept from connection_authorizations where used_at is null and reference_hash = encode(sha256($1::bytea), 'hex')",
      [reference],
    );
    expect(row?.kept).toBe('1');
    await connect(tenant);
    expect(await dataOf(complete(reference))).toMatchObject({ completeConnection: { connection: { status: 'ACTIVE' } } });
  });

  const consentIdOf = async ({ reference }: StartedConnection) =>
    (
      await app.db.query<{ consent_id: string }>(
        `select consent_id from connections c join connection_authorizations a on a.connection_id = c.id
         where a.reference_hash = encode(sha256($1::bytea), 'hex')`,
        [reference],
      )
    )[0]?.consent_id;
});
