import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { RunRow } from '../platform/jobs/run.model';

/** One fetch of what is new on the accounts of a connection. */
@Table({ tableName: 'sync_runs', underscored: true })
export class SyncRun extends RunRow<InferAttributes<SyncRun>, InferCreationAttributes<SyncRun>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly connectionId: string;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare accountsTotal: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare accountsDone: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare linesSeen: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare linesNew: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare linesUpdated: CreationOptional<number>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare linesRejected: CreationOptional<number>;
}
