import type { Transaction } from 'sequelize';

import { run } from '../database/database';
import { prepare, sql, tenant } from '../database/sql';

/** Lets the jobs that failed and wait, since their tenant was on hold, run as soon as the change is committed. */
export async function wakeJobs(transaction: Transaction, tenantId: string): Promise<void> {
  await run(transaction, prepare(sql`select payymo.wake_jobs(${tenant})`, tenantId));
}

/** Takes the tenant's waiting jobs back. One under way ends by itself at its next change. */
export async function cancelJobs(transaction: Transaction, tenantId: string): Promise<void> {
  await run(transaction, prepare(sql`select payymo.cancel_jobs(${tenant})`, tenantId));
}
