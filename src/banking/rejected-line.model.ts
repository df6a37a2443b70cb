import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';

/** A line that could not be understood, as the bank sent it. */
@Table({ tableName: 'rejected_lines', underscored: true })
export class RejectedLine extends TenantRow<InferAttributes<RejectedLine>, InferCreationAttributes<RejectedLine>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly accountId: string;

  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly runId: string;

  /** Of the raw line: the same one fetched again is not recorded again. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly digest: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly reason: string;

  @Column({ type: DataType.JSONB, allowNull: false })
  declare readonly raw: unknown;
}
