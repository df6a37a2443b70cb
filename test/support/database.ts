import { randomUUID } from 'node:crypto';

import { Client } from 'pg';

import type { DatabaseUrls } from '../../src/platform/database/embedded/prepare-database';
import { settings, TEMPLATE } from './settings';

export interface TestDatabase extends DatabaseUrls {
  /** Not bound by row-level security: for looking behind the scenes, never for the code under test. */
  readonly superuserUrl: string;
  /** Asks as the superuser. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A database of its own for a test file: a clone of the migrated template, or an empty one. */
export async function aDatabase({ template = TEMPLATE }: { template?: string } = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser('postgres', client => client.query(`create database ${name} owner payymo_owner template ${template}`));
  const { superuserUrl, passwords } = settings();
  const urlAs = (role: 'owner' | 'app' | 'worker') => at(superuserUrl, name, `payymo_${role}`, passwords[role]);
  const client = new Client({ connectionString: at(superuserUrl, name) });
  await client.connect();
  // The server ends our connection with the database.
  client.on('error', () => undefined);
  return {
    ownerUrl: urlAs('owner'),
    appUrl: urlAs('app'),
    workerUrl: urlAs('worker'),
    superuserUrl: at(superuserUrl, name),
    query: async <Row extends object>(text: string, values: unknown[] = []) => (await client.query<Row>(text, values)).rows,
    drop: async () => {
      await client.end();
      await asSuperuser('postgres', admin => admin.query(`drop database ${name} with (force)`));
    },
  };
}

async function asSuperuser(database: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: at(settings().superuserUrl, database) });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function at(superuserUrl: string, database: string, user?: string, password?: string): string {
  const url = new URL(superuserUrl);
  url.pathname = `/${database}`;
  if (user !== undefined && password !== undefined) Object.assign(url, { username: user, password });
  return url.href;
}
