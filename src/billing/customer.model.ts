import type { InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../platform/database/tenant-row.model';

/** Whom the tenant bills. */
@Table({ tableName: 'customers', underscored: true })
export class Customer extends TenantRow<InferAttributes<Customer>, InferCreationAttributes<Customer>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly installationId: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly externalId: string;

  /** First and last name of the person. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare name: string;

  @Column({ type: DataType.TEXT })
  declare companyName: string | null;

  @Column({ type: DataType.TEXT })
  declare email: string | null;
}
