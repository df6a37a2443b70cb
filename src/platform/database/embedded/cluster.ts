import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { StartupError } from '../../process/startup-error';
import type { Binaries } from './binaries';
import type { Home } from './home';
import { runTool, tellingLine } from './tool';

export const SUPERUSER = 'postgres';
const PASSWORD = 'superuser-password';
const DRAFT = 'data.new-';

/**
 * Makes the data directory on the first start: UTF-8, the built-in locale (it needs no locale of the system), SCRAM
 * passwords and checksums. It gets its name when it is whole, so one that is there is never half-made.
 * @returns the superuser's password, random, which `directory` keeps in a file for us alone.
 * @throws StartupError with initdb's reason, or when the password of existing data is lost.
 */
export async function ensureCluster(directory: string, home: Home, { initdb }: Binaries, durable: boolean): Promise<string> {
  const password = await superuserPassword(path.join(directory, PASSWORD), existsSync(home.data));
  if (existsSync(home.data)) return password;
  await removeDrafts(home.folder);
  const draft = path.join(home.folder, `${DRAFT}${randomBytes(4).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (home.account) for (const place of [draft, passwordFile]) await chown(place, home.account.uid, home.account.gid);
    const { ok, output } = await runTool(initdb, initdbArguments(draft, passwordFile, durable), home.account);
    if (!ok) throw new StartupError(`PostgreSQL could not make its database in ${home.folder}: ${tellingLine(output)}`);
    await rename(draft, home.data);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
  return password;
}

const initdbArguments = (data: string, passwordFile: string, durable: boolean): string[] => [
  `--pgdata=${data}`,
  `--username=${SUPERUSER}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
  ...(durable ? [] : ['--no-sync']),
];

async function superuserPassword(file: string, hasData: boolean): Promise<string> {
  const known = existsSync(file) ? (await readFile(file, 'utf8')).trim() : '';
  if (known !== '') return known;
  if (hasData) {
    throw new StartupError(`${file} is missing, without which its database cannot be opened: put it back, or delete ${path.dirname(file)}`);
  }
  const password = randomBytes(32).toString('base64url');
  await writeFile(`${file}.new`, password, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  return password;
}

/** What a start that was killed in the middle left behind. */
async function removeDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter(name => name.startsWith(DRAFT));
  for (const name of drafts) await rm(path.join(folder, name), { recursive: true, force: true });
}
