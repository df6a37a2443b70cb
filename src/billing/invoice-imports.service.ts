import type { Scope } from '../platform/database/scope';
import { queueRun } from '../platform/jobs/queue-run';
import { importInvoices } from './import-invoices.job';
import { InvoiceImport } from './invoice-import.model';
import type { Installations } from './installations.service';

/** Queues imports of invoices: at most one at a time. */
export class InvoiceImports {
  constructor(private readonly installations: Installations) {}

  /** Asks for the invoices that changed; an import that is under way already is the answer. @throws NOT_CONFIGURED without a billing system. */
  async request(scope: Scope): Promise<InvoiceImport> {
    scope.require('invoices:import');
    const { installation } = await this.installations.ofTenant(scope);
    return scope.change(transaction =>
      queueRun(scope, transaction, { model: InvoiceImport, spec: importInvoices, of: ['installation_id', installation.id] }),
    );
  }
}
