import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Model, Table } from 'sequelize-typescript';

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
  declare status: CreationOptional<'ACTIVE' | 'SUSPENDED' | 'CLOSED'>;

  /** Whether nobody gets in without a second factor. */
  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare secondFactorRequired: CreationOptional<boolean>;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly createdAt: CreationOptional<Date>;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly updatedAt: CreationOptional<Date>;
}
