import { setTimeout as pause } from 'node:timers/promises';

import { startApp, type TestApp, type TestTenant } from '../support/app';
import { WorkerProcess } from '../support/banking-worker';
import { aBusiness } from '../support/business';
import { synced } from '../support/journey';
import { decide, type FullMatch, newestMatches, proposals } from '../support/reconciliation';

const MATCHES = 20;
const KILLS = 20;
/** How late WHMCS is with a payment, also when whoever sent it is dead by then. */
const LATE_MS = 400;
const READ_MS = 150;
/** One booking takes about so long: a kill hits any part of it. */
const BOOKING_MS = 1_300;
/** A worker that died is taken for dead after three seconds; its successor looks when it starts. */
const DEAD_AFTER_MS = 3_100;

describe('bookings whose workers die', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let worker: WorkerProcess | undefined;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
  });
  afterAll(async () => {
    await worker?.kill();
    await app.close();
  });

  const applied = async () => (await newestMatches(tenant)).filter(({ state }) => state === 'APPLIED').length;
  const underWay = async () =>
    (
      await app.db.query(
        `select id from matches where state = 'APPROVED' and next_attempt_at > now() and error_code is null and application_attempts > 0`,
      )
    ).length;

  const until = async (isSo: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> => {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      if (await isSo()) return true;
      await pause(20);
    }
    return false;
  };

  /** The two minutes after which nothing can be under way any more pass at once. Only while no worker lives and WHMCS is at rest. */
  const timePasses = async () => {
    await pause(LATE_MS + 200);
    await app.db.query(`update matches set next_attempt_at = now() where state = 'APPROVED' and next_attempt_at is not null`);
    await app.db.query('update graphile_worker._private_jobs set run_at = now()');
  };

  const slowDown = () => {
    app.whmcs.fail({ action: 'AddInvoicePayment', kind: 'delay-effect', ms: LATE_MS, times: Infinity });
    for (const action of ['GetTransactions', 'GetInvoice']) app.whmcs.fail({ action, kind: 'slow', ms: READ_MS, times: Infinity });
  };

  /** Lets a worker begin, and kills it at some moment of its work. */
  const killOne = async (kill: number): Promise<boolean> => {
    if (kill % 4 === 3) app.whmcs.fail({ action: 'AddInvoicePayment', kind: 'crash-after' });
    const before = app.whmcs.requests.length;
    const started = performance.now();
    worker = WorkerProcess.start(app);
    await until(() => app.whmcs.requests.length > before, 12_000);
    await pause(Math.random() * BOOKING_MS);
    await worker.kill();
    const hit = (await underWay()) > 0;
    await pause(Math.max(0, DEAD_AFTER_MS - (performance.now() - started)));
    if (kill % 2 === 1) await timePasses();
    return hit;
  };

  it('are each made exactly once, and none is forgotten [REC-007]', async () => {
    const approved: readonly FullMatch[] = await proposals(app, tenant, MATCHES);
    for (const match of approved) expect(await decide(tenant, 'approveMatch', match)).toBeUndefined();
    slowDown();

    let hits = 0;
    for (let kill = 0; kill < KILLS; kill += 1) if (await killOne(kill)) hits += 1;
    app.whmcs.clearFaults();
    for (let round = 0; round < 3 && (await applied()) < MATCHES; round += 1) {
      await timePasses();
      worker = WorkerProcess.start(app);
      await until(async () => (await applied()) === MATCHES, 15_000);
      await worker.kill();
    }

    expect(await newestMatches(tenant)).toMatchObject(approved.map(() => ({ state: 'APPLIED', invoice: { status: 'PAID' } })));
    const booked = app.whmcs.payments('northwind').map(({ transid }) => transid);
    expect(booked.sort()).toEqual(approved.map(({ billingTransactionId }) => billingTransactionId).sort());
    // Or else the kills came at the wrong time and nothing was shown.
    expect(hits).toBeGreaterThan(KILLS / 4);
  }, 150_000);
});
