import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';
import type { Evidence } from './engine/types';

export const matchStates = ['PROPOSED', 'WITHDRAWN', 'REJECTED', 'APPROVED', 'APPLIED', 'FAILED'] as const;
export type MatchState = (typeof matchStates)[number];

/** States in which a match has taken its amount of the payment. */
export const CLAIMING: readonly MatchState[] = ['APPROVED', 'APPLIED', 'FAILED'];

/** A claim that a payment pays an invoice, from its proposal to the billing system's books. */
@Table({ tableName: 'matches', underscored: true })
export class Match extends TenantRow<InferAttributes<Match>, InferCreationAttributes<Match>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly transactionId: string;

  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly invoiceId: string;

  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly runId: string;

  /** What it pays, in minor units; a string because bigint does not fit a JavaScript number. */
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare readonly amountMinor: string;

  @Column({ type: DataType.CHAR(3), allowNull: false })
  declare readonly currency: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare state: MatchState;

  /** Basis points, 0 to 10,000. */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare readonly confidence: number;

  @Column({ type: DataType.BOOLEAN, allowNull: false })
  declare readonly tied: boolean;

  @Column({ type: DataType.JSONB, allowNull: false })
  declare readonly evidence: readonly Evidence[];

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly engineVersion: string;

  /** Null for what a rule decided. */
  @Column({ type: DataType.UUID })
  declare decidedBy: CreationOptional<string | null>;

  @Column({ type: DataType.DATE })
  declare decidedAt: CreationOptional<Date | null>;

  /** Why it was rejected or withdrawn. */
  @Column({ type: DataType.TEXT })
  declare reason: CreationOptional<string | null>;

  @Column({ type: DataType.DATE })
  declare appliedAt: CreationOptional<Date | null>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare applicationAttempts: CreationOptional<number>;

  @Column({ type: DataType.DATE })
  declare nextAttemptAt: CreationOptional<Date | null>;

  @Column({ type: DataType.TEXT })
  declare errorCode: CreationOptional<string | null>;

  @Column({ type: DataType.TEXT })
  declare errorMessage: CreationOptional<string | null>;
}
