import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** The secret that a user's authenticator app holds too. Until its first code came back it is pending, and expires. */
@Table({ tableName: 'totp_seeds', underscored: true })
export class TotpSeed extends TenantRow<InferAttributes<TotpSeed>, InferCreationAttributes<TotpSeed>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly userId: string;

  /** Base32, sealed for this row. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly sealedSeed: string;

  /** The last time step whose code was taken: no step is taken twice. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare lastStep: CreationOptional<number>;

  @Column({ type: DataType.DATE })
  declare confirmedAt: CreationOptional<Date | null>;

  /** Of a pending one; null once it is confirmed. */
  @Column({ type: DataType.DATE })
  declare expiresAt: Date | null;

  @Column({ type: DataType.DATE })
  declare lastUsedAt: CreationOptional<Date | null>;
}
