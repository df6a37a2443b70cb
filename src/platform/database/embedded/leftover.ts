import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { commandLine, signalProcess, waitUntilGone } from '../../process/process-identity';
import { StartupError } from '../../process/startup-error';

const STEPS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

/**
 * Ends the server that still runs on these data although whoever started it was killed, and removes a postmaster.pid
 * that a crash left: PostgreSQL would not start while another process has the pid in it.
 * Its first line is the pid (PostgreSQL 18, src/include/utils/pidfile.h).
 */
export async function stopLeftover(data: string, log: (line: string) => void): Promise<void> {
  const file = path.join(data, 'postmaster.pid');
  const pid = Number.parseInt((await readFile(file, 'utf8').catch(() => '')).split('\n')[0] ?? '', 10);
  if (Number.isInteger(pid) && pid > 0 && serves(pid, data)) {
    log(`Stopping the PostgreSQL (process ${pid}) that an earlier run left behind`);
    await stopByPid(pid, data);
  }
  await rm(file, { force: true });
}

/** The postmaster keeps the command line it was started with, and we start it as `postgres -D <data> ...`. */
function serves(pid: number, data: string): boolean {
  const command = commandLine(pid) ?? '';
  return command.includes('postgres') && `${command} `.includes(`-D ${data} `);
}

/** Fast shutdown, then an immediate one, then the end without asking: the write-ahead log brings the data back. */
async function stopByPid(pid: number, data: string): Promise<void> {
  for (const [signal, withinMs] of STEPS) {
    signalProcess(pid, signal);
    if (await waitUntilGone(pid, withinMs)) return;
  }
  throw new StartupError(`The PostgreSQL (process ${pid}) that still runs on ${data} does not end: stop it first`);
}
