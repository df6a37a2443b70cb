import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** How often in a row a user's second factor was wrong; the row's id is the user's. */
@Table({ tableName: 'second_factor_failures', underscored: true })
export class SecondFactorFailures extends TenantRow<InferAttributes<SecondFactorFailures>, InferCreationAttributes<SecondFactorFailures>> {
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare failures: number;

  @Column({ type: DataType.DATE })
  declare blockedUntil: Date | null;
}
