import type { CreationOptional } from 'sequelize';
import { Column, DataType, Model } from 'sequelize-typescript';

/** What every row of a tenant has: the tenant, which the transaction fills in, an id of its own, and its times (UTC). */
export abstract class TenantRow<Attributes extends object, Creation extends object> extends Model<Attributes, Creation> {
  @Column({ type: DataType.UUID, primaryKey: true })
  declare readonly tenantId: CreationOptional<string>;

  @Column({ type: DataType.UUID, primaryKey: true })
  declare readonly id: string;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly createdAt: CreationOptional<Date>;

  @Column({ type: DataType.DATE, allowNull: false })
  declare readonly updatedAt: CreationOptional<Date>;
}
