import type { CreationOptional, InferAttributes, InferCreationAttributes, Transaction } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';
import type { UserRole } from '../roles/permissions';

/** An offer, made by mail, to become a user. Open until it is accepted, revoked or expired. */
@Table({ tableName: 'invitations', underscored: true })
export class Invitation extends TenantRow<InferAttributes<Invitation>, InferCreationAttributes<Invitation>> {
  /** Lower case; an address has at most one invitation that is neither accepted nor revoked. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly email: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare name: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare role: UserRole;

  /** With the role CUSTOM; null once the invitation is closed and the role deleted. */
  @Column({ type: DataType.UUID })
  declare customRoleId: CreationOptional<string | null>;

  /** Who stands in for the role; null when the platform invited. */
  @Column({ type: DataType.UUID })
  declare invitedBy: string | null;

  /** SHA-256 of the token; null until it was made, and once it was used. */
  @Column({ type: DataType.TEXT })
  declare tokenHash: CreationOptional<string | null>;

  @Column({ type: DataType.DATE, allowNull: false })
  declare expiresAt: Date;

  @Column({ type: DataType.DATE })
  declare sentAt: CreationOptional<Date | null>;

  @Column({ type: DataType.DATE })
  declare acceptedAt: CreationOptional<Date | null>;

  @Column({ type: DataType.DATE })
  declare revokedAt: CreationOptional<Date | null>;

  /** Who came of it. */
  @Column({ type: DataType.UUID })
  declare userId: CreationOptional<string | null>;

  /** How often it was sent, or is to be: a job for an earlier time has nothing to do. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare mailings: CreationOptional<number>;

  /** Of the mailing under way. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare attempts: CreationOptional<number>;

  @Column({ type: DataType.TEXT })
  declare errorCode: CreationOptional<string | null>;

  @Column({ type: DataType.TEXT })
  declare errorMessage: CreationOptional<string | null>;

  @Column({ type: DataType.DATE })
  declare nextAttemptAt: CreationOptional<Date | null>;

  /** Whether somebody could still accept it into this custom role, or be sent it anew. */
  static async isOpenFor(transaction: Transaction, customRoleId: string): Promise<boolean> {
    return (await this.findOne({ where: { customRoleId, ...OPEN }, transaction })) !== null;
  }

  /** Takes a custom role that is about to go from the closed invitations. */
  static forget(transaction: Transaction, customRoleId: string): Promise<unknown> {
    return this.update({ customRoleId: null }, { where: { customRoleId }, transaction });
  }
}

/** Neither accepted nor revoked; it can have expired. */
export const OPEN = { acceptedAt: null, revokedAt: null } as const;
