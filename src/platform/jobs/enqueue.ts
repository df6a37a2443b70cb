import type { Transaction } from 'sequelize';

import type { JobInput, JobSpec } from './job';

export interface EnqueueOptions {
  /** Replaces a waiting job of the same key; a running one is not repeated for its failure then. */
  readonly key?: string;
  /** Jobs of one queue run one after another. */
  readonly queue?: string;
  readonly runAt?: Date;
}

/** The queue counts a worker that died as an attempt; ours are counted by the work itself, so the queue delivers as often as it can. */
const MAX_DELIVERIES = 32_767;

/** Asks for a job in the transaction of the change that needs it: both are committed, or neither. */
export async function enqueue<Input extends JobInput>(
  transaction: Transaction,
  { name, input }: JobSpec<Input>,
  value: Input,
  { key, queue, runAt }: EnqueueOptions = {},
): Promise<void> {
  const { sequelize } = transaction as unknown as { sequelize: { query(text: string, options: object): Promise<unknown> } };
  await sequelize.query('select payymo.add_job($1, $2, $3, $4, $5, $6)', {
    bind: [name, JSON.stringify(input.parse(value)), queue ?? null, key ?? null, runAt?.toISOString() ?? null, MAX_DELIVERIES],
    transaction,
  });
}
