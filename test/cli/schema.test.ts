import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { schemaFiles, schemaFolder, staleFiles } from '../../src/cli/schema.command';

describe('payymo schema', () => {
  let files: Record<string, string>;
  beforeAll(async () => {
    files = await schemaFiles();
  }, 60_000);

  it('finds schema/ as the code and the migrations make it [API-002]', async () => {
    expect(await staleFiles(schemaFolder, files)).toEqual([]);
  });

  it('finds a file that is stale and one that is missing [ARC-008]', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'payymo-schema-'));
    await cp(schemaFolder, folder, { recursive: true });
    await writeFile(path.join(folder, 'banking.graphql'), 'type Query { before: Int }\n');
    await rm(path.join(folder, 'database.sql'));

    expect((await staleFiles(folder, files)).sort()).toEqual(['banking.graphql', 'database.sql']);
    await rm(folder, { recursive: true });
  });
});
