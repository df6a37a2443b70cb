import { SyncRun } from '../../../src/banking/sync-run.model';
import { conflict } from '../../../src/platform/errors';
import { ProviderError } from '../../../src/platform/http/provider-error';
import { delayMs } from '../../../src/platform/jobs/failure';
import { runJob, type RunParts, runJobSpec } from '../../../src/platform/jobs/perform-run';
import { createLogger } from '../../../src/platform/logging/logger';
import { sql, tenant } from '../../../src/platform/database/sql';
import { aTenantedDatabase, openTransactions, type TenantedDatabase } from '../../support/tenanted-database';

const spec = runJobSpec('test.sync');
const log = createLogger({ level: 'silent', environment: 'test', service: 'test', format: 'json' });

let on: TenantedDatabase;
beforeAll(async () => {
  on = await aTenantedDatabase();
});
afterAll(() => on.close());
beforeEach(async () => {
  await on.db.query('delete from graphile_worker._private_jobs');
  await on.db.query(`update sync_runs set state = 'QUEUED', attempts = 0, error_code = null, error_message = null, next_attempt_at = null,
    started_at = null, finished_at = null`);
});

const perform = (work: RunParts<SyncRun>['work'], tenantId = on.northwind.id) =>
  runJob(spec, { database: on.database, model: SyncRun, log, work }).run({ tenantId, runId: on.northwind.rowId });
const row = async () => {
  const [first] = await on.db.query<
    { state: string; next_attempt_at: Date | null; error_message: string | null } & Record<string, unknown>
  >('select * from sync_runs where tenant_id = $1', [on.northwind.id]);
  if (!first) throw new Error('The run is gone');
  return first;
};
const waiting = () =>
  on.db.query<{ run_at: Date; payload: unknown; key: string }>('select run_at, payload, key from graphile_worker._private_jobs');
const failing = (error: unknown) => jest.fn<Promise<void>, []>().mockRejectedValue(error);

describe('a run', () => {
  it('is RUNNING while it works, in a scope of its tenant, and SUCCEEDED then [BNK-003]', async () => {
    await perform(async (scope, run) => {
      expect(await row()).toMatchObject({ state: 'RUNNING', attempts: 1, started_at: expect.any(Date) as Date, finished_at: null });
      expect([scope.actor.tenantId, scope.actor.actor, run.id]).toEqual([on.northwind.id, 'job:test.sync', on.northwind.rowId]);
    });

    expect(await row()).toMatchObject({ state: 'SUCCEEDED', finished_at: expect.any(Date) as Date, error_code: null });
    expect(await waiting()).toEqual([]);
  });

  it('forgets an earlier failure when it succeeds [BNK-003]', async () => {
    await perform(failing(new ProviderError('bank', 'unavailable', 'The bank does not answer')));
    const { started_at } = await row();
    await perform(() => Promise.resolve());

    expect(await row()).toMatchObject({
      state: 'SUCCEEDED',
      attempts: 2,
      started_at,
      error_code: null,
      error_message: null,
      next_attempt_at: null,
    });
  });

  it.each(['SUCCEEDED', 'FAILED'])('that has %s is not repeated when its job comes twice [BNK-003]', async state => {
    await on.db.query('update sync_runs set state = $1, finished_at = now()', [state]);
    const work = jest.fn(() => Promise.resolve());

    await perform(work);

    expect(work).not.toHaveBeenCalled();
    expect(await row()).toMatchObject({ state, attempts: 0 });
  });

  it('that does not exist is no failure [BNK-003]', async () => {
    const work = jest.fn(() => Promise.resolve());

    await perform(work, '01890a5d-ac96-774b-bcce-b302099a8057');

    expect(work).not.toHaveBeenCalled();
  });

  it('leaves the run of another tenant alone [SEC-016]', async () => {
    await perform(() => Promise.resolve());

    expect(await on.db.query('select state from sync_runs where tenant_id = $1', [on.aurora.id])).toEqual([{ state: 'QUEUED' }]);
  });

  it.each([
    ['succeeds', () => Promise.resolve()],
    ['fails', failing(new Error('no'))],
  ])('leaves no transaction open when work that has read %s [SEC-016]', async (_how, end) => {
    await perform(async scope => {
      await scope.rows(sql`select from users where tenant_id = ${tenant}`);
      return end();
    });

    expect(await openTransactions(on)).toBe(0);
  });

  it.each(['other', '', 5, null])('refuses an input that is not its own: %j [BNK-003]', async runId => {
    const job = runJob(spec, { database: on.database, model: SyncRun, log, work: () => Promise.resolve() });

    await expect(job.run({ tenantId: on.northwind.id, runId })).rejects.toThrow('runId');
  });
});

