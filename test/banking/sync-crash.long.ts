import { setTimeout as pause } from 'node:timers/promises';

import { startApp, type TestApp, type TestTenant } from '../support/app';
import { manyAccounts, runOf, type SyncRunNode } from '../support/banking';
import { WorkerProcess } from '../support/banking-worker';
import { aBusiness, aLine, daysAgo } from '../support/business';
import { connect } from '../support/journey';

const KILLS = 10;
const ACCOUNTS = 80;
const LINES = 60;
/** With the start of a process on a busy machine; without a rescue it would be four hours. */
const TAKEOVER_MS = 20_000;

/** Lines of one account, the last two equal but for their ids. */
const linesOf = (account: number) =>
  Array.from({ length: LINES }, (_, at) =>
    aLine({
      remittanceInformationUnstructured: `account ${account} line ${Math.min(at, LINES - 2)}`,
      bookingDate: daysAgo(at < LINES - 2 ? at % 60 : 60),
    }),
  );

describe('a synchronisation whose workers die', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let worker: WorkerProcess | undefined;
  beforeAll(async () => {
    app = await startApp([aBusiness({ accounts: manyAccounts(ACCOUNTS, linesOf) })]);
    tenant = app.tenant('northwind');
  });
  afterAll(async () => {
    await worker?.kill();
    await app.close();
  });

  const until = async (id: string, isSo: (run: SyncRunNode) => boolean, withinMs: number): Promise<number> => {
    const began = performance.now();
    for (;;) {
      const run = await runOf(tenant.as('OWNER'), id);
      const ms = performance.now() - began;
      if (isSo(run)) return ms;
      if (ms > withinMs) throw new Error(`Not within ${withinMs} ms: ${JSON.stringify({ ...run, rejectedLines: [] })}`);
      await pause(40);
    }
  };

  it('is taken over within seconds each time, and loses and doubles no line [BNK-003]', async () => {
    app.bank.fail({ kind: 'slow', ms: 250, path: '/transactions/', times: Infinity });
    const { syncRun } = await connect(tenant);
    const takeovers: number[] = [];
    for (let kill = 0; kill <= KILLS; kill += 1) {
      worker = WorkerProcess.start(app);
      takeovers.push(await until(syncRun.id, ({ attempts }) => attempts > kill, TAKEOVER_MS));
      if (kill === KILLS) break;
      await pause(Math.random() * 1_500);
      const run = await runOf(tenant.as('OWNER'), syncRun.id);
      expect(run).toMatchObject({ state: 'RUNNING', attempts: kill + 1 });
      await worker.kill();
    }
    app.bank.clearFaults();
    await until(syncRun.id, ({ state }) => state !== 'RUNNING', 30_000);

    expect(takeovers).toHaveLength(KILLS + 1);
    expect(await runOf(tenant.as('OWNER'), syncRun.id)).toMatchObject({
      state: 'SUCCEEDED',
      attempts: KILLS + 1,
      accountsTotal: ACCOUNTS,
      accountsDone: ACCOUNTS,
      linesSeen: ACCOUNTS * LINES,
      linesNew: ACCOUNTS * LINES,
      linesUpdated: 0,
    });
    const stored = await app.db.query<{ text: string }>('select remittance as text from transactions');
    const expected = Array.from({ length: ACCOUNTS }, (_, account) =>
      linesOf(account).map(line => line['remittanceInformationUnstructured']),
    );
    expect(stored.map(({ text }) => text).sort()).toEqual(expected.flat().sort());
  }, 180_000);
});
