import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** What a passkey is asked to sign: once, in time, for the user and the sign-in or session that asked. */
@Table({ tableName: 'passkey_ceremonies', underscored: true })
export class PasskeyCeremony extends TenantRow<InferAttributes<PasskeyCeremony>, InferCreationAttributes<PasskeyCeremony>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly userId: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly purpose: 'REGISTRATION' | 'AUTHENTICATION';

  /** The second-factor challenge or the session. */
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly contextId: string;

  /** SHA-256 of the WebAuthn challenge, in hex. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly challengeHash: string;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly expiresAt: Date;
}
