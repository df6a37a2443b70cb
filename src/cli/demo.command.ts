import { createApp } from '../app';
import { loadConfig, loadPort } from '../config/config';
import { createMigrator } from '../platform/database/migrator';
import { createLogger } from '../platform/logging/logger';
import { runDemo } from './demo/demo';
import type { DemoContext } from './demo/parts';
import { root } from './files';
import { say } from './say';
import { seedDemo } from './seed-demo';

export interface DemoOptions {
  readonly host: string;
  /** Default: PAYYMO_PORT. */
  readonly port?: number;
}

/** What `npm start` does: the whole product on this machine, with sandbox providers and two seeded tenants. */
export const demo = ({ host, port = loadPort() }: DemoOptions): Promise<void> =>
  runDemo({
    root,
    log: say,
    parts: {
      host,
      port,
      tokenCommand: 'npm run -s token -- northwind owner',
      migrate,
      seed,
      environment: context => settingsFor(context, host),
    },
  });

async function migrate(ownerUrl: string): Promise<void> {
  const migrator = createMigrator(ownerUrl);
  try {
    await migrator.up();
  } finally {
    await migrator.close();
  }
}

async function seed(context: DemoContext) {
  const config = loadConfig(settingsFor(context, '127.0.0.1'));
  const app = await createApp({ config, log: createLogger({ ...config.logging, environment: config.environment, service: 'demo' }) });
  await app.registry.start();
  try {
    return await seedDemo(app, context);
  } finally {
    await app.registry.stop();
  }
}

/** The environment of a process of the demo: what its own configuration needs, nothing of ours. */
const settingsFor = ({ url, port, database, secrets, sandbox }: DemoContext, host: string): Record<string, string> => ({
  NODE_ENV: 'development',
  PAYYMO_HOST: host,
  PAYYMO_PORT: String(port),
  PAYYMO_PUBLIC_URL: url,
  DATABASE_URL: database.appUrl,
  DATABASE_WORKER_URL: database.workerUrl,
  PAYYMO_SIGNING_KEY: secrets.signingKey,
  PAYYMO_ENCRYPTION_KEY: secrets.encryptionKey,
  GOCARDLESS_BANK_DATA_URL: sandbox.gocardless.url,
  GOCARDLESS_BANK_DATA_SECRET_ID: secrets.sandboxSecretId,
  GOCARDLESS_BANK_DATA_SECRET_KEY: secrets.sandboxSecretKey,
  LOG_LEVEL: 'warn',
  LOG_FORMAT: 'pretty',
});
