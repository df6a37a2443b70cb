import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { Client } from 'pg';

import { processIdentity } from '../../src/platform/process/process-identity';
import { type FakeCheckout, makeFakeCheckout } from './demo/fake-checkout';

jest.setTimeout(120_000);

let here: FakeCheckout;

beforeEach(async () => {
  here = await makeFakeCheckout();
});

afterEach(() => here.remove());

describe('the demo', () => {
  it('starts all of Payymo, says how to use it, and stops it in reverse order on a signal [ARC-008]', async () => {
    await here.untilReady();

    const children = await here.journal();
    expect(children.map(line => line.replace(/\d+/, '#'))).toEqual(['serve pid #', 'worker pid #', 'worker stopped', 'serve stopped']);
    for (const line of children.slice(0, 2)) expect(processIdentity(Number(line.split(' ').at(-1)))).toBeUndefined();
    expect(here.lines.filter(line => line.includes(' ready in ')).map(line => line.split(' ')[0])).toEqual([
      'Secrets', 'PostgreSQL', 'Migrations', 'Sandbox', 'Demo', 'Gateway', 'Worker', 'demo.json',
    ]); // prettier-ignore
    expect(here.lines.join('\n')).toContain('serve   | hello from serve');
    expect(here.lines.join('\n')).toMatch(/GraphQL +http:\/\/localhost:\d+\/graphql/);
    expect(here.lines.at(-1)).toBe('Stopped.');
    expect(here.signals.eventNames()).toEqual([]);
  });

  it('keeps what it makes up in files for its owner only, and the same over restarts [ARC-007]', async () => {
    await here.untilReady();
    await here.untilReady();

    const [first, second] = here.contexts;
    expect(second?.secrets).toEqual(first?.secrets);
    expect(Buffer.from(first?.secrets.encryptionKey ?? '', 'base64')).toHaveLength(32);
    expect(first?.secrets.signingKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(await here.modeOf('.payymo')).toBe('700');
    for (const file of await readdir(path.join(here.root, '.payymo/secrets')))
      expect(await here.modeOf(`.payymo/secrets/${file}`)).toBe('600');
    expect(await here.modeOf('.payymo/demo.json')).toBe('600');
  });

  it('gives each process its own database role, bounded and without more rights than it needs [DAT-006]', async () => {
    const facts: unknown[] = [];
    await here.untilReady({
      seed: async ({ database: { ownerUrl, appUrl, workerUrl } }) => {
        facts.push(
          ...(await as(
            ownerUrl,
            `select rolname, rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication as powerful
             from pg_roles where rolname like 'payymo%' order by 1`,
          )),
          ...(await as(appUrl, `select current_setting('statement_timeout') as s, current_setting('lock_timeout') as l`)),
          ...(await as(workerUrl, 'select current_user as role')),
        );
        await as(ownerUrl, 'create table owned (); create extension pg_trgm');
        for (const url of [appUrl, workerUrl]) {
          for (const sql of ['create table x ()', 'create temp table x ()', 'create schema x', 'select * from owned']) {
            await expect(as(url, sql)).rejects.toThrow(/permission denied/);
          }
        }
        return [];
      },
    });

    expect(facts).toEqual([
      ...['payymo_app', 'payymo_owner', 'payymo_worker'].map(rolname => ({ rolname, powerful: false })),
      { s: '5s', l: '2s' },
      { role: 'payymo_worker' },
    ]);
  });

  it('uses the database that the settings name instead of starting one [DAT-006]', async () => {
    const database = {
      ownerUrl: 'postgres://owner@db.example/p',
      appUrl: 'postgres://app@db.example/p',
      workerUrl: 'postgres://w@db.example/p',
    };
    const migrated: string[] = [];

    await here.untilReady({ database, migrate: url => Promise.resolve(void migrated.push(url)) });

    expect(migrated).toEqual([database.ownerUrl]);
    expect(here.contexts[0]?.database).toBe(database);
    expect(existsSync(path.join(here.root, '.payymo/postgres'))).toBe(false);
  });
});

async function as(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
