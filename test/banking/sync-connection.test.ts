import { connectionIds } from '../../src/banking/ids';
import { addDays, DAY_MS, isoDate } from '../../src/platform/clock';
import { newId } from '../../src/platform/database/ids';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import {
  connectionsOf,
  dataOf,
  linesOf,
  manyAccounts,
  refusalOf,
  requestSync,
  runOf,
  SYNC,
  syncAgain,
  textsOf,
  watchBank,
} from '../support/banking';
import { aBusiness, aLine, anotherBusiness, daysAgo } from '../support/business';
import { connect, startConnection } from '../support/journey';

const line = (text: string, difference: object = {}) => aLine({ remittanceInformationUnstructured: text, ...difference });

describe('syncConnection', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let connectionId: string;
  let firstRun: string;
  const accounts = manyAccounts(2, at => [
    line(`old ${at}`, { bookingDate: daysAgo(80), valueDate: daysAgo(79) }),
    line(`new ${at}`, { amount: '-4.20', creditorName: 'Power & Light' }),
  ]);
  const firstAccount = accounts[0]?.id ?? '';
  const sync = (id: string, role: Parameters<TestTenant['as']>[0] = 'OWNER', of = tenant) => of.as(role)(SYNC, { connectionId: id });

  beforeAll(async () => {
    app = await startApp([aBusiness({ accounts }), anotherBusiness()]);
    tenant = app.tenant('northwind');
    const { connection, syncRun } = await connect(tenant);
    [connectionId, firstRun] = [connection.id, syncRun.id];
  });
  afterAll(() => app.close());

  it('waits in the queue at first, and an accountant may watch it [UX-002]', async () => {
    expect(await runOf(tenant.as('ACCOUNTANT'), firstRun)).toMatchObject({
      state: 'QUEUED',
      attempts: 0,
      startedAt: null,
      finishedAt: null,
      accountsTotal: 0,
      accountsDone: 0,
    });
  });

  it('fetches the whole history, balances and details at first, and counts them [BNK-001] [BNK-003] [UX-002] [DAT-005]', async () => {
    const requests = watchBank(app);
    await app.runJobs();

    expect(await runOf(tenant.as('VIEWER'), firstRun)).toMatchObject({
      state: 'SUCCEEDED',
      attempts: 1,
      errorCode: null,
      nextAttemptAt: null,
      accountsTotal: 2,
      accountsDone: 2,
      linesSeen: 4,
      linesNew: 4,
      linesUpdated: 0,
      linesRejected: 0,
      rejectedLines: [],
    });
    expect(requests().filter(path => path.includes(`date_from=${daysAgo(90)}&date_to=${daysAgo(0)}`))).toHaveLength(2);
    const [connection] = await connectionsOf(tenant);
    expect(connection).toMatchObject({ id: connectionId, status: 'ACTIVE', latestSync: { id: firstRun, state: 'SUCCEEDED' } });
    expect(connection?.accounts).toMatchObject(
      [1, 2].map(number => ({
        name: `Account ${number}`,
        iban: `DE8937040044000000000${number}`,
        ownerName: 'Northwind Hosting GmbH',
        currency: 'EUR',
        syncedThrough: daysAgo(0),
        balance: { amountMinor: '191312', currency: 'EUR' },
      })),
    );
    expect(await linesOf(tenant)).toMatchObject([
      {
        remittance: expect.stringMatching(/^old/) as unknown,
        bookedOn: daysAgo(80),
        valueOn: daysAgo(79),
        amount: { amountMinor: '11845', currency: 'EUR' },
      },
      { remittance: expect.stringMatching(/^old/) as unknown, status: 'BOOKED', counterpartyName: 'Vance & Brandt' },
      { remittance: expect.stringMatching(/^new/) as unknown, amount: { amountMinor: '-420' }, counterpartyName: 'Power & Light' },
      { remittance: expect.stringMatching(/^new/) as unknown },
    ]);
  });

  it('fetches only the last days again, and adds nothing twice [BNK-003]', async () => {
    const before = await linesOf(tenant);
    const requests = watchBank(app);
    const run = await syncAgain(app, tenant, connectionId);

    expect(run).toMatchObject({ state: 'SUCCEEDED', accountsDone: 2, linesSeen: 2, linesNew: 0, linesUpdated: 0 });
    expect(await linesOf(tenant)).toEqual(before);
    const from = addDays(daysAgo(0), -10);
    expect(requests().filter(path => path.includes(`/transactions/?date_from=${from}&`))).toHaveLength(2);
    expect(requests().filter(path => path.includes('/details/'))).toEqual([]);
  });

  it('adds the lines that are new, also those that the bank books late [BNK-003]', async () => {
    app.clock.advance(3 * DAY_MS);
    app.bank.addLines(firstAccount, [line('late', { bookingDate: daysAgo(6) }), line('today', { bookingDate: isoDate(app.clock.now()) })]);

    expect(await syncAgain(app, tenant, connectionId)).toMatchObject({ linesNew: 2, linesUpdated: 0 });
    expect(await textsOf(tenant)).toEqual(['late', 'new 0', 'new 1', 'old 0', 'old 1', 'today']);
  });

  it('answers with the run that is under way instead of beginning another, also to ten at once [BNK-003]', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => requestSync(tenant, connectionId)));
    expect(new Set(answers).size).toBe(1);
    const [run = ''] = answers;
    expect(await runOf(tenant.as('OWNER'), run)).toMatchObject({ state: 'QUEUED' });
    expect(await dataOf(sync(connectionId, 'ACCOUNTANT'))).toMatchObject({ syncConnection: { syncRun: { id: run } } });

    await app.runJobs();
    expect(await runOf(tenant.as('OWNER'), run)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
    expect(await requestSync(tenant, connectionId)).not.toBe(run);
    await app.runJobs();
  });

  it("answers another tenant's connection like an unknown one, and does not touch it [SEC-016] [API-009]", async () => {
    const unknown = connectionIds.encode(newId());
    const [foreign, missing] = [await refusalOf(sync(connectionId, 'OWNER', app.tenant('aurora'))), await refusalOf(sync(unknown))];
    expect(missing).toMatchObject({ code: 'NOT_FOUND' });
    expect(JSON.stringify(foreign).replace(connectionId, 'ID')).toBe(JSON.stringify(missing).replace(unknown, 'ID'));
    expect((await connectionsOf(tenant))[0]?.latestSync).toMatchObject({ state: 'SUCCEEDED' });
  });

  it("shows another tenant's run to nobody [SEC-016]", async () => {
    const ask = app.tenant('aurora').as('OWNER');
    const query = 'query ($id: ID!) { syncRun(id: $id) { id } node(id: $id) { id } }';
    expect(await dataOf(ask(query, { id: firstRun }))).toEqual({ syncRun: null, node: null });
  });

  it.each([
    '',
    'con_',
    'nonsense',
    'con_01k9b5s9v1f3h8m2t7q4x6z0y',
    'CON_01K9B5S9V1F3H8M2T7Q4X6Z0YE',
    'txn_01k9b5s9v1f3h8m2t7q4x6z0ye',
    "con_'; --",
  ])('refuses %j, which is no id of a connection [API-009]', async id => {
    expect(await refusalOf(sync(id))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.connectionId' });
  });

  it('refuses a connection that is not active [BNK-001] [API-009]', async () => {
    const { connection } = await startConnection(tenant);
    const refusal = await refusalOf(sync(connection.id));
    expect(refusal).toMatchObject({ code: 'CONFLICT' });
    expect(refusal.message).toContain('PENDING');
  });

  it.each(['VIEWER', 'INTEGRATION'] as const)('is forbidden to the role %s [API-009]', async role => {
    expect(await refusalOf(sync(connectionId, role))).toMatchObject({ code: 'FORBIDDEN', scope: 'connections:sync' });
  });

  it('is refused to a caller who is not signed in [API-009]', async () => {
    expect(await refusalOf(app.anonymous(SYNC, { connectionId }))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it("fault 13 of the earlier Payymo: every page of a long list is fetched, and days are the bank's own [BNK-001]", async () => {
    const late = Array.from({ length: 150 }, (_, at) =>
      line(`row ${at}`, { bookingDate: undefined, bookingDateTime: `${daysAgo(2)}T23:59:59-11:00` }),
    );
    app.bank.addLines(firstAccount, late);
    expect(await syncAgain(app, tenant, connectionId)).toMatchObject({ linesNew: 150 });

    const rows = (await linesOf(tenant)).filter(({ remittance }) => remittance.startsWith('row'));
    expect(rows).toHaveLength(150);
    expect(new Set(rows.map(({ bookedOn }) => bookedOn))).toEqual(new Set([daysAgo(2)]));
  });
});
