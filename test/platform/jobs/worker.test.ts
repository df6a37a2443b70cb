import { setTimeout as pause } from 'node:timers/promises';

import { currentContext, type OperationContext } from '../../../src/platform/context/tenant-context';
import type { Job } from '../../../src/platform/jobs/job';
import { JobWorker } from '../../../src/platform/jobs/worker';
import { createLogger } from '../../../src/platform/logging/logger';
import { aDatabase, type TestDatabase } from '../../support/database';

const log = createLogger({ level: 'silent', environment: 'test', service: 'test', format: 'json' });
const TENANT = '01890a5d-ac96-774b-bcce-b302099a8057';

let db: TestDatabase;
const started: JobWorker[] = [];
const releases: (() => void)[] = [];
beforeEach(async () => {
  db = await aDatabase();
});
afterEach(async () => {
  for (const release of releases.splice(0)) release();
  await Promise.all(started.splice(0).map(worker => worker.stop()));
  await db.drop();
});

async function aWorker(jobs: readonly Job[], onLost: () => void = () => undefined): Promise<JobWorker> {
  const worker = new JobWorker({ url: db.workerUrl, jobs, log, onLost });
  started.push(worker);
  await worker.start();
  return worker;
}

const add = (name: string, attempts = 3) =>
  db.query(`select graphile_worker.add_job($1, json_build_object('tenantId', $2::text), max_attempts => $3)`, [name, TENANT, attempts]);

const jobs = () =>
  db.query<{ locked_by: string | null; attempts: number; last_error: string | null }>('select * from graphile_worker._private_jobs');

async function until(condition: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not come about in time');
    await pause(20);
  }
}

/** A job that does not end before it is released, and counts how often it began. */
function aLongJob(name: string): Job & { readonly begun: () => number; readonly ended: () => number; readonly release: () => void } {
  let begun = 0;
  let ended = 0;
  let release: () => void = () => undefined;
  const released = new Promise<void>(resolve => { release = resolve; });
  releases.push(release);
  const run = async () => {
    begun += 1;
    await released;
    ended += 1;
  };
  return { name, run, begun: () => begun, ended: () => ended, release };
} // prettier-ignore

describe('the worker', () => {
  it('runs a job in the context of its tenant, and repeats one that threw [BNK-003] [OBS-001]', async () => {
    const seen: { context: OperationContext | undefined; input: unknown }[] = [];
    const run = (input: unknown) => {
      seen.push({ context: currentContext(), input });
      return seen.length === 2 ? Promise.resolve() : Promise.reject(new Error('not yet'));
    };
    const worker = await aWorker([{ name: 'test.job', run }]);
    expect(await worker.health()).toBeUndefined();

    await add('test.job', 2);
    await until(async () => (await jobs())[0]?.last_error !== null);
    await db.query('update graphile_worker._private_jobs set run_at = now()');
    await until(async () => (await jobs()).length === 0);

    const context = { requestId: expect.stringMatching(/^job-\d+$/) as string, tenantId: TENANT, operation: 'test.job' };
    expect(seen).toEqual([
      { context, input: { tenantId: TENANT } },
      { context, input: { tenantId: TENANT } },
    ]);
  });

  it('waits for a job under way when it stops, and begins no other [ARC-001] [BNK-003]', async () => {
    const long = aLongJob('test.long');
    const worker = await aWorker([long]);
    await add('test.long');
    await until(() => long.begun() === 1);

    const stopped = worker.stop().then(() => long.ended());
    await pause(100);
    await add('test.long');
    long.release();

    expect(await stopped).toBe(1);
    expect(long.begun()).toBe(1);
    expect(await jobs()).toMatchObject([{ locked_by: null, attempts: 0 }]);
  });

  it('stops without complaint when it was never started, or half-way [ARC-001]', async () => {
    const never = new JobWorker({ url: db.workerUrl, jobs: [], log, onLost: () => undefined });
    await never.stop();
    const halfWay = new JobWorker({ url: 'postgres://nobody@127.0.0.1:1/none', jobs: [], log, onLost: () => undefined });
    await expect(halfWay.start()).rejects.toThrow();
    await halfWay.stop();
  });

  it('takes over the jobs of a worker that died within seconds, and that one hears that it is lost [BNK-003]', async () => {
    const first = aLongJob('test.long');
    const lost = jest.fn();
    await aWorker([first], lost);
    await add('test.long');
    await until(() => first.begun() === 1);

    await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'payymo_worker' and datname = current_database()`,
    );
    await until(() => lost.mock.calls.length > 0);
    const second = aLongJob('test.long');
    second.release();
    await aWorker([second]);

    await until(() => second.ended() === 1, 12_000);
  });

  it('does not take over the long job of a worker that lives, be it another or itself [BNK-003]', async () => {
    const first = aLongJob('test.long');
    await aWorker([first]);
    await add('test.long');
    await until(() => first.begun() === 1);
    await db.query(`update graphile_worker._private_jobs set locked_at = now() - interval '1 hour'`);
    await db.query(`update graphile_worker._private_job_queues set locked_at = now() - interval '1 hour'`);
    const [before] = await jobs();

    const second = aLongJob('test.long');
    await aWorker([second]);
    // Longer than each of the two takes to look for the dead once more.
    await pause(6_000);

    expect(second.begun()).toBe(0);
    expect(first.begun()).toBe(1);
    expect(await jobs()).toMatchObject([{ locked_by: before?.locked_by, attempts: 1 }]);
  });
});
