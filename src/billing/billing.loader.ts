import type { InferAttributes } from 'sequelize';

import { columns, sql, tenant } from '../platform/database/sql';
import { oneByKey } from '../platform/graphql/loader';
import { Customer } from './customer.model';
import { InvoiceImport } from './invoice-import.model';
import { Invoice } from './invoice.model';

export type CustomerRecord = InferAttributes<Customer>;
export type InvoiceRecord = InferAttributes<Invoice>;
export type InvoiceImportRecord = InferAttributes<InvoiceImport>;

export const customerById = oneByKey<CustomerRecord>(
  (scope, ids) => scope.rows(sql`select ${columns(Customer, 'c')} from customers c where c.tenant_id = ${tenant} and c.id = any(${ids})`),
  ({ id }) => id,
);

export const invoiceById = oneByKey<InvoiceRecord>(
  (scope, ids) => scope.rows(sql`select ${columns(Invoice, 'i')} from invoices i where i.tenant_id = ${tenant} and i.id = any(${ids})`),
  ({ id }) => id,
);

export const invoiceImportById = oneByKey<InvoiceImportRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(InvoiceImport, 'i')} from invoice_imports i where i.tenant_id = ${tenant} and i.id = any(${ids})`),
  ({ id }) => id,
);
