import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';
import type { BillingInvoiceStatus } from '../providers/billing-system';

export const invoiceStatuses = [
  'UNPAID',
  'PAID',
  'CANCELLED',
  'REFUNDED',
  'COLLECTIONS',
  'DRAFT',
  'PAYMENT_PENDING',
] as const satisfies readonly BillingInvoiceStatus[];
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** Statuses in which an invoice waits for money. */
export const OPEN_STATUSES: readonly InvoiceStatus[] = ['UNPAID', 'PAYMENT_PENDING', 'COLLECTIONS'];

/** An invoice of the tenant's billing system, as read from it last. */
@Table({ tableName: 'invoices', underscored: true })
export class Invoice extends TenantRow<InferAttributes<Invoice>, InferCreationAttributes<Invoice>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly installationId: string;

  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly customerId: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly externalId: string;

  /** What the customer sees and quotes. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare number: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare status: InvoiceStatus;

  @Column({ type: DataType.CHAR(3), allowNull: false })
  declare currency: string;

  /** In minor units; a string because bigint does not fit a JavaScript number. */
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare totalMinor: string;

  /** What is left to pay, in minor units. */
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare balanceMinor: string;

  @Column({ type: DataType.DATEONLY, allowNull: false })
  declare issuedOn: string;

  @Column({ type: DataType.DATEONLY })
  declare dueOn: string | null;
}
