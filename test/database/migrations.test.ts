import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { describeDatabase } from '../../src/platform/database/describe';
import { createMigrator, type Migrator } from '../../src/platform/database/migrator';
import { aDatabase, type TestDatabase } from '../support/database';
import { fillTables, tablesOf } from './rows';

const root = path.join(__dirname, '../..');
const NAMES = readdirSync(path.join(root, 'migrations')).map(file => path.parse(file).name).sort(); // prettier-ignore
const LAST = NAMES.at(-1) ?? '';

let db: TestDatabase;
let migrator: Migrator;
beforeEach(async () => {
  db = await aDatabase({ template: 'template0' });
  migrator = createMigrator(db.ownerUrl);
});
afterEach(async () => {
  await migrator.close();
  await db.drop();
});

describe('migrations', () => {
  it('go up on an empty database, down to nothing, and up again to the same schema [DAT-001] [DAT-002]', async () => {
    expect(await migrator.up()).toEqual(NAMES);
    const before = await describeDatabase(db.ownerUrl);

    expect(await migrator.down(0)).toEqual([...NAMES].reverse());
    expect(await tablesOf(db)).toEqual([]);
    expect(await db.query(`select from pg_namespace where nspname = 'payymo'`)).toEqual([]);
    expect(await db.query(`select from pg_policies where schemaname = 'graphile_worker' and policyname = 'payymo_worker'`)).toEqual([]);

    expect(await migrator.up()).toEqual(NAMES);
    expect(await describeDatabase(db.ownerUrl)).toBe(before);
  });

  it('each go down and up again with rows in every table, and the schema stays [DAT-002]', async () => {
    await migrator.up();
    await fillTables(db);
    for (const { name } of await tablesOf(db)) expect([name, await db.query(`select from ${name}`)]).toEqual([name, [{}, {}]]);
    const before = await describeDatabase(db.ownerUrl);

    for (const name of [...NAMES].reverse()) {
      const taken = NAMES.slice(NAMES.indexOf(name));
      expect(await migrator.down(name)).toEqual([...taken].reverse());
      expect(await migrator.up()).toEqual(taken);
      expect(await describeDatabase(db.ownerUrl)).toBe(before);
    }
  });

  it('go up to a name, and leave the rest pending [DAT-001]', async () => {
    const [first = '', second = '', ...rest] = NAMES;

    expect(await migrator.up(second)).toEqual([first, second]);
    expect(await migrator.status()).toEqual([
      { name: first, applied: true },
      { name: second, applied: true },
      ...rest.map(name => ({ name, applied: false })),
    ]);
  });

  it('take back the last one alone unless told more [DAT-001]', async () => {
    await migrator.up();

    expect(await migrator.down()).toEqual([LAST]);
    expect((await migrator.status()).filter(({ applied }) => !applied)).toEqual([{ name: LAST, applied: false }]);
  });

  it('find nothing to do the second time, and keep the rows [DAT-001]', async () => {
    await migrator.up();
    await fillTables(db);

    expect(await migrator.up()).toEqual([]);
    expect(await db.query('select from matches')).toHaveLength(2);
  });

  it.each(['up', 'down'] as const)('refuse to go %s to a name that does not exist, and change nothing [DAT-001]', async direction => {
    await migrator.up(NAMES[1]);

    await expect(migrator[direction]('2026.01.01T00.00.00.no-such')).rejects.toThrow('2026.01.01T00.00.00.no-such');
    expect((await migrator.status()).filter(({ applied }) => applied)).toHaveLength(2);
  });

  it('roll back as a whole when a statement fails [DAT-001]', async () => {
    await migrator.up(NAMES[1]);
    await db.query('create table rejected_lines (id int)');

    await expect(migrator.up()).rejects.toThrow('rejected_lines');
    expect((await tablesOf(db)).map(({ name }) => name)).toEqual(['rejected_lines', 'tenants', 'users']);
    expect((await migrator.status()).filter(({ applied }) => applied)).toHaveLength(2);
  });

  it('are recorded by names without an ending, which a build shares with a checkout [DAT-001]', async () => {
    await migrator.up();

    const recorded = await db.query<{ name: string }>('select name from migrations order by name');
    expect(recorded.map(({ name }) => name)).toEqual(NAMES);
    expect(NAMES.filter(name => /\.(ts|js)$/.test(name))).toEqual([]);
  });

  it('tell each step before it runs [DAT-001]', async () => {
    const told: string[] = [];
    const telling = createMigrator(db.ownerUrl, name => void told.push(name));

    await telling.up();
    await telling.close();

    expect(told).toEqual(NAMES);
  });

  it('run once when two processes start at the same time, and both succeed [DAT-001]', async () => {
    const outcomes = await Promise.all([migrateInAProcess(db.ownerUrl), migrateInAProcess(db.ownerUrl)]);

    expect(outcomes.map(({ code, errors }) => [code, errors])).toEqual([[0, ''], [0, '']]);
    expect(outcomes.map(({ output }) => output.includes(LAST)).sort()).toEqual([false, true]);
    expect((await migrator.status()).filter(({ applied }) => !applied)).toEqual([]);
  }); // prettier-ignore
});

/** `payymo migrate up` */
async function migrateInAProcess(ownerUrl: string): Promise<{ code: unknown; output: string; errors: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'migrate', 'up'], {
    cwd: root,
    env: { PATH: process.env['PATH'], DATABASE_OWNER_URL: ownerUrl },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, output, errors };
}
