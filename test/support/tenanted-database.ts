import { jobPrincipal } from '../../src/platform/auth/principal';
import { Connection } from '../../src/banking/connection.model';
import { SyncRun } from '../../src/banking/sync-run.model';
import type { ModelCtor } from '../../src/platform/database/model';
import { Database } from '../../src/platform/database/database';
import { Scope } from '../../src/platform/database/scope';
import { type FilledTenant, fillTables } from '../database/rows';
import { aDatabase, type TestDatabase } from './database';

/** The pool of the application on a database of two tenants with a row in every table. */
export interface TenantedDatabase {
  readonly db: TestDatabase;
  readonly database: Database;
  readonly northwind: FilledTenant;
  readonly aurora: FilledTenant;
  scope(tenant: FilledTenant): Scope;
  close(): Promise<void>;
}

export async function aTenantedDatabase({
  pool = 4,
  models = [Connection, SyncRun] as readonly ModelCtor[],
} = {}): Promise<TenantedDatabase> {
  const db = await aDatabase();
  const [northwind, aurora] = await fillTables(db);
  const database = new Database({ url: db.appUrl, pool });
  database.register(models);
  await database.start();
  return {
    db,
    database,
    northwind,
    aurora,
    scope: ({ id: tenantId }) => new Scope(database, jobPrincipal(tenantId, 'test', ['matches:approve']), 'test'),
    close: async () => {
      await database.stop();
      await db.drop();
    },
  };
}

/** How many transactions of the application are open. */
export const openTransactions = async ({ db }: TenantedDatabase): Promise<number> => {
  const rows = await db.query(
    `select from pg_stat_activity where datname = current_database() and usename = 'payymo_app' and state like 'idle in transaction%'`,
  );
  return rows.length;
};
