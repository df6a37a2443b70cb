import type { Plans } from '../identity/plans/plans.service';
import type { Seal } from '../platform/crypto/seal';
import type { Database } from '../platform/database/database';
import type { Logger } from '../platform/logging/logger';
import type { Module } from '../platform/module';
import { customerById, invoiceById, invoiceImportById } from './billing.loader';
import { CustomerResolver, InvoiceImportResolver, InvoiceResolver } from './billing.resolver';
import { Customer } from './customer.model';
import { customerIds, invoiceIds, invoiceImportIds } from './ids';
import { importInvoicesJob } from './import-invoices.job';
import { Installation } from './installation.model';
import { type ConnectBilling, Installations } from './installations.service';
import { InvoiceImport } from './invoice-import.model';
import { InvoiceImports } from './invoice-imports.service';
import { InvoiceReader } from './invoice-reader';
import { Invoice } from './invoice.model';
import { Receivables } from './receivables.service';

export interface BillingParts {
  readonly database: Database;
  readonly seal: Seal;
  readonly connect: ConnectBilling;
  readonly plans: Plans;
  readonly log: Logger;
}

/** Billing installations, customers, invoices and their import. */
export function billing({
  database,
  seal,
  connect,
  plans,
  log,
}: BillingParts): Module & { installations: Installations; receivables: Receivables } {
  const installations = new Installations(seal, connect, plans);
  const reader = new InvoiceReader(installations);
  return {
    name: 'billing',
    models: [Installation, Customer, Invoice, InvoiceImport],
    resolvers: [new InvoiceResolver(), new CustomerResolver(), new InvoiceImportResolver(new InvoiceImports(installations))],
    entities: [
      { ids: customerIds, byId: customerById },
      { ids: invoiceIds, byId: invoiceById },
      { ids: invoiceImportIds, byId: invoiceImportById },
    ],
    jobs: [importInvoicesJob(database, reader, log)],
    installations,
    receivables: new Receivables(installations, reader),
  };
}
