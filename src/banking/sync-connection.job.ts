import { z } from 'zod';

import { jobPrincipal } from '../platform/auth/principal';
import type { Database } from '../platform/database/database';
import { Scope } from '../platform/database/scope';
import { type Job, job, type JobSpec } from '../platform/jobs/job';
import { performRun, type RunJobInput } from '../platform/jobs/perform-run';
import type { Logger } from '../platform/logging/logger';
import type { AccountSync } from './account-sync';
import { SyncRun } from './sync-run.model';

export const syncConnection = {
  name: 'banking.sync-connection',
  input: z.object({ tenantId: z.uuid(), runId: z.uuid() }),
  attempts: 12,
} satisfies JobSpec<RunJobInput>;

export const syncConnectionJob = (database: Database, sync: AccountSync, log: Logger): Job =>
  job(syncConnection, async input => {
    const scope = new Scope(database, jobPrincipal(input.tenantId, syncConnection.name), input.runId);
    await performRun({ scope, model: SyncRun, spec: syncConnection, input, log, work: run => sync.perform(scope, run) });
  });
