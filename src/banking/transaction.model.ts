import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';

export const transactionStatuses = ['PENDING', 'BOOKED'] as const;
export type TransactionStatus = (typeof transactionStatuses)[number];

export const matchStates = ['UNMATCHED', 'PROPOSED', 'MATCHED'] as const;
export type MatchState = (typeof matchStates)[number];

/** A line of a bank account. */
@Table({ tableName: 'transactions', underscored: true })
export class Transaction extends TenantRow<InferAttributes<Transaction>, InferCreationAttributes<Transaction>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly accountId: string;

  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly connectionId: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare status: TransactionStatus;

  /** YYYY-MM-DD: the bank's own day, never shifted by a time zone. */
  @Column({ type: DataType.DATEONLY, allowNull: false })
  declare bookedOn: string;

  @Column({ type: DataType.DATEONLY })
  declare valueOn: string | null;

  /** In minor units; a string because bigint does not fit a JavaScript number. Negative left the account. */
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare readonly amountMinor: string;

  @Column({ type: DataType.CHAR(3), allowNull: false })
  declare readonly currency: string;

  @Column({ type: DataType.TEXT })
  declare counterpartyName: string | null;

  @Column({ type: DataType.TEXT })
  declare counterpartyIban: string | null;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare remittance: string;

  @Column({ type: DataType.TEXT })
  declare structuredReference: string | null;

  @Column({ type: DataType.TEXT })
  declare endToEndId: string | null;

  @Column({ type: DataType.TEXT })
  declare bankTransactionCode: string | null;

  /** The provider's ids: they help to recognise a line, but banks reissue and repeat them. */
  @Column({ type: DataType.TEXT })
  declare providerId: string | null;

  @Column({ type: DataType.TEXT })
  declare internalId: string | null;

  /** Digest of what makes the line what it is; with the ordinal it is unique in the account. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare fingerprint: string;

  /** Two equal lines of one day are 0 and 1. */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare ordinal: number;

  @Column({ type: DataType.TEXT, allowNull: false, defaultValue: 'UNMATCHED' })
  declare matchState: CreationOptional<MatchState>;
}
