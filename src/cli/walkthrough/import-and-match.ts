import { followRun, type Run } from './run';
import type { Walk } from './walk';

interface ImportRun extends Run {
  readonly invoicesTotal: number;
  readonly invoicesDone: number;
}

interface MatchingRun extends Run {
  readonly paymentsTotal: number;
  readonly paymentsDone: number;
  readonly proposals: number;
}

/** Imports the invoices of WHMCS. */
export async function importInvoices({ client, narrator }: Walk): Promise<void> {
  narrator.step('Import invoices from WHMCS');
  const started = await client.ask<{ importInvoices: { invoiceImport: { id: string } } }>(
    'mutation { importInvoices { invoiceImport { id } } }',
  );
  await followRun<ImportRun>(client, narrator, {
    field: 'invoiceImport',
    id: started.importInvoices.invoiceImport.id,
    fields: 'invoicesTotal invoicesDone',
    describe: ({ invoicesDone, invoicesTotal }) => `invoices ${invoicesDone} of ${invoicesTotal}`,
  });
  const { all, open } = await client.ask<Record<'all' | 'open', { totalCount: number }>>(
    '{ all: invoices(first: 1) { totalCount } open: invoices(first: 1, filter: { status: [UNPAID] }) { totalCount } }',
  );
  narrator.check(all.totalCount > 0, 'invoices', 'there are none');
  narrator.tell(`${all.totalCount} invoices are known, ${open.totalCount} of them unpaid`);
}

/** Looks for the invoices that the payments may pay. */
export async function runMatching({ client, narrator }: Walk): Promise<void> {
  narrator.step('Match payments with invoices');
  const { runReconciliation } = await client.ask<{ runReconciliation: { reconciliationRun: { id: string } } }>(
    'mutation { runReconciliation { reconciliationRun { id } } }',
  );
  await followRun<MatchingRun>(client, narrator, {
    field: 'reconciliationRun',
    id: runReconciliation.reconciliationRun.id,
    fields: 'paymentsTotal paymentsDone proposals',
    describe: ({ paymentsDone, paymentsTotal, proposals }) => `payments ${paymentsDone} of ${paymentsTotal}, proposals ${proposals}`,
  });
}
