import { pageOf, type Ordering } from '../platform/database/page';
import type { Scope } from '../platform/database/scope';
import { columns, raw, type Sql, sql, tenant } from '../platform/database/sql';
import { containing, oneOf, withinAmounts, withinDates } from '../platform/graphql/filter.input';
import type { Page, PageArgs } from '../platform/graphql/page.type';
import type { InvoiceRecord } from './billing.loader';
import type { InvoiceFilter, InvoiceOrder } from './billing.type';
import { customerIds } from './ids';
import { Invoice } from './invoice.model';

const ORDERINGS: Record<InvoiceOrder, Ordering> = {
  ISSUED_ON_DESC: { name: 'issued', column: 'i.issued_on', type: 'date', descending: true },
  ISSUED_ON_ASC: { name: 'issued', column: 'i.issued_on', type: 'date', descending: false },
  BALANCE_DESC: { name: 'balance', column: 'i.balance_minor', type: 'bigint', descending: true },
  BALANCE_ASC: { name: 'balance', column: 'i.balance_minor', type: 'bigint', descending: false },
};

const FROM = raw('invoices i join customers c on c.tenant_id = i.tenant_id and c.id = i.customer_id');

/** A page of invoices. @throws BAD_USER_INPUT */
export const listInvoices = (scope: Scope, filter: InvoiceFilter, order: InvoiceOrder, args: PageArgs): Promise<Page<InvoiceRecord>> =>
  pageOf(scope, { select: columns(Invoice, 'i'), from: FROM, alias: 'i', where: conditions(filter), ordering: ORDERINGS[order] }, args);

const conditions = (filter: InvoiceFilter): Sql[] => [
  sql`i.tenant_id = ${tenant}`,
  ...oneOf('i.status', filter.status),
  ...withinDates('i.issued_on', filter.issuedOn),
  ...withinDates('i.due_on', filter.dueOn),
  ...withinAmounts('i.balance_minor', 'i.currency', filter.balance),
  ...containing(`lower(i.number || ' ' || c.name || ' ' || coalesce(c.company_name, ''))`, filter.text),
  ...(filter.customerId === undefined ? [] : [sql`i.customer_id = ${customerIds.decode(filter.customerId, 'filter.customerId')}`]),
];
