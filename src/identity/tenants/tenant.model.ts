import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Model, Table } from 'sequelize-typescript';

/** ACTIVE, or SUSPENDED: it can be read, not changed; or CLOSED: nobody but the platform sees it. */
export const tenantStatuses = ['ACTIVE', 'SUSPENDED', 'CLOSED'] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

/** A hosting business: whose data it is. */
@Table({ tableName: 'tenants', underscored: true })
export class Tenant extends Model<InferAttributes<Tenant>, InferCreationAttributes<Tenant>> {
  @Column({ type: DataType.UUID, primaryKey: true })
  declare readonly id: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly slug: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare name: string;

  /** ISO 3166-1 alpha-2. */
  @Column({ type: DataType.CHAR(2), allowNull: false })
  declare country: string;

  /** PLATFORM for the one to which operators and auditors belong. */
  @Column({ type: DataType.TEXT, allowNull: false, defaultValue: 'BUSINESS' })
  declare readonly kind: CreationOptional<'BUSINESS' | 'PLATFORM'>;

  @Column({ type: DataType.TEXT, allowNull: false, defaultValue: 'ACTIVE' })
  declare status: CreationOptional<TenantStatus>;

  /** Why it is not active, for its people; null unless somebody said so. */
  @Column({ type: DataType.TEXT })
  declare statusReason: CreationOptional<string | null>;

  /** Whether nobody gets in without a second factor. */
  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare secondFactorRequired: CreationOptional<boolean>;

  @Column({ type: DataType.TEXT, allowNull: false, defaultValue: 'Unlimited' })
  declare planName: CreationOptional<string>;

  /** This and the following: null is without limit. */
  @Column({ type: DataType.INTEGER })
  declare maxConnections: CreationOptional<number | null>;

  /** In a calendar month, UTC. */
  @Column({ type: DataType.INTEGER })
  declare maxTransactionsPerMonth: CreationOptional<number | null>;

  @Column({ type: DataType.INTEGER })
  declare maxUsers: CreationOptional<number | null>;

  /** Host names in lower case, each with its subdomains. */
  @Column({ type: DataType.ARRAY(DataType.TEXT) })
  declare planDomains: CreationOptional<string[] | null>;

  @Column({ type: DataType.ARRAY(DataType.TEXT) })
  declare planFeatures: CreationOptional<string[] | null>;

  /** UTC; from then on the tenant can be read, not changed. */
  @Column({ type: DataType.DATE })
  declare planExpiresAt: CreationOptional<Date | null>;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly createdAt: CreationOptional<Date>;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly updatedAt: CreationOptional<Date>;
}
