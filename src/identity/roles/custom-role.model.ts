import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** A named set of permissions that a tenant made for itself. */
@Table({ tableName: 'custom_roles', underscored: true })
export class CustomRole extends TenantRow<InferAttributes<CustomRole>, InferCreationAttributes<CustomRole>> {
  /** Unique within the tenant, whatever its case. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare name: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare description: string;

  /** Of those that a tenant role can hold; sorted, each once. */
  @Column({ type: DataType.ARRAY(DataType.TEXT), allowNull: false })
  declare permissions: string[];
}
