import { DAY_MS } from '../../src/platform/clock';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import {
  connectionsOf,
  linesOf,
  manyAccounts,
  requestSync,
  runOf,
  syncAgain,
  type SyncRunNode,
  textsOf,
  watchBank,
} from '../support/banking';
import { aBusiness, aLine } from '../support/business';
import { connect } from '../support/journey';

describe('a synchronisation that meets trouble', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let connectionId: string;
  const accounts = manyAccounts(3, at => [aLine({ remittanceInformationUnstructured: `line ${at}` })]);
  const ids = accounts.map(({ id }) => id);

  beforeEach(async () => {
    app = await startApp([aBusiness({ accounts })]);
    tenant = app.tenant('northwind');
    connectionId = (await connect(tenant)).connection.id;
  });
  afterEach(() => app.close());

  const firstRun = async (): Promise<SyncRunNode> =>
    runOf(tenant.as('OWNER'), (await connectionsOf(tenant)).find(({ id }) => id === connectionId)?.latestSync?.id ?? '');
  const ALL = ['line 0', 'line 1', 'line 2'];
  const transactionsOf = (account = '') => `/accounts/${account}/transactions/`;

  it.each([
    ['answers 500', { kind: 'answer', status: 500, body: 'stack trace' }, 'PROVIDER_UNAVAILABLE'],
    ['cuts its answer off', { kind: 'cut' }, 'PROVIDER_UNAVAILABLE'],
    ['closes the connection', { kind: 'reset' }, 'PROVIDER_UNAVAILABLE'],
    ['sends HTML for JSON', { kind: 'html' }, 'PROVIDER_UNAVAILABLE'],
    ['sends an unknown shape', { kind: 'answer', status: 200, body: { transactions: { booked: 'none' } } }, 'PROVIDER_UNAVAILABLE'],
    ['loses its answer', { kind: 'reset', afterwards: true }, 'PROVIDER_UNAVAILABLE'],
  ] as const)(
    'waits when the bank %s, goes on where it stood, and loses and doubles nothing [BNK-003] [UX-002]',
    async (_, fault, errorCode) => {
      app.bank.fail({ ...fault, path: transactionsOf(ids[1]) });
      await app.runJobs();

      const waiting = await firstRun();
      expect(waiting).toMatchObject({
        state: 'WAITING',
        errorCode,
        attempts: 1,
        accountsTotal: 3,
        accountsDone: 1,
        linesNew: 1,
        finishedAt: null,
      });
      expect(Date.parse(waiting.nextAttemptAt ?? '')).toBeGreaterThan(Date.now());
      expect(waiting.errorMessage).not.toMatch(/stack|doctype/);
      expect(await textsOf(tenant)).toEqual(['line 0']);

      const requests = watchBank(app);
      await app.runJobs({ hurry: true });
      expect(await firstRun()).toMatchObject({
        state: 'SUCCEEDED',
        errorCode: null,
        errorMessage: null,
        nextAttemptAt: null,
        attempts: 2,
        accountsDone: 3,
        linesSeen: 3,
        linesNew: 3,
      });
      expect(requests().filter(path => path.includes(ids[0] ?? ''))).toEqual([]);
      expect(await textsOf(tenant)).toEqual(ALL);
    },
  );

  it('is patient with a slow bank [BNK-003]', async () => {
    app.bank.fail({ kind: 'slow', ms: 1_500, path: transactionsOf(ids[1]) });
    await app.runJobs();
    expect(await firstRun()).toMatchObject({ state: 'SUCCEEDED', attempts: 1, linesNew: 3 });
  });

  it('shows that it is at work, and how far, while the bank is slow [UX-002]', async () => {
    app.bank.fail({ kind: 'slow', ms: 2_000, path: transactionsOf(ids[2]) });
    const work = app.runJobs();
    const until = Date.now() + 10_000;
    let run = await firstRun();
    while (run.accountsDone < 2 && Date.now() < until) {
      await new Promise(resolve => setTimeout(resolve, 50));
      run = await firstRun();
    }
    expect(run).toMatchObject({ state: 'RUNNING', accountsTotal: 3, accountsDone: 2, linesNew: 2, finishedAt: null });
    await work;
    expect(await firstRun()).toMatchObject({ state: 'SUCCEEDED', accountsDone: 3 });
  });

  it('waits as long as a 429 asks for, without asking the bank meanwhile, and goes on [BNK-003] [UX-002]', async () => {
    const body = { summary: 'Rate limit exceeded', detail: 'The rate limit is 4/day', type: 'RateLimitError', status_code: 429 };
    app.bank.fail({ kind: 'answer', status: 429, headers: { 'retry-after': '7200' }, body, path: transactionsOf(ids[1]) });
    await app.runJobs();

    const waiting = await firstRun();
    expect(waiting).toMatchObject({ state: 'WAITING', errorCode: 'RATE_LIMITED', accountsDone: 1 });
    expect(Math.abs(Date.parse(waiting.nextAttemptAt ?? '') - Date.now() - 7_200_000)).toBeLessThan(60_000);
    const requests = watchBank(app);
    await app.runJobs();
    expect(await requestSync(tenant, connectionId)).toBe(waiting.id);
    await app.runJobs();
    expect(requests()).toEqual([]);

    await app.runJobs({ hurry: true });
    expect(await firstRun()).toMatchObject({ state: 'SUCCEEDED', accountsDone: 3, linesNew: 3 });
    expect(await textsOf(tenant)).toEqual(ALL);
  });

  it('fails visibly when our own credentials are refused, and leaves the connection active [BNK-003] [UX-002]', async () => {
    const body = { summary: 'Authentication failed', detail: 'No active account found with the given credentials', status_code: 401 };
    app.bank.fail({ kind: 'answer', status: 401, body, path: '/accounts/', times: Infinity });
    await app.runJobs();

    const failed = await firstRun();
    expect(failed).toMatchObject({ state: 'FAILED', errorCode: 'PROVIDER_REJECTED', connection: { status: 'ACTIVE', statusReason: null } });
    expect(failed.finishedAt).not.toBeNull();
    app.bank.clearFaults();
    expect(await syncAgain(app, tenant, connectionId)).toMatchObject({ state: 'SUCCEEDED', linesNew: 3 });
    expect(await textsOf(tenant)).toEqual(ALL);
  });

  it('expires the connection, with the reason, when the consent has ended, and keeps its lines [BNK-001] [BNK-003]', async () => {
    await app.runJobs();
    app.clock.advance(181 * DAY_MS);
    const failed = await syncAgain(app, tenant, connectionId);

    expect(failed).toMatchObject({ state: 'FAILED', errorCode: 'PROVIDER_REJECTED', connection: { status: 'EXPIRED' } });
    expect(failed.connection.statusReason).toMatch(/expired/);
    expect(failed.errorMessage).toBe(failed.connection.statusReason);
    expect(await textsOf(tenant)).toEqual(ALL);
    await expect(requestSync(tenant, connectionId)).rejects.toThrow('CONFLICT');
  });

  it('counts and stores once what two workers fetch at once, each taking the other for dead [BNK-003]', async () => {
    const { id } = await firstRun();
    const [run] = await app.db.query<{ id: string }>('select id from sync_runs');
    app.bank.fail({ kind: 'slow', ms: 300, path: '/transactions/', times: Infinity });
    const job = app.jobs.find(({ name }) => name === 'banking.sync-connection');
    const input = { tenantId: tenant.uuid, runId: run?.id };
    await Promise.all([job?.run(input), job?.run(input)]);

    expect(await runOf(tenant.as('OWNER'), id)).toMatchObject({ state: 'SUCCEEDED', accountsDone: 3, linesSeen: 3, linesNew: 3 });
    expect(await textsOf(tenant)).toEqual(ALL);
  });

  it('books a pending line in place, drops one that vanished, and shows both [BNK-003]', async () => {
    await app.runJobs();
    const [account = ''] = ids;
    const announced = ['paid', 'gone'].map(text => aLine({ remittanceInformationUnstructured: text, amount: '7.00' }));
    const kept = accounts[0]?.booked ?? [];
    app.bank.setLines(account, { booked: kept, pending: announced });
    expect(await syncAgain(app, tenant, connectionId)).toMatchObject({ linesNew: 2 });
    const pending = (await linesOf(tenant)).find(({ remittance }) => remittance === 'paid');

    app.bank.setLines(account, {
      booked: [...kept, { ...announced[0], transactionId: 'other', internalTransactionId: 'other' }],
      pending: [],
    });
    expect(await syncAgain(app, tenant, connectionId)).toMatchObject({ state: 'SUCCEEDED', linesNew: 0, linesUpdated: 1 });
    const lines = await linesOf(tenant);
    expect(lines.map(({ remittance }) => remittance).sort()).toEqual([...ALL, 'paid']);
    expect(lines.find(({ id }) => id === pending?.id)).toMatchObject({ status: 'BOOKED', remittance: 'paid' });
  });

  it('gives up after twelve attempts, and a new run begins where it stood [BNK-003] [UX-002]', async () => {
    app.bank.fail({ kind: 'answer', status: 503, path: transactionsOf(ids[2]), times: Infinity });
    for (let attempt = 0; attempt < 13; attempt += 1) await app.runJobs({ hurry: true });
    expect(await firstRun()).toMatchObject({ state: 'FAILED', attempts: 12, accountsDone: 2, errorCode: 'PROVIDER_UNAVAILABLE' });

    app.bank.clearFaults();
    expect(await syncAgain(app, tenant, connectionId)).toMatchObject({ state: 'SUCCEEDED', linesNew: 1 });
    expect(await linesOf(tenant)).toHaveLength(3);
  });
});
