import type { EventEmitter } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type ProcessLock, takeProcessLock } from '../../platform/process/process-lock';
import { asStartupError, StartupError } from '../../platform/process/startup-error';
import { listenForInterruption } from './interruption';
import type { DemoParts } from './parts';
import { Running } from './running';
import { startEverything } from './start-everything';

export interface DemoOptions {
  /** The checkout: the demo keeps everything it makes in `.payymo` there. */
  readonly root: string;
  readonly parts: DemoParts;
  /** Gets the lines that a person at the terminal should see. */
  readonly log: (line: string) => void;
  /** What emits SIGINT and SIGTERM: the process itself. */
  readonly signals?: EventEmitter;
}

const LEAST_NODE = [20, 19] as const;
const ABANDONED_START_WITHIN_MS = 10_000;

/**
 * `npm start`: database, sandbox, demo data, gateway and worker, until a signal ends them all in reverse order.
 * @throws StartupError, one line, when something cannot be started or ends by itself; everything is stopped by then.
 */
export async function runDemo({ root, parts, log, signals = process }: DemoOptions): Promise<void> {
  requireNode(process.versions.node);
  const home = await makeHome(root);
  const lock = await lockHome(home);
  const running = new Running();
  const interruption = listenForInterruption(signals, () => {
    running.kill();
  });
  const starting = startEverything({ root, home, parts, log, running });
  try {
    await untilItEnds(starting, running, interruption.requested, log);
  } finally {
    await running.stop();
    // A start that was interrupted may have had something under way.
    await Promise.race([starting.catch(() => undefined), sleep(ABANDONED_START_WITHIN_MS, undefined, { ref: false })]);
    await running.stop();
    interruption.close();
    await lock.release();
  }
  log('Stopped.');
}

async function untilItEnds(
  starting: Promise<void>,
  running: Running,
  requested: Promise<string>,
  log: (line: string) => void,
): Promise<void> {
  const died = running.death.then(reason => {
    throw reason;
  });
  const ended = Promise.race([requested, died]);
  await Promise.race([starting, ended]);
  const signal = await ended;
  log(`${signal}: stopping (once more to stop at once) ...`);
}

/** @throws StartupError for a Node.js that is too old to run Payymo. */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new StartupError(`Payymo needs Node.js ${LEAST_NODE.join('.')} or newer: this is ${version}`);
}

async function makeHome(root: string): Promise<string> {
  const home = path.join(root, '.payymo');
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await chmod(home, 0o700);
    return home;
  } catch (error) {
    throw asStartupError(error, `make the folder ${home}`);
  }
}

async function lockHome(home: string): Promise<ProcessLock> {
  try {
    return await takeProcessLock(path.join(home, 'demo.lock'), alreadyRuns);
  } catch (error) {
    throw asStartupError(error, `write to ${home}`);
  }
}

const alreadyRuns = (pid: number) => new StartupError(`Payymo already runs here (process ${pid}): stop it first or use its URLs`);
