import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/**
 * What tells a process from a later one with the same pid: when it was started, and since which boot of the machine.
 * @returns undefined when no such process runs; one that ended but was not yet reaped counts as gone.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? identityFromProc(pid) : psField(pid, 'lstart=');
}

/** The command line of a running process, its arguments joined by blanks; undefined when it is gone. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== 'linux') return psField(pid, 'command=');
  const joined = readProc(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
  return joined === '' ? undefined : joined;
}

/** Waits until a process that need not be our child is gone. @returns false when it still runs after the bound. */
export async function waitUntilGone(pid: number, withinMs: number): Promise<boolean> {
  const identity = processIdentity(pid);
  const deadline = performance.now() + withinMs;
  while (identity !== undefined && processIdentity(pid) === identity) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Signals a process by its pid; one that is gone already is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime, which is what every caller is after.
  }
}

/** proc_pid_stat(5): the state is field 3 and the start time in clock ticks since boot is field 22. */
function identityFromProc(pid: number): string | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The command in field 2 stands in parentheses and may itself hold blanks and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields?.[0], fields?.[19]];
  if (state === undefined || startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return `${startTime}@${readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}`;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function psField(pid: number, field: string): string | undefined {
  try {
    const value = execFileSync('/bin/ps', ['-o', field, '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } }).trim();
    return value === '' ? undefined : value;
  } catch {
    return undefined;
  }
}
