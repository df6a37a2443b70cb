import { type App, createApp } from '../../src/app';
import { loadConfig } from '../../src/config/config';
import { createLogger } from '../../src/platform/logging/logger';
import { settings } from './settings';

/** The application as it is wired, for looking at its modules: it is never started, and no database is there. */
export function everyModule(): Promise<App> {
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PAYYMO_SIGNING_KEY: settings().signingKey,
    PAYYMO_ENCRYPTION_KEY: settings().encryptionKey,
    GOCARDLESS_BANK_DATA_SECRET_ID: 'none',
    GOCARDLESS_BANK_DATA_SECRET_KEY: 'none',
  });
  return createApp({ config, log: createLogger({ level: 'silent', environment: 'test', service: 'test', format: 'json' }) });
}
