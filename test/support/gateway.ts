import { type App, createApp } from '../../src/app';
import { loadConfig } from '../../src/config/config';
import { createLogger } from '../../src/platform/logging/logger';
import { freePort } from '../../src/platform/process/tcp-port';
import { TestClock } from './clock';
import { aDatabase, type TestDatabase } from './database';
import { settings } from './settings';

export interface TestGateway extends App {
  readonly url: string;
  readonly db: TestDatabase;
  /** Every line that was logged, at all levels. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

/** The gateway over HTTP without tenants or providers, its log kept; `difference` overrides its environment. */
export async function startGateway(difference: NodeJS.ProcessEnv = {}): Promise<TestGateway> {
  const db = await aDatabase();
  const port = await freePort();
  const config = loadConfig({
    NODE_ENV: 'test',
    PAYYMO_PORT: String(port),
    DATABASE_URL: db.appUrl,
    PAYYMO_SIGNING_KEY: settings().signingKey,
    PAYYMO_ENCRYPTION_KEY: settings().encryptionKey,
    GOCARDLESS_BANK_DATA_SECRET_ID: 'unused-id',
    GOCARDLESS_BANK_DATA_SECRET_KEY: 'unused-key',
    LOG_LEVEL: 'trace',
    ...difference,
  });
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLogger({ level: config.logging.level, format: 'json', environment: 'test', service: 'test', destination });
  const app = await createApp({ config, log, clock: new TestClock() });
  const { server, apollo } = await app.gateway();
  await app.registry.start();
  await server.listen({ host: '127.0.0.1', port });
  return {
    ...app,
    url: `http://127.0.0.1:${port}`,
    db,
    logged,
    close: async () => {
      await server.close();
      await apollo.stop();
      await app.registry.stop();
      await db.drop();
    },
  };
}
