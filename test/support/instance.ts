import { type App, createApp } from '../../src/app';
import { loadConfig } from '../../src/config/config';
import type { Clock } from '../../src/platform/clock';
import { createLogger } from '../../src/platform/logging/logger';
import { freePort } from '../../src/platform/process/tcp-port';
import { settings } from './settings';

export interface Instance extends App {
  readonly url: string;
  close(): Promise<void>;
}

export interface InstanceOptions {
  readonly appUrl: string;
  readonly publicUrl: string;
  readonly clock: Clock;
  /** Overrides of its environment. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** One more gateway on a database that another one serves: same keys, own pool, own memory. */
export async function anInstance({ appUrl, publicUrl, clock, environment = {} }: InstanceOptions): Promise<Instance> {
  const port = await freePort();
  const config = loadConfig({
    NODE_ENV: 'test',
    PAYYMO_PORT: String(port),
    // Both stand behind one address, whose tokens they issue and accept.
    PAYYMO_PUBLIC_URL: publicUrl,
    DATABASE_URL: appUrl,
    PAYYMO_SIGNING_KEY: settings().signingKey,
    PAYYMO_ENCRYPTION_KEY: settings().encryptionKey,
    GOCARDLESS_BANK_DATA_SECRET_ID: 'unused-id',
    GOCARDLESS_BANK_DATA_SECRET_KEY: 'unused-key',
    ...environment,
  });
  const log = createLogger({ level: 'silent', environment: 'test', service: 'test', format: 'json' });
  const app = await createApp({ config, log, clock });
  const { server, apollo } = await app.gateway();
  await app.registry.start();
  await server.listen({ host: '127.0.0.1', port: config.http.port });
  return {
    ...app,
    url: `${config.http.tls ? 'https' : 'http'}://127.0.0.1:${config.http.port}`,
    close: async () => {
      await server.close();
      await apollo.stop();
      await app.registry.stop();
    },
  };
}
