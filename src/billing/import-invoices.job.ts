import { z } from 'zod';

import { jobPrincipal } from '../platform/auth/principal';
import type { Database } from '../platform/database/database';
import { Scope } from '../platform/database/scope';
import { type Job, job, type JobSpec } from '../platform/jobs/job';
import { performRun, type RunJobInput } from '../platform/jobs/perform-run';
import type { Logger } from '../platform/logging/logger';
import { InvoiceImport } from './invoice-import.model';
import type { InvoiceReader } from './invoice-reader';

export const importInvoices = {
  name: 'billing.import-invoices',
  input: z.object({ tenantId: z.uuid(), runId: z.uuid() }),
  attempts: 12,
} satisfies JobSpec<RunJobInput>;

export const importInvoicesJob = (database: Database, reader: InvoiceReader, log: Logger): Job =>
  job(importInvoices, async input => {
    const scope = new Scope(database, jobPrincipal(input.tenantId, importInvoices.name), input.runId);
    await performRun({ scope, model: InvoiceImport, spec: importInvoices, input, log, work: run => reader.perform(scope, run) });
  });
