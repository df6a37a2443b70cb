import type { Database } from '../platform/database/database';
import type { Job } from '../platform/jobs/job';
import { runJob, runJobSpec } from '../platform/jobs/perform-run';
import type { Logger } from '../platform/logging/logger';
import { ReconciliationRun } from './reconciliation-run.model';
import type { Reconciler } from './reconciler';

export const reconcile = runJobSpec('reconciliation.reconcile');

export const reconcileJob = (database: Database, reconciler: Reconciler, log: Logger): Job =>
  runJob(reconcile, { database, model: ReconciliationRun, log, work: (scope, run) => reconciler.perform(scope, run) });
