import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { RunRow } from '../platform/jobs/run.model';

/** One pass over all payments that are not matched yet. */
@Table({ tableName: 'reconciliation_runs', underscored: true })
export class ReconciliationRun extends RunRow<InferAttributes<ReconciliationRun>, InferCreationAttributes<ReconciliationRun>> {
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare paymentsTotal: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare paymentsDone: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare proposals: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare autoApproved: CreationOptional<number>;

  /** Basis points from which untied proposals approve themselves; null for never. */
  @Column({ type: DataType.INTEGER })
  declare readonly autoApproveFrom: CreationOptional<number | null>;
}
