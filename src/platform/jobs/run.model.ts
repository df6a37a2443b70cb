import type { CreationOptional } from 'sequelize';
import { Column, DataType } from 'sequelize-typescript';

import { TenantRow } from '../database/tenant-row.model';

export const runStates = ['QUEUED', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED'] as const;
export type RunState = (typeof runStates)[number];

/** Long work that a user watches: a row that tells how far it is, and why it waits or failed. */
export abstract class RunRow<Attributes extends object, Creation extends object> extends TenantRow<Attributes, Creation> {
  @Column({ type: DataType.TEXT, allowNull: false, defaultValue: 'QUEUED' })
  declare state: CreationOptional<RunState>;

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare attempts: CreationOptional<number>;

  @Column({ type: DataType.TEXT })
  declare errorCode: CreationOptional<string | null>;

  @Column({ type: DataType.TEXT })
  declare errorMessage: CreationOptional<string | null>;

  @Column({ type: DataType.DATE })
  declare nextAttemptAt: CreationOptional<Date | null>;

  @Column({ type: DataType.UUID })
  declare requestedBy: CreationOptional<string | null>;

  @Column({ type: DataType.DATE })
  declare startedAt: CreationOptional<Date | null>;

  @Column({ type: DataType.DATE })
  declare finishedAt: CreationOptional<Date | null>;
}
