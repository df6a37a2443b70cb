import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** One of the secrets of a client; the secret itself was shown once and is nowhere. */
@Table({ tableName: 'api_client_secrets', underscored: true })
export class ApiClientSecret extends TenantRow<InferAttributes<ApiClientSecret>, InferCreationAttributes<ApiClientSecret>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly clientId: string;

  /** SHA-256 of the secret. */
  @Column({ type: DataType.BLOB, allowNull: false })
  declare readonly hash: Buffer;

  /** Its last four characters, so that people can tell which one it is. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly hint: string;

  @Column({ type: DataType.UUID })
  declare readonly createdBy: string | null;

  /** When the overlap with its successor ends; null as long as it has none. */
  @Column({ type: DataType.DATE })
  declare expiresAt: CreationOptional<Date | null>;

  /** When somebody took it back. */
  @Column({ type: DataType.DATE })
  declare retiredAt: CreationOptional<Date | null>;

  @Column({ type: DataType.DATE })
  declare lastUsedAt: CreationOptional<Date | null>;
}
