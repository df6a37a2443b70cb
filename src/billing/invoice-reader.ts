import type { Transaction } from 'sequelize';

import { newId } from '../platform/database/ids';
import type { Scope } from '../platform/database/scope';
import { sql, tenant } from '../platform/database/sql';
import { ProviderError } from '../platform/http/provider-error';
import type { BillingCustomer, BillingInvoice, BillingSystem } from '../providers/billing-system';
import type { InvoiceImport } from './invoice-import.model';
import { OPEN_STATUSES } from './invoice.model';
import type { Installations } from './installations.service';

/** How many invoices are read from the billing system at once, and written in one transaction. */
const BATCH = 10;

/**
 * Reads the open invoices of a tenant's billing system, and those that were open when they were read last: so that one paid or
 * cancelled there meanwhile does not stay open here. Each batch is committed; a repeated run writes the same rows.
 * @requirement REC-001
 */
export class InvoiceReader {
  constructor(private readonly installations: Installations) {}

  async perform(scope: Scope, run: InvoiceImport): Promise<void> {
    const { billing } = await this.installations.ofTenant(scope);
    const ids = [...new Set([...(await openIds(billing)), ...(await knownOpenIds(scope, run.installationId))])];
    await scope.change(transaction => run.update({ invoicesTotal: ids.length, invoicesDone: 0 }, { transaction }));
    const customers = new Map<string, Promise<BillingCustomer>>();
    for (let at = 0; at < ids.length; at += BATCH) await this.#batch(scope, run, billing, ids.slice(at, at + BATCH), customers);
  }

  /** Reads one invoice again, inside the change that needs to know how it stands. */
  async store(
    scope: Scope,
    installationId: string,
    invoice: BillingInvoice,
    customer: BillingCustomer,
    transaction: Transaction,
  ): Promise<void> {
    const customerId = await storeCustomer(scope, installationId, customer, transaction);
    await storeInvoice(scope, installationId, customerId, invoice, transaction);
  }

  async #batch(
    scope: Scope,
    run: InvoiceImport,
    billing: BillingSystem,
    ids: readonly string[],
    customers: Map<string, Promise<BillingCustomer>>,
  ): Promise<void> {
    const read = await Promise.all(ids.map(id => readOne(billing, id, customers)));
    await scope.change(async transaction => {
      for (const found of read) {
        if ('missing' in found) await cancelInvoice(scope, run.installationId, found.missing, transaction);
        else await this.store(scope, run.installationId, found.invoice, found.customer, transaction);
      }
      await run.increment({ invoicesDone: ids.length }, { transaction });
    });
  }
}

type Found = { readonly invoice: BillingInvoice; readonly customer: BillingCustomer } | { readonly missing: string };

async function readOne(billing: BillingSystem, id: string, customers: Map<string, Promise<BillingCustomer>>): Promise<Found> {
  const invoice = await invoiceIfThere(billing, id);
  if (!invoice) return { missing: id };
  const customer = customers.get(invoice.customerId) ?? billing.customer(invoice.customerId);
  customers.set(invoice.customerId, customer);
  return { invoice, customer: await customer };
}

async function invoiceIfThere(billing: BillingSystem, id: string): Promise<BillingInvoice | null> {
  try {
    return await billing.invoice(id);
  } catch (error) {
    if (error instanceof ProviderError && error.failure === 'not_found') return null;
    throw error;
  }
}

async function openIds(billing: BillingSystem): Promise<string[]> {
  const ids: string[] = [];
  for (let next: number | null = 0; next !== null;) {
    const page = await billing.openInvoices(next);
    ids.push(...page.invoiceIds);
    next = page.next;
  }
  return ids;
}

async function knownOpenIds(scope: Scope, installationId: string): Promise<string[]> {
  const rows = await scope.change(transaction =>
    scope.rowsIn<{ externalId: string }>(
      transaction,
      sql`select i.external_id as "externalId" from invoices i
        where i.tenant_id = ${tenant} and i.installation_id = ${installationId} and i.status = any(${OPEN_STATUSES})`,
    ),
  );
  return rows.map(({ externalId }) => externalId);
}

async function storeCustomer(scope: Scope, installationId: string, customer: BillingCustomer, transaction: Transaction): Promise<string> {
  const name = `${customer.firstName} ${customer.lastName}`.trim();
  const [row] = await scope.rowsIn<{ id: string }>(
    transaction,
    sql`insert into customers (tenant_id, id, installation_id, external_id, name, company_name, email)
      values (${tenant}, ${newId()}, ${installationId}, ${customer.id}, ${name}, ${customer.companyName}, ${customer.email})
      on conflict (tenant_id, installation_id, external_id)
      do update set name = excluded.name, company_name = excluded.company_name, email = excluded.email, updated_at = now() returning id`,
  );
  if (!row) throw new Error('An upsert returns its row');
  return row.id;
}

async function storeInvoice(
  scope: Scope,
  installationId: string,
  customerId: string,
  invoice: BillingInvoice,
  transaction: Transaction,
): Promise<void> {
  await scope.rowsIn(
    transaction,
    sql`insert into invoices (tenant_id, id, installation_id, customer_id, external_id, number, status, currency, total_minor, balance_minor, issued_on, due_on)
      values (${tenant}, ${newId()}, ${installationId}, ${customerId}, ${invoice.id}, ${invoice.number}, ${invoice.status}, ${invoice.total.currency},
        ${invoice.total.amountMinor.toString()}, ${invoice.balance.amountMinor.toString()}, ${invoice.issuedOn}, ${invoice.dueOn})
      on conflict (tenant_id, installation_id, external_id)
      do update set customer_id = excluded.customer_id, number = excluded.number, status = excluded.status, currency = excluded.currency,
        total_minor = excluded.total_minor, balance_minor = excluded.balance_minor, issued_on = excluded.issued_on, due_on = excluded.due_on, updated_at = now()`,
  );
}

/** An invoice that was deleted in the billing system is no longer to be paid. */
async function cancelInvoice(scope: Scope, installationId: string, externalId: string, transaction: Transaction): Promise<void> {
  await scope.rowsIn(
    transaction,
    sql`update invoices set status = 'CANCELLED', balance_minor = 0, updated_at = now()
      where tenant_id = ${tenant} and installation_id = ${installationId} and external_id = ${externalId}`,
  );
}
