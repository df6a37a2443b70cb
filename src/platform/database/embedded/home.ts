import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { lockHolder } from '../../process/process-lock';
import { asStartupError, StartupError } from '../../process/startup-error';
import { serverAccount } from './account';
import { stopLeftover } from './leftover';
import { type Account, runTool } from './tool';

/** Where a cluster lives and as whom it runs. */
export interface Home {
  /** Holds `data`; the folder that the caller named, unless the account cannot enter that. */
  readonly folder: string;
  readonly data: string;
  readonly account: Account | undefined;
}

/** Beside the data: copies of one `directory` may point to the same place. */
export const OWNER_LOCK = 'owner.lock';

export const databaseInUse = (folder: string, pid: number) =>
  new StartupError(`The database in ${folder} is in use by process ${pid}: stop that first`);

const SHARED = '/var/lib/payymo';
const POINTER = 'location';

/**
 * Finds or makes the folder for a cluster. As root the server runs as another account, which may be unable to enter
 * `directory` (a checkout under /root): then the data live in /var/lib/payymo, or in the system's folder for temporary
 * files, and the file `location` in `directory` says where.
 */
export async function findHome(directory: string, log: (line: string) => void): Promise<Home> {
  const moved = await readPointer(directory);
  if (moved !== undefined && !existsSync(moved)) log(`The data in ${moved} are gone: a new database is made`);
  const folder = moved !== undefined && existsSync(moved) ? moved : directory;
  const account = await serverAccount(path.join(folder, 'data'));
  if (account === undefined || folder !== directory) return homeIn(folder, account);
  // Others may pass through to `data` but see nothing: every file in here is for us alone.
  await chmod(directory, 0o711);
  if (await canEnter(directory, account)) return homeIn(directory, account);
  const elsewhere = await makeElsewhere(await realpath(directory), account, log);
  await writeFile(path.join(directory, POINTER), `${elsewhere}\n`, { mode: 0o600 });
  return homeIn(elsewhere, account);
}

const homeIn = (folder: string, account: Account | undefined): Home => ({ folder, data: path.join(folder, 'data'), account });

async function readPointer(directory: string): Promise<string | undefined> {
  const content = await readFile(path.join(directory, POINTER), 'utf8').catch(() => '');
  return content.trim() === '' ? undefined : content.trim();
}

const canEnter = async (folder: string, account: Account): Promise<boolean> =>
  (await runTool('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], account)).ok;

async function makeElsewhere(directory: string, account: Account, log: (line: string) => void): Promise<string> {
  const attempts = [() => makeShared(directory, log), () => makeTemporary(tmpdir()), () => makeTemporary('/var/tmp')];
  let reason: unknown;
  for (const make of attempts) {
    try {
      const folder = await make();
      if (await canEnter(folder, account)) return folder;
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      if (error instanceof StartupError) throw error;
      reason = error;
    }
  }
  throw asStartupError(
    reason ?? new Error('no folder can be entered by an unprivileged account'),
    `make a folder for the database in ${SHARED}`,
  );
}

/** Named after `directory`. One that is there already belongs to a `directory` that was deleted, and its password with it. */
async function makeShared(directory: string, log: (line: string) => void): Promise<string> {
  await mkdir(SHARED, { recursive: true, mode: 0o711 });
  const { uid, mode } = await lstat(SHARED);
  if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${SHARED} can be changed by others than root`);
  await chmod(SHARED, 0o711);
  const folder = path.join(SHARED, createHash('sha256').update(directory).digest('hex').slice(0, 16));
  const holder = await lockHolder(path.join(folder, OWNER_LOCK));
  if (holder !== undefined) throw databaseInUse(folder, holder);
  await stopLeftover(path.join(folder, 'data'), log);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await chmod(folder, 0o711);
  return folder;
}

/** Never a name that others can foresee: anybody may write to this place. */
async function makeTemporary(parent: string): Promise<string> {
  const folder = await mkdtemp(path.join(parent, 'payymo-'));
  await chmod(folder, 0o711);
  return folder;
}
