import type { Database } from '../platform/database/database';
import type { Job } from '../platform/jobs/job';
import { runJob, runJobSpec } from '../platform/jobs/perform-run';
import type { Logger } from '../platform/logging/logger';
import type { AccountSync } from './account-sync';
import { SyncRun } from './sync-run.model';

export const syncConnection = runJobSpec('banking.sync-connection');

export const syncConnectionJob = (database: Database, sync: AccountSync, log: Logger): Job =>
  runJob(syncConnection, { database, model: SyncRun, log, work: (scope, run) => sync.perform(scope, run) });
