import type { Transaction } from 'sequelize';

import type { Scope } from '../platform/database/scope';
import { sql, tenant } from '../platform/database/sql';
import { CLAIMING } from './match.model';

/**
 * What approved matches have taken, in minor units. Of a payment, all of them count; of an invoice only those that its balance does
 * not know of yet, because the billing system has not booked them.
 */
export interface Claims {
  ofPayment(id: string): bigint;
  ofInvoice(id: string): bigint;
}

interface Claim {
  readonly transactionId: string;
  readonly invoiceId: string;
  readonly amountMinor: string;
  readonly applied: boolean;
}

export async function allClaims(scope: Scope, transaction: Transaction): Promise<Claims> {
  return claimsIn(await scope.rowsIn<Claim>(transaction, sql`${SELECT} and m.state = any(${CLAIMING})`));
}

/** Read under the locks of the payment and the invoice: nobody can add to them meanwhile. */
export async function claimsOn(scope: Scope, transaction: Transaction, on: { transactionId: string; invoiceId: string }): Promise<Claims> {
  const { transactionId, invoiceId } = on;
  return claimsIn(
    await scope.rowsIn<Claim>(
      transaction,
      sql`${SELECT} and m.state = any(${CLAIMING}) and (m.transaction_id = ${transactionId} or m.invoice_id = ${invoiceId})`,
    ),
  );
}

const SELECT = sql`select m.transaction_id as "transactionId", m.invoice_id as "invoiceId", m.amount_minor as "amountMinor",
  m.state = 'APPLIED' as applied from matches m where m.tenant_id = ${tenant}`;

function claimsIn(rows: readonly Claim[]): Claims {
  const payments = new Map<string, bigint>();
  const invoices = new Map<string, bigint>();
  for (const { transactionId, invoiceId, amountMinor, applied } of rows) {
    payments.set(transactionId, (payments.get(transactionId) ?? 0n) + BigInt(amountMinor));
    if (!applied) invoices.set(invoiceId, (invoices.get(invoiceId) ?? 0n) + BigInt(amountMinor));
  }
  return { ofPayment: id => payments.get(id) ?? 0n, ofInvoice: id => invoices.get(id) ?? 0n };
}
