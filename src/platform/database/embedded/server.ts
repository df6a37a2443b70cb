import { type ChildProcess, spawn } from 'node:child_process';

import { forEachLine } from '../../process/lines';
import { StartupError } from '../../process/startup-error';
import type { Binaries } from './binaries';
import type { Home } from './home';
import { asAccount, tellingLine } from './tool';

export interface Server {
  /** Settles when the server has ended, with the reason unless we stopped it. Never rejects. */
  readonly exited: Promise<StartupError | undefined>;
  /** Fast shutdown: open transactions are rolled back, the data are written; an immediate one when that takes too long. */
  readonly stop: () => Promise<void>;
  /** Immediate shutdown, for a user who will not wait; the next start recovers from the write-ahead log. */
  readonly kill: () => void;
}

const READY_WITHIN_MS = 120_000;
const FAST_WITHIN_MS = 10_000;
const IMMEDIATE_WITHIN_MS = 5_000;
const KEPT_LINES = 20;

/**
 * Runs PostgreSQL until it accepts connections.
 * @throws StartupError with the server's own reason when it ends instead.
 */
export async function runServer(
  { postgres }: Binaries,
  { data, account }: Home,
  settings: Readonly<Record<string, string>>,
  log: (line: string) => void,
): Promise<Server> {
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(postgres, ['-D', data, ...options], { ...asAccount(account), stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  const ready = new Promise<void>(resolve => {
    forEachLine(child.stderr, line => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      if (line.includes('database system is ready to accept connections')) resolve();
      log(line);
    });
  });
  const ended = endOf(child);
  const server = serverOf(child, ended, lines);
  const watchdog = watchOver(child, account);
  void ended.then(() => watchdog?.kill('SIGKILL'));
  await firstOf(ready, ended, server, lines);
  return server;
}

function serverOf(child: ChildProcess, ended: Promise<string>, lines: readonly string[]): Server {
  let stopping = false;
  return {
    exited: ended.then(how =>
      stopping ? undefined : new StartupError(`PostgreSQL ended unexpectedly ${how}: ${tellingLine(lines.join('\n'))}`),
    ),
    stop: async () => {
      stopping = true;
      await shutDown(child, ended);
    },
    kill: () => {
      stopping = true;
      child.kill('SIGQUIT');
    },
  };
}

async function firstOf(ready: Promise<void>, ended: Promise<string>, server: Server, lines: readonly string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(() => {
      resolve('late');
    }, READY_WITHIN_MS);
  });
  const first = await Promise.race([ready.then(() => 'ready' as const), ended.then(() => 'ended' as const), late]);
  clearTimeout(timer);
  if (first === 'ready') return;
  if (first === 'late') await server.stop();
  const what = first === 'late' ? `was not ready after ${READY_WITHIN_MS / 1000} s` : 'did not start';
  throw new StartupError(`PostgreSQL ${what}: ${tellingLine(lines.join('\n'))}`);
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => {
      resolve(`(${error.message})`);
    });
    child.once('close', (code, signal) => {
      resolve(signal === null ? `with code ${code ?? 0}` : `by ${signal}`);
    });
  });
}

async function shutDown(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const immediate = setTimeout(() => child.kill('SIGQUIT'), FAST_WITHIN_MS);
  const atOnce = setTimeout(() => child.kill('SIGKILL'), FAST_WITHIN_MS + IMMEDIATE_WITHIN_MS);
  child.kill('SIGINT');
  await ended;
  clearTimeout(immediate);
  clearTimeout(atOnce);
}

/**
 * A shell that waits on a pipe of ours. However we end, by kill -9 too, the system closes the pipe, and the shell asks
 * the server for a fast shutdown.
 */
function watchOver({ pid }: ChildProcess, account: Home['account']): ChildProcess | undefined {
  if (pid === undefined) return undefined;
  const watchdog = spawn('/bin/sh', ['-c', 'read -r line; kill -INT "$1"', 'sh', String(pid)], {
    ...asAccount(account),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.once('error', () => undefined);
  watchdog.unref();
  return watchdog;
}
