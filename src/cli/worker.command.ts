import { createApp } from '../app';
import { ConfigError, loadConfig } from '../config/config';
import { JobWorker } from '../platform/jobs/worker';
import { createLogger } from '../platform/logging/logger';
import { exitWithParent, reportReady } from '../platform/process/parent';
import { untilStopped } from './until-stopped';

/** Runs jobs until it is told to stop. */
export async function work(): Promise<void> {
  const config = loadConfig();
  if (config.database.workerUrl === undefined) throw new ConfigError('DATABASE_WORKER_URL is missing: the worker needs the job-queue role');
  const log = createLogger({ ...config.logging, environment: config.environment, service: 'worker' });
  const app = await createApp({ config, log });
  app.registry.add(new JobWorker({ url: config.database.workerUrl, jobs: app.jobs, log, onLost: () => process.exit(1) }));
  await app.registry.start();
  const stop = () => app.registry.stop();
  exitWithParent(stop);
  log.info('the worker works');
  reportReady();
  await untilStopped(stop);
}
