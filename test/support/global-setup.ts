import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { startEphemeralPostgres } from '../../src/platform/database/embedded/ephemeral-postgres';
import { prepareDatabase } from '../../src/platform/database/embedded/prepare-database';
import { createMigrator } from '../../src/platform/database/migrator';
import { hashPassword } from '../../src/identity/passwords/password';
import { PASSWORD, shareSettings, TEMPLATE } from './settings';

/** One PostgreSQL for the whole run, with a migrated database that each test file clones in some milliseconds. */
export default async function globalSetup(): Promise<void> {
  const postgres = await startEphemeralPostgres();
  (globalThis as { payymoPostgres?: unknown }).payymoPostgres = postgres;
  const password = () => randomBytes(16).toString('hex');
  const passwords = { owner: password(), app: password(), worker: password() };
  const { ownerUrl } = await prepareDatabase(postgres.superuserUrl, passwords, TEMPLATE);
  const migrator = createMigrator(ownerUrl);
  await migrator.up();
  await migrator.close();
  shareSettings({
    superuserUrl: postgres.superuserUrl,
    passwords,
    passwordHash: await hashPassword(PASSWORD),
    signingKey: generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    encryptionKey: randomBytes(32).toString('base64'),
  });
}
