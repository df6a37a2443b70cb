import type { Database } from '../platform/database/database';
import type { Job } from '../platform/jobs/job';
import { runJob, runJobSpec } from '../platform/jobs/perform-run';
import type { Logger } from '../platform/logging/logger';
import { InvoiceImport } from './invoice-import.model';
import type { InvoiceReader } from './invoice-reader';

export const importInvoices = runJobSpec('billing.import-invoices');

export const importInvoicesJob = (database: Database, reader: InvoiceReader, log: Logger): Job =>
  runJob(importInvoices, { database, model: InvoiceImport, log, work: (scope, run) => reader.perform(scope, run) });
