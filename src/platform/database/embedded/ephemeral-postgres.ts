import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres';

/** Speed instead of durability: a crash of the machine may lose everything, and nobody minds. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum_naptime: '5s' } as const;

/** A PostgreSQL for one test run: in the system's folder for temporary files, deleted by `stop`. */
export async function startEphemeralPostgres(
  options: { readonly settings?: Readonly<Record<string, string>>; readonly log?: (line: string) => void } = {},
): Promise<EmbeddedPostgres> {
  const directory = await mkdtemp(path.join(tmpdir(), 'payymo-test-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const postgres = await startEmbeddedPostgres({
      directory,
      settings: { ...SETTINGS, ...options.settings },
      durable: false,
      log: options.log ?? (() => undefined),
    });
    const removeAll = () => rm(postgres.home, { recursive: true, force: true }).then(remove);
    return { ...postgres, stop: () => postgres.stop().then(removeAll) };
  } catch (error) {
    await remove();
    throw error;
  }
}
