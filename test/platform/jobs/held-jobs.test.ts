import { setTimeout as pause } from 'node:timers/promises';

import { PayymoError, TenantClosed } from '../../../src/platform/errors';
import { isOnHold, mayPass } from '../../../src/platform/jobs/failure';
import { cancelJobs, wakeJobs } from '../../../src/platform/jobs/held-jobs';
import { JobWorker } from '../../../src/platform/jobs/worker';
import { createLogger } from '../../../src/platform/logging/logger';
import { aTenantedDatabase, type TenantedDatabase } from '../../support/tenanted-database';

describe('the jobs of a tenant on hold', () => {
  let on: TenantedDatabase;
  const logged: string[] = [];
  const log = createLogger({
    level: 'info',
    environment: 'test',
    service: 'test',
    format: 'json',
    destination: { write: line => void logged.push(line) },
  });
  beforeAll(async () => {
    on = await aTenantedDatabase();
  });
  beforeEach(async () => {
    logged.length = 0;
    await on.db.query('delete from graphile_worker._private_jobs');
  });
  afterAll(() => on.close());

  const add = (tenantId: string) =>
    on.db.query(`select graphile_worker.add_job('test.job', json_build_object('tenantId', $1::text))`, [tenantId]);
  const jobs = () =>
    on.db.query<{ tenant: string; attempts: number; due: boolean }>(
      `select payload->>'tenantId' as tenant, attempts, run_at <= now() as due from graphile_worker._private_jobs order by id`,
    );
  const work = async (failure: Error, until: () => Promise<boolean>) => {
    const run = () => Promise.reject(failure);
    const worker = new JobWorker({ url: on.db.workerUrl, jobs: [{ name: 'test.job', run }], log, onLost: () => undefined });
    await worker.start();
    while (!(await until())) await pause(20);
    await worker.stop();
  };

  it('wait without alarm, and are due as soon as they are woken, those of the tenant alone [BNK-003] [BNK-008]', async () => {
    await add(on.northwind.id);
    await add(on.aurora.id);
    await work(new PayymoError('TENANT_SUSPENDED', 'held'), async () => (await jobs()).every(({ attempts }) => attempts === 1));
    expect(logged.filter(line => line.includes('held')).map(line => (JSON.parse(line) as { level: string }).level)).toEqual(['info', 'info']);
    expect(await jobs()).toMatchObject([{ due: false }, { due: false }]);

    await on.scope(on.northwind).change(transaction => wakeJobs(transaction, on.northwind.id));
    expect(await jobs()).toMatchObject([{ tenant: on.northwind.id, due: true }, { tenant: on.aurora.id, due: false }]);
  }); // prettier-ignore

  it('leave a job that waits for its own time alone when they are woken [BNK-003]', async () => {
    await add(on.northwind.id);
    await on.db.query(`update graphile_worker._private_jobs set run_at = now() + interval '1 hour'`);
    await on.scope(on.northwind).change(transaction => wakeJobs(transaction, on.northwind.id));

    expect(await jobs()).toMatchObject([{ due: false }]);
  });

  it('still alarm when they fail for another reason [BNK-003]', async () => {
    await add(on.northwind.id);
    await work(new Error('broken'), async () => (await jobs()).every(({ attempts }) => attempts === 1));

    expect(logged.filter(line => line.includes('broken')).map(line => (JSON.parse(line) as { level: string }).level)).toContain('error');
  });

  it('end with their tenant: taken back while they wait, and quietly when they run [SEC-016]', async () => {
    await add(on.northwind.id);
    await add(on.aurora.id);
    await on.scope(on.northwind).change(transaction => cancelJobs(transaction, on.northwind.id));
    expect(await jobs()).toMatchObject([{ tenant: on.aurora.id }]);

    await work(new TenantClosed(), async () => (await jobs()).length === 0);
    expect(logged.some(line => line.includes('the job ended with its tenant'))).toBe(true);
  });

  it.each([
    ['TENANT_SUSPENDED', true],
    ['PLAN_EXPIRED', true],
    ['PLAN_LIMIT_REACHED', false],
    ['CONFLICT', false],
  ] as const)('a run that %s refused may go on by itself: %s [BNK-003]', (code, expected) => {
    const error = new PayymoError(code, 'refused');
    expect([isOnHold(error), mayPass(error)]).toEqual([expected, expected]);
  });
});
