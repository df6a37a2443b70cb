import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { RunRow } from '../platform/jobs/run.model';

/** One fetch of the invoices that changed. */
@Table({ tableName: 'invoice_imports', underscored: true })
export class InvoiceImport extends RunRow<InferAttributes<InvoiceImport>, InferCreationAttributes<InvoiceImport>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly installationId: string;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare invoicesTotal: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare invoicesDone: CreationOptional<number>;
}
