import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';

/** A tenant's billing system, and how to reach it. */
@Table({ tableName: 'installations', underscored: true })
export class Installation extends TenantRow<InferAttributes<Installation>, InferCreationAttributes<Installation>> {
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly system: 'whmcs';

  @Column({ type: DataType.TEXT, allowNull: false })
  declare url: string;

  /** System name of the payment gateway that bank transfers are booked under. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare gateway: string;

  /** {identifier, secret} as JSON, sealed: never in plain text. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare sealedCredentials: string;
}
