import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';

/** What a bank's redirect must bring back to complete a connection: once, in time, for the user who began. */
@Table({ tableName: 'connection_authorizations', underscored: true })
export class ConnectionAuthorization extends TenantRow<
  InferAttributes<ConnectionAuthorization>,
  InferCreationAttributes<ConnectionAuthorization>
> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly connectionId: string;

  @Column({ type: DataType.UUID })
  declare readonly userId: string | null;

  /** SHA-256 of the reference, in hex. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly referenceHash: string;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly expiresAt: Date;

  @Column({ type: DataType.DATE })
  declare usedAt: CreationOptional<Date | null>;
}
