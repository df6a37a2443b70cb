import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { SyncRun } from '../../../src/banking/sync-run.model';
import { enqueue } from '../../../src/platform/jobs/enqueue';
import type { JobSpec } from '../../../src/platform/jobs/job';
import { runJobSpec } from '../../../src/platform/jobs/perform-run';
import { queueRun } from '../../../src/platform/jobs/queue-run';
import type { Scope } from '../../../src/platform/database/scope';
import { aTenantedDatabase, type TenantedDatabase } from '../../support/tenanted-database';

interface Input {
  readonly tenantId: string;
  readonly word: string;
}

const spec: JobSpec<Input> = { name: 'test.say', input: z.strictObject({ tenantId: z.uuid(), word: z.string() }), attempts: 7 };

let on: TenantedDatabase;
let scope: Scope;
beforeAll(async () => {
  on = await aTenantedDatabase();
  scope = on.scope(on.northwind);
});
afterAll(() => on.close());
beforeEach(() => on.db.query('delete from graphile_worker._private_jobs'));

const waiting = () =>
  on.db.query<{ task: string; payload: unknown; max_attempts: number; key: string | null; run_at: Date; queue: string | null }>(`
    select t.identifier as task, payload, max_attempts, key, run_at, q.queue_name as queue from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id left join graphile_worker._private_job_queues q on q.id = j.job_queue_id order by j.id`);
const say = (word: string): Input => ({ tenantId: on.northwind.id, word });

describe('a job that is asked for', () => {
  it('waits once the change is committed [BNK-003]', async () => {
    await scope.change(async transaction => {
      await enqueue(transaction, spec, say('hello'));
      expect(await waiting()).toEqual([]);
    });

    expect(await waiting()).toMatchObject([{ task: 'test.say', payload: say('hello'), max_attempts: 32_767, key: null, queue: null }]);
  });

  it('is gone with a change that is rolled back [BNK-003]', async () => {
    const change = scope.change(async transaction => {
      await enqueue(transaction, spec, say('hello'));
      throw new Error('no');
    });

    await expect(change).rejects.toThrow('no');
    expect(await waiting()).toEqual([]);
  });

  it('replaces a waiting one of the same key, and leaves other keys alone [BNK-003]', async () => {
    const ask = (word: string, key: string) => scope.change(transaction => enqueue(transaction, spec, say(word), { key }));

    await ask('one', 'a');
    await ask('two', 'b');
    await ask('three', 'a');

    expect((await waiting()).map(({ payload }) => (payload as Input).word).sort()).toEqual(['three', 'two']);
  });

  it('replaces none of another tenant, whose keys are its own [SEC-016]', async () => {
    for (const tenant of [on.northwind, on.aurora])
      await on.scope(tenant).change(transaction => enqueue(transaction, spec, { tenantId: tenant.id, word: 'same' }, { key: 'same' }));

    expect((await waiting()).map(({ key }) => key)).toEqual([`${on.northwind.id}:same`, `${on.aurora.id}:same`]);
  });

  it('keeps its time and its queue [BNK-003]', async () => {
    const runAt = new Date('2031-02-03T04:05:06.789Z');
    await scope.change(transaction => enqueue(transaction, spec, say('later'), { runAt, queue: 'slow' }));

    expect(await waiting()).toMatchObject([{ run_at: runAt, queue: 'slow' }]);
  });

  it('is refused when its input does not fit [BNK-003]', async () => {
    await expect(scope.change(transaction => enqueue(transaction, spec, { ...say('x'), word: 5 } as never))).rejects.toThrow('word');
    expect(await waiting()).toEqual([]);
  });

  it('is refused for another tenant [SEC-016]', async () => {
    const forAnother = scope.change(transaction => enqueue(transaction, spec, { ...say('x'), tenantId: on.aurora.id }));

    await expect(forAnother).rejects.toThrow('must belong to the tenant');
    expect(await waiting()).toEqual([]);
  });
});

describe('a run that is queued', () => {
  const sync = runJobSpec('test.sync');
  const queue = (by: Scope = scope) =>
    by.change(transaction => queueRun(by, transaction, { model: SyncRun, spec: sync, of: ['connection_id', on.northwind.rowId] }));
  beforeEach(() => on.db.query(`update sync_runs set state = 'SUCCEEDED', finished_at = coalesce(finished_at, now())`));

  it('is a row and a job of the same change [BNK-003]', async () => {
    const run = await queue();

    expect(run).toMatchObject({
      tenantId: on.northwind.id,
      connectionId: on.northwind.rowId,
      state: 'QUEUED',
      attempts: 0,
      requestedBy: null,
    });
    expect(await waiting()).toMatchObject([
      { task: 'test.sync', payload: { tenantId: on.northwind.id, runId: run.id }, key: `${on.northwind.id}:${run.id}` },
    ]);
  });

  it.each(['QUEUED', 'RUNNING', 'WAITING'])('is the one under way while that is %s [BNK-003]', async state => {
    const first = await queue();
    await on.db.query('update sync_runs set state = $2 where id = $1', [first.id, state]);

    expect((await queue()).id).toBe(first.id);
    expect(await waiting()).toHaveLength(1);
  });

  it.each(['SUCCEEDED', 'FAILED'])('is a new one once the last has %s [BNK-003]', async state => {
    const first = await queue();
    await on.db.query('update sync_runs set state = $2, finished_at = now() where id = $1', [first.id, state]);

    expect((await queue()).id).not.toBe(first.id);
  });

  it('is one, for requests at the same moment [BNK-003]', async () => {
    const runs = await Promise.all([queue(on.scope(on.northwind)), queue(on.scope(on.northwind)), queue(on.scope(on.northwind))]);

    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(await waiting()).toHaveLength(1);
  });

  it('does not meet the run of another tenant [SEC-016]', async () => {
    const [mine, theirs] = [await queue(), await queue(on.scope(on.aurora))];

    expect(theirs.id).not.toBe(mine.id);
    expect(theirs).toMatchObject({ tenantId: on.aurora.id });
  });

  it('refuses a thing that is not there [BNK-003]', async () => {
    const queued = scope.change(transaction =>
      queueRun(scope, transaction, { model: SyncRun, spec: sync, of: ['connection_id', randomUUID()] }),
    );

    await expect(queued).rejects.toThrow('foreign key');
  });
});
