import type { ModelStatic, Transaction } from 'sequelize';
import { z } from 'zod';

import { jobPrincipal } from '../auth/principal';
import type { Database } from '../database/database';
import { Scope } from '../database/scope';
import type { Logger } from '../logging/logger';
import { enqueue } from './enqueue';
import { delayMs, mayPass, NO_FAILURE, recordFailure } from './failure';
import { type Job, job, type JobInput, type JobSpec } from './job';
import type { RunRow } from './run.model';

export interface RunJobInput extends JobInput {
  readonly runId: string;
}

/** The specification of a job that performs runs. */
export const runJobSpec = (name: string): JobSpec<RunJobInput> => ({
  name,
  input: z.object({ tenantId: z.uuid(), runId: z.uuid() }),
  attempts: 12,
});

export interface RunParts<Run> {
  readonly database: Database;
  readonly model: ModelStatic<Run & RunRow<object, object>>;
  readonly log: Logger;
  /** Must be safe to repeat. */
  readonly work: (scope: Scope, run: Run) => Promise<void>;
}

/**
 * The job that performs the runs of one kind, each in a scope of its tenant.
 * @requirement UX-002
 */
export const runJob = <Run extends RunRow<object, object>>(spec: JobSpec<RunJobInput>, { database, work, ...parts }: RunParts<Run>): Job =>
  job(spec, async input => {
    const scope = new Scope(database, jobPrincipal(input.tenantId, spec.name), input.runId);
    try {
      await performRun({ ...parts, scope, spec, input, work: run => work(scope, run) });
    } finally {
      await scope.end();
    }
  });

interface RunPlan<Run> {
  readonly scope: Scope;
  readonly model: ModelStatic<Run & RunRow<object, object>>;
  readonly spec: JobSpec<RunJobInput>;
  readonly input: RunJobInput;
  readonly log: Logger;
  readonly work: (run: Run) => Promise<void>;
}

/**
 * Performs a run from its queued row to its end. A failure that may pass (provider down, rate limit, something unforeseen) leaves
 * the run WAITING, with the reason, and the job asked for again; any other, or one too many, leaves it FAILED. Nothing is thrown
 * unless the row itself cannot be written: then the queue tries again.
 */
async function performRun<Run extends RunRow<object, object>>(plan: RunPlan<Run>): Promise<void> {
  const run = await begin(plan);
  if (!run) return;
  try {
    await plan.work(run);
  } catch (error) {
    await fail(plan, run, error);
    return;
  }
  await plan.scope.change(transaction => save(plan, { state: 'SUCCEEDED', finishedAt: new Date(), ...NO_FAILURE }, transaction));
}

/** Null when there is nothing to do: the run has ended, since a job may be delivered twice. */
function begin<Run extends RunRow<object, object>>({ scope, model, input }: RunPlan<Run>): Promise<Run | null> {
  return scope.change(async transaction => {
    const run: Run | null = await model.findOne({ where: { id: input.runId } as never, transaction, lock: true });
    if (!run || run.state === 'SUCCEEDED' || run.state === 'FAILED') return null;
    const values = { state: 'RUNNING', attempts: run.attempts + 1, startedAt: run.startedAt ?? new Date(), nextAttemptAt: null };
    return run.update(values as never, { transaction });
  });
}

async function fail<Run extends RunRow<object, object>>(plan: RunPlan<Run>, run: Run, error: unknown): Promise<void> {
  const { scope, spec, input, log } = plan;
  const failure = recordFailure(log, error, 'a run failed', { runId: input.runId, attempts: run.attempts });
  await scope.change(async transaction => {
    if (!mayPass(error) || run.attempts >= spec.attempts) {
      await save(plan, { ...failure, state: 'FAILED', finishedAt: new Date(), nextAttemptAt: null }, transaction);
      return;
    }
    const nextAttemptAt = new Date(Date.now() + delayMs(error, run.attempts));
    await save(plan, { ...failure, state: 'WAITING', nextAttemptAt }, transaction);
    await enqueue(transaction, spec, input, { key: input.runId, runAt: nextAttemptAt });
  });
}

type Values = Partial<Record<keyof RunRow<object, object>, unknown>>;

/** By its id, not through the instance: one that a repeated change has used already would think that there is nothing to write. */
const save = <Run extends RunRow<object, object>>(
  { model, input }: RunPlan<Run>,
  values: Values,
  transaction: Transaction,
): Promise<unknown> => model.update(values, { where: { id: input.runId } as never, transaction });
