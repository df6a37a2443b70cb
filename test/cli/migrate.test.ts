import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { migrateBaseline, migrateCreate, migrateDown, migrateStatus, migrateUp } from '../../src/cli/migrate.command';
import { aDatabase, type TestDatabase } from '../support/database';
import { checkout } from './support/payymo';

const names = readdirSync(path.join(checkout, 'migrations'))
  .map(file => path.parse(file).name)
  .sort();
const [first = '', second = ''] = names;
const last = names.at(-1) ?? '';

describe('payymo migrate', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await aDatabase({ template: 'template0' });
    process.env['DATABASE_OWNER_URL'] = db.ownerUrl;
  });
  afterAll(() => db.drop());

  it('lists what is pending, applies it once, and takes back the last or all [DAT-006]', async () => {
    expect(await said(migrateStatus)).toEqual(names.map(name => `pending  ${name}`));

    expect(await said(() => migrateUp({ to: first }))).toEqual([`  ${first}`, '1 applied.']);
    expect(await said(migrateStatus)).toEqual([`applied  ${first}`, ...names.slice(1).map(name => `pending  ${name}`)]);
    expect((await said(() => migrateUp({}))).slice(0, 1)).toEqual([`  ${second}`]);
    expect(await said(() => migrateUp({}))).toEqual(['Nothing to apply.']);
    expect(await said(migrateStatus)).toEqual(names.map(name => `applied  ${name}`));

    expect(await said(() => migrateDown({}))).toEqual([`  ${last}`, '1 taken back.']);
    expect((await said(() => migrateDown({ to: '0' }))).at(-1)).toBe(`${names.length - 1} taken back.`);
    expect(await said(() => migrateDown({}))).toEqual(['Nothing to take back.']);
    expect(await db.query(`select from pg_tables where tablename = 'tenants'`)).toEqual([]);
  });

  it('notes migrations as applied without running them [DAT-001]', async () => {
    expect((await said(() => migrateBaseline(second))).at(-1)).toBe('2 noted as applied, without running them.');
    expect((await said(migrateStatus)).slice(0, 3)).toEqual([`applied  ${first}`, `applied  ${second}`, expect.stringMatching(/^pending/)]);
    expect(await db.query(`select from pg_tables where tablename = 'tenants'`)).toEqual([]);
    await expect(migrateBaseline(second)).rejects.toThrow('is no pending migration');
    await db.query('delete from migrations');
  });

  it('writes a template that has up and down, named after the time, and overwrites nothing [DAT-001]', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'payymo-migrations-'));
    const now = new Date('2026-12-01T09:30:05.123Z');
    await said(() => migrateCreate('add-rules', folder, now));
    expect(readdirSync(folder)).toEqual(['2026.12.01T09.30.05.add-rules.ts']);
    expect(readFileSync(path.join(folder, '2026.12.01T09.30.05.add-rules.ts'), 'utf8')).toMatch(
      /export const up[\s\S]+isolate\('things'\)[\s\S]+export const down/,
    );
    await expect(migrateCreate('add-rules', folder, now)).rejects.toThrow(/^Cannot write .*EEXIST/);
    await expect(migrateCreate('Add rules', folder, now)).rejects.toThrow('kebab case');
    rmSync(folder, { recursive: true });
  });

  it('says in one line that there is no such migration [ARC-008]', async () => {
    await expect(migrateUp({ to: '1999.01.01T00.00.00.party' })).rejects.toThrow(/^Cannot migrate the database: .*1999\.01\.01T00/);
  });
});

/** The lines that the command printed. */
async function said(command: () => Promise<void>): Promise<string[]> {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await command();
    return write.mock.calls.map(([text]) => String(text).trimEnd());
  } finally {
    write.mockRestore();
  }
}
