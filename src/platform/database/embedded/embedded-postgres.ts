import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { takeProcessLock } from '../../process/process-lock';
import { asStartupError, StartupError } from '../../process/startup-error';
import { freePort, portObstacle } from '../../process/tcp-port';
import { type Binaries, usableBinaries } from './binaries';
import { ensureCluster, SUPERUSER } from './cluster';
import { databaseInUse, findHome, type Home, OWNER_LOCK } from './home';
import { stopLeftover } from './leftover';
import { runServer, type Server } from './server';

export interface EmbeddedPostgresOptions {
  /** Made when missing. Deleting it deletes the database. */
  readonly directory: string;
  /** On 127.0.0.1; by default a free one, which later starts keep. */
  readonly port?: number;
  /** PostgreSQL's own settings, which go before ours, such as `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False for data that need not outlive the machine: they are not flushed to the disk while they are made. */
  readonly durable?: boolean;
  /** Gets every line that the server writes. */
  readonly log: (line: string) => void;
}

export interface EmbeddedPostgres extends Server {
  /** postgresql://, of the database `postgres`, with the password in it. */
  readonly superuserUrl: string;
  readonly port: number;
  /** The folder that holds the data: `directory`, or one elsewhere when the server's account cannot enter that. */
  readonly home: string;
}

const HOST = '127.0.0.1';
const ATTEMPTS = 4;
const RETRY_AFTER_MS = 500;

/** Only this machine can connect, and only by password: there is no socket that would open it to other local users. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_checkpoints: 'off',
};

/**
 * Starts the PostgreSQL that the npm package brings, on a database of our own in `directory`; needs no set-up, works as
 * an ordinary user and as root. It ends with this process, however that ends.
 * @throws StartupError when another process uses the database, the port is taken, the disk is full or the server fails.
 * @requirement DAT-006
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const directory = await realpath(options.directory);
    const home = await findHome(directory, options.log);
    const lock = await takeProcessLock(path.join(home.folder, OWNER_LOCK), pid => databaseInUse(directory, pid));
    try {
      const started = await start(directory, home, options);
      void started.exited.then(() => lock.release());
      return { ...started, stop: () => started.stop().then(() => lock.release()) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw asStartupError(error, `start PostgreSQL in ${options.directory}`);
  }
}

async function start(directory: string, home: Home, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await stopLeftover(home.data, options.log);
  const binaries = await usableBinaries(home.folder, home.account);
  const password = await ensureCluster(directory, home, binaries, options.durable ?? true);
  const remembered = path.join(directory, 'port');
  const wanted = options.port ?? (await readPort(remembered));
  if (wanted !== undefined) await expectFree(wanted, options.port === undefined ? remembered : undefined);
  const { server, port } = await runWithRetry(binaries, home, wanted, options);
  if (wanted === undefined) await writePort(remembered, port);
  return { ...server, port, home: home.folder, superuserUrl: `postgresql://${SUPERUSER}:${password}@${HOST}:${port}/postgres` };
}

/**
 * Two failures pass by themselves: somebody took the free port in the meantime, and the backends of a server that was
 * killed have not ended yet.
 */
async function runWithRetry(binaries: Binaries, home: Home, wanted: number | undefined, { settings, log }: EmbeddedPostgresOptions) {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort(HOST));
    try {
      const server = await runServer(binaries, home, { ...SETTINGS, ...settings, port: String(port) }, log);
      return { server, port };
    } catch (error) {
      const passing = error instanceof StartupError && /Address already in use|pre-existing shared memory/.test(error.message);
      if (!passing || attempt === ATTEMPTS) throw error;
      await sleep(RETRY_AFTER_MS);
    }
  }
}

/** @throws StartupError that says which setting or file names the port. */
async function expectFree(port: number, remembered: string | undefined): Promise<void> {
  const obstacle = await portObstacle(HOST, port);
  if (obstacle === undefined) return;
  const what = obstacle === 'taken' ? 'is taken by another program' : 'is reserved for root';
  const remedy = remembered === undefined ? 'free it or choose another one' : `free it, or delete ${remembered} to have another one chosen`;
  throw new StartupError(`PostgreSQL cannot listen on ${HOST}:${port}, which ${what}: ${remedy}`);
}

async function readPort(file: string): Promise<number | undefined> {
  const port = existsSync(file) ? Number(await readFile(file, 'utf8')) : NaN;
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

async function writePort(file: string, port: number): Promise<void> {
  await writeFile(`${file}.new`, `${port}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
