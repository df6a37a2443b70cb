import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';
import type { UserRole } from '../roles/permissions';

/** Somebody who signs in. One e-mail address may be a user of several tenants: two rows that know nothing of each other. */
@Table({ tableName: 'users', underscored: true })
export class User extends TenantRow<InferAttributes<User>, InferCreationAttributes<User>> {
  /** Lower case. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly email: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare name: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare role: UserRole;

  /** Of a user with the role CUSTOM alone. */
  @Column({ type: DataType.UUID })
  declare customRoleId: CreationOptional<string | null>;

  /** argon2id, in the PHC string format. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare passwordHash: string;

  @Column({ type: DataType.DATE })
  declare disabledAt: CreationOptional<Date | null>;

  @Column({ type: DataType.DATE })
  declare lastSignedInAt: CreationOptional<Date | null>;
}
