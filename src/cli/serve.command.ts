import { createApp } from '../app';
import { loadConfig } from '../config/config';
import { HttpListener } from '../platform/http/listener';
import { createLogger } from '../platform/logging/logger';
import { exitWithParent, reportReady } from '../platform/process/parent';
import { untilStopped } from './until-stopped';

/** Runs the gateway until it is told to stop. */
export async function serve(): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ ...config.logging, environment: config.environment, service: 'gateway' });
  const app = await createApp({ config, log });
  const { server, apollo } = await app.gateway();
  const listener = app.registry.add(new HttpListener(server, config.http, ['database']));
  await app.registry.start();
  const stop = async () => {
    await app.registry.stop();
    await apollo.stop();
  };
  exitWithParent(stop);
  log.info({ port: listener.port }, 'the gateway serves');
  reportReady({ port: listener.port });
  await untilStopped(stop);
}
