import { newId } from '../platform/database/ids';
import type { Scope } from '../platform/database/scope';
import { columns, sql, tenant } from '../platform/database/sql';
import { enqueue } from '../platform/jobs/enqueue';
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
    const { tenantId, userId } = scope.actor;
    const runId = newId();
    return scope.change(async transaction => {
      const [inserted] = await scope.rowsIn<InvoiceImport>(
        transaction,
        sql`insert into invoice_imports as i (tenant_id, id, installation_id, state, requested_by)
          values (${tenant}, ${runId}, ${installation.id}, 'QUEUED', ${userId})
          on conflict (tenant_id, installation_id) where state in ('QUEUED', 'RUNNING', 'WAITING') do nothing
          returning ${columns(InvoiceImport, 'i')}`,
      );
      if (!inserted) return InvoiceImport.findOne({ order: [['createdAt', 'DESC']], transaction, rejectOnEmpty: true });
      await enqueue(transaction, importInvoices, { tenantId, runId }, { key: runId });
      return inserted;
    });
  }
}
