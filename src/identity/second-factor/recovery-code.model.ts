import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** A code that opens the account once when the other factors are lost. */
@Table({ tableName: 'recovery_codes', underscored: true })
export class RecoveryCode extends TenantRow<InferAttributes<RecoveryCode>, InferCreationAttributes<RecoveryCode>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly userId: string;

  /** SHA-256 in hex: the code has 125 random bits, so that nothing slower is needed. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly codeHash: string;

  @Column({ type: DataType.DATE })
  declare usedAt: CreationOptional<Date | null>;
}
