import { randomBytes } from 'node:crypto';

import { describeDatabase } from '../platform/database/describe';
import { startEphemeralPostgres } from '../platform/database/embedded/ephemeral-postgres';
import { prepareDatabase } from '../platform/database/embedded/prepare-database';
import { createMigrator } from '../platform/database/migrator';

/** The DDL that all migrations leave behind, read from a database made for the purpose. */
export async function databaseSql(): Promise<string> {
  const postgres = await startEphemeralPostgres();
  const password = () => randomBytes(16).toString('hex');
  try {
    const { ownerUrl } = await prepareDatabase(postgres.superuserUrl, { owner: password(), app: password(), worker: password() });
    const migrator = createMigrator(ownerUrl);
    await migrator.up();
    await migrator.close();
    return await describeDatabase(ownerUrl);
  } finally {
    await postgres.stop();
  }
}
