import type { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres';

export default async function globalTeardown(): Promise<void> {
  await (globalThis as { payymoPostgres?: EmbeddedPostgres }).payymoPostgres?.stop();
}
