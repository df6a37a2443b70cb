import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** A user's way back in without the password; at most one, which goes when it is used. */
@Table({ tableName: 'password_resets', underscored: true })
export class PasswordReset extends TenantRow<InferAttributes<PasswordReset>, InferCreationAttributes<PasswordReset>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly userId: string;

  /** SHA-256 of the token. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly tokenHash: string;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly expiresAt: Date;
}
