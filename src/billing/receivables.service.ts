import type { Transaction } from 'sequelize';

import type { Scope } from '../platform/database/scope';
import { columns, sql, tenant } from '../platform/database/sql';
import type { BillingSystem } from '../providers/billing-system';
import type { InvoiceRecord } from './billing.loader';
import { Invoice, OPEN_STATUSES } from './invoice.model';
import type { InvoiceReader } from './invoice-reader';
import type { Installations } from './installations.service';

/** An open invoice with the names of whom it bills. */
export interface Receivable extends InvoiceRecord {
  readonly customerName: string;
  readonly customerCompanyName: string | null;
}

/** What customers owe, for whoever matches and books payments. */
export class Receivables {
  constructor(
    private readonly installations: Installations,
    private readonly reader: InvoiceReader,
  ) {}

  /** Invoices that wait for money. */
  open(scope: Scope, transaction: Transaction): Promise<Receivable[]> {
    return scope.rowsIn(
      transaction,
      sql`select ${columns(Invoice, 'i')}, c.name as "customerName", c.company_name as "customerCompanyName"
        from invoices i join customers c on c.tenant_id = i.tenant_id and c.id = i.customer_id
        where i.tenant_id = ${tenant} and i.status = any(${OPEN_STATUSES}) and i.balance_minor > 0 order by i.id`,
    );
  }

  /** What an invoice waits for, in minor units: nothing once it is closed. */
  owed({ status, balanceMinor }: InvoiceRecord): bigint {
    return OPEN_STATUSES.includes(status) ? BigInt(balanceMinor) : 0n;
  }

  /** One invoice, locked until the change ends; null unless it exists. */
  async lock(scope: Scope, transaction: Transaction, id: string): Promise<InvoiceRecord | null> {
    const [row] = await scope.rowsIn<InvoiceRecord>(
      transaction,
      sql`select ${columns(Invoice, 'i')} from invoices i where i.tenant_id = ${tenant} and i.id = ${id} for no key update`,
    );
    return row ?? null;
  }

  /** A client of the tenant's billing system. @throws NOT_CONFIGURED without one. */
  async billing(scope: Scope): Promise<BillingSystem> {
    return (await this.installations.ofTenant(scope)).billing;
  }

  /** Reads an invoice from the billing system; call the result inside a change to store how it stands. @throws ProviderError */
  async reread(scope: Scope, { installationId, externalId }: InvoiceRecord): Promise<(transaction: Transaction) => Promise<void>> {
    const billing = await this.billing(scope);
    const invoice = await billing.invoice(externalId);
    const customer = await billing.customer(invoice.customerId);
    return transaction => this.reader.store(scope, installationId, invoice, customer, transaction);
  }
}
