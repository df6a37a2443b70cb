import type { TestDatabase } from './database';

const BLOCKED = `select from pg_stat_activity where datname = current_database() and usename = 'payymo_app' and wait_event_type = 'Lock'`;

/** Until a statement of the application waits for a lock. A transaction sees one state of the activity until it is told to forget it. */
export async function untilBlocked(db: Pick<TestDatabase, 'query'>): Promise<void> {
  while ((await db.query(BLOCKED)).length === 0) {
    await new Promise(resolve => setTimeout(resolve, 20));
    await db.query('select pg_stat_clear_snapshot()');
  }
}
