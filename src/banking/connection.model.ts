import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';

export const connectionStatuses = ['PENDING', 'ACTIVE', 'REJECTED', 'EXPIRED', 'ERROR'] as const;
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** A consent at a bank, through a provider. */
@Table({ tableName: 'connections', underscored: true })
export class Connection extends TenantRow<InferAttributes<Connection>, InferCreationAttributes<Connection>> {
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly provider: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly institutionId: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly institutionName: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare status: ConnectionStatus;

  /** For people: why it is not active. */
  @Column({ type: DataType.TEXT })
  declare statusReason: CreationOptional<string | null>;

  /** The provider's own id of the consent. */
  @Column({ type: DataType.TEXT })
  declare consentId: CreationOptional<string | null>;

  @Column({ type: DataType.INTEGER, allowNull: false })
  declare readonly historyDays: number;

  @Column({ type: DataType.DATE })
  declare consentExpiresAt: CreationOptional<Date | null>;

  @Column({ type: DataType.UUID })
  declare readonly createdBy: CreationOptional<string | null>;
}
