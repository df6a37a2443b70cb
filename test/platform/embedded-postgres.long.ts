import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres';
import { startEphemeralPostgres } from '../../src/platform/database/embedded/ephemeral-postgres';
import { processIdentity } from '../../src/platform/process/process-identity';
import { StartupError } from '../../src/platform/process/startup-error';
import { freePort } from '../../src/platform/process/tcp-port';
import { modeOf, openWorkshop, postmasterPid, query, type Workshop } from './embedded/clusters';

jest.setTimeout(120_000);

let shop: Workshop;
let folder: string;

beforeEach(async () => {
  shop = await openWorkshop();
  folder = shop.folder;
});

afterEach(() => shop.close());

describe('embedded PostgreSQL', () => {
  it('starts without any set-up, in UTF-8, reachable from this machine by password only [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');

    const { superuserUrl, port } = await shop.start(directory);

    const [facts] = await query(
      superuserUrl,
      `select current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses,
              current_setting('unix_socket_directories') as sockets, current_setting('TimeZone') as zone,
              (select datlocprovider::text || ' ' || datlocale from pg_database where datname = current_database()) as locale,
              (select string_agg(distinct auth_method, ' ') from pg_hba_file_rules) as methods, upper('é') as upper`,
    );
    expect(facts).toEqual({
      encoding: 'UTF8',
      addresses: '127.0.0.1',
      sockets: '',
      zone: 'UTC',
      locale: 'b C.UTF-8',
      methods: 'scram-sha-256',
      upper: 'É',
    });
    await expect(query(`postgresql://postgres:guess@127.0.0.1:${port}/postgres`, 'select 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('has the extensions that migrations create [DAT-006]', async () => {
    const { superuserUrl } = await shop.start(path.join(folder, 'postgres'));

    await query(superuserUrl, 'create extension pg_trgm; create extension btree_gist');

    expect(await query(superuserUrl, `select similarity('payment', 'payments') > 0.5 as close`)).toEqual([{ close: true }]);
  });

  it('keeps the password for its owner only and leaves no other copy of it [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');
    const { home } = await shop.start(directory);

    expect(await modeOf(path.join(directory, 'superuser-password'))).toBe('600');
    expect(await modeOf(path.join(home, 'data'))).toBe('700');
    expect((await readdir(home)).filter(name => name.startsWith('data'))).toEqual(['data']);
  });

  it('keeps data, password and port over a restart [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');
    const first = await shop.start(directory);
    await query(first.superuserUrl, 'create table kept as select 42 as answer');
    await first.stop();
    await expect(first.exited).resolves.toBeUndefined();

    const second = await shop.start(directory);

    expect(second.superuserUrl).toBe(first.superuserUrl);
    expect(await query(second.superuserUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('says in one line that its remembered port is taken, and which file to delete [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');
    const { port, stop } = await shop.start(directory);
    await stop();
    await listenOn(port);

    const failure = await failureOf(shop.start(directory));

    expect(failure).toBeInstanceOf(StartupError);
    expect(String(failure)).toContain(`127.0.0.1:${port}, which is taken by another program`);
    expect(String(failure)).toContain(path.join(directory, 'port'));
    expect(String(failure)).not.toContain('\n');
  });

  it('says in one line that the port it was told is taken [DAT-006]', async () => {
    const port = await freePort();
    await listenOn(port);

    await expect(shop.start(path.join(folder, 'postgres'), port)).rejects.toThrow(`PostgreSQL cannot listen on 127.0.0.1:${port}`);
  });

  it('refuses a second owner of the same data and leaves the first in peace [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');
    const { superuserUrl } = await shop.start(directory);

    await expect(shop.start(directory)).rejects.toThrow(`is in use by process ${process.pid}`);

    expect(await query(superuserUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('tells its owner when the server dies, and starts again with all that was committed [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');
    const first = await shop.start(directory);
    await query(first.superuserUrl, 'create table kept as select 7 as answer');

    process.kill(await postmasterPid(first.home), 'SIGKILL');

    expect(await first.exited).toMatchObject({ name: 'StartupError', message: expect.stringContaining('by SIGKILL') as string });
    const second = await shop.start(directory);
    expect(await query(second.superuserUrl, 'select answer from kept')).toEqual([{ answer: 7 }]);
  });

  it('starts although a crash left a pid file whose pid belongs to somebody else now [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');
    const { stop, home } = await shop.start(directory);
    await stop();
    const bystander = spawn('/bin/sleep', ['60']);
    shop.afterwards(() => bystander.kill('SIGKILL'));
    await writeFile(path.join(home, 'data/postmaster.pid'), `${bystander.pid ?? 0}\n${home}/data\n1700000000\n5432\n\n127.0.0.1\n`);

    const { superuserUrl } = await shop.start(directory);

    expect(await query(superuserUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(processIdentity(bystander.pid ?? 0)).toBeDefined();
  });

  it("says the server's own reason in one line when it does not start [DAT-006]", async () => {
    const directory = path.join(folder, 'postgres');

    const failure = await failureOf(
      startEmbeddedPostgres({ directory, settings: { shared_buffers: 'plenty' }, durable: false, log: silent }),
    );

    expect(String(failure)).toMatch(/^StartupError: PostgreSQL did not start: invalid value for parameter "shared_buffers": "plenty"$/);
    expect(existsSync(path.join(directory, 'owner.lock'))).toBe(false);
  });

  it('does not open data whose password is lost, and says which file is missing [DAT-006]', async () => {
    const directory = path.join(folder, 'postgres');
    const { stop, home } = await shop.start(directory);
    await stop();
    await rm(path.join(directory, 'superuser-password'));
    expect(home).toBe(directory);

    await expect(shop.start(directory)).rejects.toThrow(/superuser-password is missing/);
  });

  it('leaves nothing of an ephemeral database behind [DAT-006]', async () => {
    const postgres = await startEphemeralPostgres();
    expect(await query(postgres.superuserUrl, `select current_setting('fsync') as fsync`)).toEqual([{ fsync: 'off' }]);
    const pid = await postmasterPid(postgres.home);

    await postgres.stop();

    expect(existsSync(postgres.home)).toBe(false);
    expect(processIdentity(pid)).toBeUndefined();
  });
});

const silent = () => undefined;

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

function listenOn(port: number): Promise<void> {
  return new Promise(resolve => {
    const server = createServer().listen(port, '127.0.0.1', resolve);
    shop.afterwards(() => new Promise(closed => server.close(closed)));
  });
}
