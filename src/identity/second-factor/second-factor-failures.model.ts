import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** How often in a row a user's second factor was wrong; the row's id is the user's. */
@Table({ tableName: 'second_factor_failures', underscored: true })
export class SecondFactorFailures extends TenantRow<InferAttributes<SecondFactorFailures>, InferCreationAttributes<SecondFactorFailures>> {
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare failures: number;

  /** Of them those of one-time passwords, which make the next one wait. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare totpFailures: CreationOptional<number>;

  @Column({ type: DataType.DATE })
  declare blockedUntil: Date | null;
}
