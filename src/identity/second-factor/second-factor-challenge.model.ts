import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** The second step of a sign-in, between the password and the tokens. */
@Table({ tableName: 'second_factor_challenges', underscored: true })
export class SecondFactorChallengeRow extends TenantRow<
  InferAttributes<SecondFactorChallengeRow>,
  InferCreationAttributes<SecondFactorChallengeRow>
> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly userId: string;

  /** SHA-256 in hex. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly tokenHash: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly demand: 'VERIFY' | 'ENROL';

  /** The key, certificate or browser that gave the password; null when the request proved none. */
  @Column({ type: DataType.TEXT })
  declare readonly proof: string | null;

  /** SHA-256 of the password hash, in hex: a changed password ends the step. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly passwordDigest: string;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare failures: CreationOptional<number>;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly expiresAt: Date;
}
