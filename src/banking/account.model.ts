import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';

/** A bank account that a connection gives access to. */
@Table({ tableName: 'accounts', underscored: true })
export class Account extends TenantRow<InferAttributes<Account>, InferCreationAttributes<Account>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly connectionId: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly providerAccountId: string;

  @Column({ type: DataType.TEXT })
  declare iban: CreationOptional<string | null>;

  @Column({ type: DataType.CHAR(3) })
  declare currency: CreationOptional<string | null>;

  @Column({ type: DataType.TEXT })
  declare name: CreationOptional<string | null>;

  @Column({ type: DataType.TEXT })
  declare ownerName: CreationOptional<string | null>;

  /** In minor units; a string because bigint does not fit a JavaScript number. */
  @Column({ type: DataType.BIGINT })
  declare balanceMinor: CreationOptional<string | null>;

  @Column({ type: DataType.CHAR(3) })
  declare balanceCurrency: CreationOptional<string | null>;

  @Column({ type: DataType.DATEONLY })
  declare balanceOn: CreationOptional<string | null>;

  /** All lines booked up to this day were fetched; null before the first synchronisation. */
  @Column({ type: DataType.DATEONLY })
  declare syncedThrough: CreationOptional<string | null>;

  /** The run that fetched this account last: where a run that was cut off goes on. */
  @Column({ type: DataType.UUID })
  declare syncedInRun: CreationOptional<string | null>;
}
