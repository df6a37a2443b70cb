import { EventEmitter } from 'node:events';

import {
  Logger as WorkerLogger,
  type LogLevel,
  run,
  type Runner,
  type RunnerOptions,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { Client, Pool } from 'pg';

import { inContext } from '../context/tenant-context';
import { TenantClosed } from '../errors';
import { type Logger, tenantEntered } from '../logging/logger';
import type { Service } from '../services/service';
import { isOnHold } from './failure';
import type { Job, JobInput } from './job';

export interface WorkerOptions {
  /** As the job-queue role; a direct connection, since it holds session locks. */
  readonly url: string;
  readonly jobs: readonly Job[];
  readonly log: Logger;
  /** The connection that proves that we live is gone: the process must end, others take its jobs. */
  readonly onLost: () => void;
}

interface Row {
  readonly locked_by: string;
}

const CONCURRENCY = 4;
const POLL_MS = 1_000;
/** What the queue tells about each job is detail to us. */
const LEVELS = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const satisfies Record<`${LogLevel}`, string>;
const RESCUE_EVERY_MS = 5_000;

/**
 * Runs jobs. Each worker holds an advisory lock under its name for as long as its process lives; PostgreSQL drops it at once when the
 * process dies. So the jobs of a killed worker are recognised and taken over within seconds, not after the queue's four hours.
 * @requirement ENG-006
 */
export class JobWorker implements Service {
  readonly name = 'worker';
  readonly dependsOn = ['database'];
  #runner: Runner | undefined;
  #pool: Pool | undefined;
  #life: Client | undefined;
  #rescue: NodeJS.Timeout | undefined;
  readonly #own = new Set<string>();
  #stopping = false;
  #isLost = false;
  #lastAsked: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: WorkerOptions) {}

  async start(): Promise<void> {
    const { url, jobs, log } = this.options;
    this.#pool = new Pool({ connectionString: url, max: CONCURRENCY + 2 });
    this.#pool.on('error', err => {
      log.warn({ err }, 'a job-queue connection broke');
    });
    this.#life = new Client({ connectionString: url });
    this.#life.on('error', err => {
      this.#lost(err);
    });
    this.#life.on('end', () => {
      this.#lost(new Error('The connection ended'));
    });
    await this.#life.connect();
    const events: WorkerEvents = new EventEmitter();
    events.on('worker:create', ({ worker }) => void this.#claim(worker.workerId));
    const options: RunnerOptions = {
      pgPool: this.#pool,
      concurrency: CONCURRENCY,
      pollInterval: POLL_MS,
      noHandleSignals: true,
      events,
      logger: new WorkerLogger(() => (level, message, meta) => {
        log[isOnHold(meta?.['error']) ? 'info' : LEVELS[level]](message);
      }),
      taskList: tasks(jobs, log),
    };
    this.#runner = await run(options);
    this.#rescue = setInterval(() => void this.#rescueJobs(), RESCUE_EVERY_MS);
    await this.#rescueJobs();
  }

  /** Waits for jobs under way. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    clearInterval(this.#rescue);
    await this.#stopRunner();
    await this.#life?.end();
    await this.#pool?.end();
  }

  async health(): Promise<string | undefined> {
    await this.#ask('select 1');
    return undefined;
  }

  #claim(workerId: string): Promise<unknown> {
    this.#own.add(workerId);
    return this.#ask('select pg_advisory_lock(hashtextextended($1, 0))', [workerId]).catch((error: unknown) => {
      this.#lost(error);
    });
  }

  /** One connection takes one statement at a time. */
  #ask(text: string, values: unknown[] = []): Promise<Row[]> {
    const asked = this.#lastAsked.then(async () => (await this.#life?.query<Row>(text, values))?.rows ?? []);
    this.#lastAsked = asked.catch(() => undefined);
    return asked;
  }

  /** Others take our jobs from now on, so we take no more. */
  #lost(err: unknown): void {
    if (this.#stopping || this.#isLost) return;
    this.#isLost = true;
    this.options.log.error({ err }, 'the worker lost its connection');
    void this.#stopRunner();
    this.options.onLost();
  }

  async #stopRunner(): Promise<void> {
    const runner = this.#runner;
    this.#runner = undefined;
    await runner?.stop().catch((err: unknown) => {
      this.options.log.warn({ err }, 'the job queue did not stop cleanly');
    });
  }

  /** A lock that we can take is nobody's: its worker is dead. */
  async #rescueJobs(): Promise<void> {
    try {
      const dead = (await this.#ask(DEAD_WORKERS, [[...this.#own]])).map(({ locked_by }) => locked_by);
      if (dead.length === 0) return;
      await this.#ask('select graphile_worker.force_unlock_workers($1)', [dead]);
      this.options.log.warn({ workers: dead.length }, 'took over the jobs of workers that died');
    } catch (err) {
      this.options.log.warn({ err }, 'could not look for jobs of dead workers');
    }
  }
}

/** The pause covers a worker between its first job and its lock. Our own locks are left out: the session that holds a lock can take it again. */
const DEAD_WORKERS = `
  select locked_by from (
    select distinct locked_by from graphile_worker._private_jobs where locked_by <> all($1) and locked_at < now() - interval '3 seconds'
  ) held
  where case when pg_try_advisory_lock(hashtextextended(locked_by, 0)) then pg_advisory_unlock(hashtextextended(locked_by, 0)) else false end`;

/** The jobs as the queue runs them, each in the context of its tenant. Nobody waits for those of a closed tenant: they end. */
export const tasks = (jobs: readonly Job[], log: Logger): TaskList =>
  Object.fromEntries(
    jobs.map(job => [
      job.name,
      (payload, { job: { id } }) => {
        const { tenantId } = payload as JobInput;
        const context = { requestId: `job-${id}`, tenantId, operation: job.name };
        return inContext(context, () => unlessClosed(log, () => job.run(payload)), tenantEntered(log));
      },
    ]),
  );

async function unlessClosed(log: Logger, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TenantClosed)) throw error;
    log.info('the job ended with its tenant');
  }
}
