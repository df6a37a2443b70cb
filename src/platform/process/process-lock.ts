import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

import { processIdentity } from './process-identity';
import { systemCode } from './startup-error';

interface Holder {
  readonly pid: number;
  readonly identity: string | undefined;
}

export interface ProcessLock {
  readonly release: () => Promise<void>;
}

const ATTEMPTS = 5;

/**
 * Takes a lock that ends with the process, however it ends: the file names the holder by pid and start time, so neither
 * a file left by a crash nor another process that was given the same pid keeps anybody out.
 * @throws what `refused` makes of the pid of the process that holds it.
 */
export async function takeProcessLock(path: string, refused: (pid: number) => Error): Promise<ProcessLock> {
  const mine = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) } satisfies Holder);
  for (let attempt = 1; ; attempt++) {
    if (await createWhole(path, mine)) return { release: () => releaseIfMine(path, mine) };
    const found = await readIfThere(path);
    const holder = found === undefined ? undefined : parseHolder(found);
    if (holder !== undefined && (runs(holder) || attempt === ATTEMPTS)) throw refused(holder.pid);
    if (found !== undefined) await removeIfStill(path, found);
    if (attempt === ATTEMPTS) throw new Error(`Cannot take the lock ${path}`);
  }
}

/** The pid of the living process that holds the lock; undefined when it is free. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const holder = parseHolder((await readIfThere(path)) ?? '');
  return holder !== undefined && runs(holder) ? holder.pid : undefined;
}

const runs = ({ pid, identity }: Holder): boolean => identity !== undefined && processIdentity(pid) === identity;

/** A link either is made to the finished file or fails: no reader ever sees half a lock. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, content, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moves a stale lock aside, and puts it back when somebody else was faster and the file is a new one. */
async function removeIfStill(path: string, stale: string): Promise<void> {
  const aside = `${path}.stale.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readIfThere(aside)) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function releaseIfMine(path: string, mine: string): Promise<void> {
  if ((await readIfThere(path)) === mine) await rm(path, { force: true });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, identity } = JSON.parse(content) as Partial<Record<string, unknown>>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : undefined;
  } catch {
    return undefined;
  }
}
