import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { Client } from 'pg';

import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres';

const FAST = { fsync: 'off', full_page_writes: 'off' };

/** A folder per test that any account may enter, and what must be undone after the test, last first. */
export interface Workshop {
  readonly folder: string;
  readonly afterwards: (step: () => unknown) => void;
  /** Starts a database in `directory`; stopped after the test. */
  readonly start: (directory: string, port?: number) => Promise<EmbeddedPostgres>;
  readonly close: () => Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp('/tmp/payymo-embedded-');
  await chmod(folder, 0o755);
  const steps: (() => unknown)[] = [];
  const afterwards = (step: () => unknown) => void steps.push(step);
  return {
    folder,
    afterwards,
    start: async (directory, port) => {
      const options = { directory, settings: FAST, durable: false, log: () => undefined };
      const postgres = await startEmbeddedPostgres(port === undefined ? options : { ...options, port });
      afterwards(async () => {
        await postgres.stop();
        if (postgres.home !== directory) await rm(postgres.home, { recursive: true, force: true });
      });
      return postgres;
    },
    close: async () => {
      for (const step of steps.reverse()) await step();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

export const postmasterPid = async (home: string): Promise<number> =>
  Number.parseInt(await readFile(path.join(home, 'data/postmaster.pid'), 'utf8'), 10);

export const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);