describe('a failure', () => {
  it.each<[string, ProviderError['failure'], string]>([
    ['that may pass', 'unavailable', 'PROVIDER_UNAVAILABLE'],
    ['of a broken answer', 'malformed', 'PROVIDER_UNAVAILABLE'],
    ['of a rate limit', 'rate_limited', 'RATE_LIMITED'],
  ])('%s leaves the run WAITING, with the reason, and asks for it again [BNK-003]', async (_which, failure, code) => {
    await perform(failing(new ProviderError('bank', failure, 'Not now')));

    const run = await row();
    expect(run).toMatchObject({ state: 'WAITING', error_code: code, error_message: 'Not now', finished_at: null });
    expect(await waiting()).toEqual([{ run_at: run.next_attempt_at, payload: { tenantId: on.northwind.id, runId: on.northwind.rowId }, key: `${on.northwind.id}:${on.northwind.rowId}` }]);
    expect((run.next_attempt_at?.getTime() ?? 0) - Date.now()).toBeGreaterThan(3_000);
    expect((run.next_attempt_at?.getTime() ?? 0) - Date.now()).toBeLessThan(6_000);
  }); // prettier-ignore

  it('of a rate limit waits as long as the provider asks [BNK-003]', async () => {
    await perform(failing(new ProviderError('bank', 'rate_limited', 'Too many', { retryAfterMs: 7_200_000 })));

    const wait = ((await row()).next_attempt_at?.getTime() ?? 0) - Date.now();
    expect(wait).toBeGreaterThan(7_190_000);
    expect(wait).toBeLessThanOrEqual(7_200_000);
  });

  it.each<[Error, string]>([
    [new ProviderError('bank', 'rejected', 'No such account'), 'PROVIDER_REJECTED'],
    [new ProviderError('bank', 'consent_ended', 'The consent has ended'), 'PROVIDER_REJECTED'],
    [new ProviderError('bank', 'unauthorized', 'Wrong credentials'), 'PROVIDER_REJECTED'],
    [conflict('The connection is gone'), 'CONFLICT'],
  ])('that will not pass (%s) leaves the run FAILED, and nothing waits [BNK-003]', async (error, code) => {
    await perform(failing(error));

    expect(await row()).toMatchObject({ state: 'FAILED', error_code: code, error_message: error.message, finished_at: expect.any(Date) as Date, next_attempt_at: null });
    expect(await waiting()).toEqual([]);
  }); // prettier-ignore

  it.each([new TypeError('cannot read password hunter2'), 'hunter2', undefined])(
    'that nobody foresaw (%s) is tried again, and tells the user nothing internal [BNK-003] [API-009]',
    async error => {
      await perform(failing(error));

      expect(await row()).toMatchObject({ state: 'WAITING', error_code: 'INTERNAL', error_message: 'Something went wrong on our side' });
      expect(JSON.stringify(await row())).not.toContain('hunter2');
      expect(await waiting()).toHaveLength(1);
    },
  );

  it('at the last attempt leaves the run FAILED [BNK-003]', async () => {
    const down = failing(new ProviderError('bank', 'unavailable', 'Down'));

    await on.db.query('update sync_runs set attempts = $1', [spec.attempts - 2]);
    await perform(down);
    expect(await row()).toMatchObject({ state: 'WAITING', attempts: spec.attempts - 1 });

    await on.db.query('delete from graphile_worker._private_jobs');
    await perform(down);
    expect(await row()).toMatchObject({ state: 'FAILED', attempts: spec.attempts, error_code: 'PROVIDER_UNAVAILABLE' });
    expect(await waiting()).toEqual([]);
  });
});

describe('the wait before another attempt', () => {
  it.each([[1, 5_000], [2, 10_000], [3, 20_000], [8, 640_000], [11, 3_600_000], [500, 3_600_000]])(
    'after %d attempts is %d ms, a tenth more or less [BNK-003]',
    (attempts, ms) => {
      const waits = Array.from({ length: 200 }, () => delayMs(new Error('any'), attempts));

      expect(Math.min(...waits)).toBeGreaterThanOrEqual(ms * 0.9);
      expect(Math.max(...waits)).toBeLessThanOrEqual(ms * 1.1);
      expect(new Set(waits).size).toBeGreaterThan(100);
    },
  ); // prettier-ignore

  it('is what the provider asks for, whatever the attempts [BNK-003]', () => {
    expect(delayMs(new ProviderError('bank', 'rate_limited', 'Too many', { retryAfterMs: 86_400_000 }), 1)).toBe(86_400_000);
    expect(delayMs(new ProviderError('bank', 'unavailable', 'Down'), 1)).toBeLessThanOrEqual(5_500);
  });
});
