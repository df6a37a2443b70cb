import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { createApp } from '../app';
import { loadConfig } from '../config/config';
import { apiSdl, composeSupergraph } from '../gateway/compose';
import { subgraphSdl } from '../gateway/subgraph';
import { createLogger } from '../platform/logging/logger';
import { StartupError } from '../platform/process/startup-error';
import { root } from './files';
import { databaseSql } from './database-sql';
import { say } from './say';

export interface SchemaOptions {
  readonly check?: boolean;
}

/** Writes schema/ from the code and the migrations, or tells whether it is stale. @throws StartupError naming stale files. */
export async function schema({ check = false }: SchemaOptions): Promise<void> {
  const files = await schemaFiles();
  const stale = await staleFiles(schemaFolder, files);
  const named = stale.map(name => `schema/${name}`).join(', ');
  if (check && stale.length > 0) throw new StartupError(`Stale: ${named}. Run npm run schema and read what changed.`);
  for (const name of stale) await writeFile(path.join(schemaFolder, name), files[name] ?? '');
  say(stale.length === 0 ? 'schema/ is up to date.' : `Written: ${named}`);
}

export const schemaFolder = path.join(root, 'schema');

/** The names of the files that a folder lacks or has with another content. */
export async function staleFiles(folder: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const found = await readFile(path.join(folder, name), 'utf8').catch(() => undefined);
    if (found !== content) stale.push(name);
  }
  return stale;
}

/** The content that each file of schema/ must have. */
export async function schemaFiles(): Promise<Record<string, string>> {
  const config = loadConfig(throwaway());
  const app = await createApp({
    config,
    log: createLogger({ ...config.logging, level: 'silent', environment: config.environment, service: 'cli' }),
  });
  const subgraphs = await app.subgraphs();
  return {
    ...Object.fromEntries(subgraphs.map(subgraph => [`${subgraph.name}.graphql`, subgraphSdl(subgraph)])),
    'supergraph.graphql': composeSupergraph(subgraphs),
    'api.graphql': apiSdl(subgraphs),
    'database.sql': await databaseSql(),
  };
}

/** The types depend on no setting: an application that is never started takes whatever is well-formed. */
const throwaway = (): NodeJS.ProcessEnv => ({
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  PAYYMO_SIGNING_KEY: generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  PAYYMO_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  GOCARDLESS_BANK_DATA_SECRET_ID: 'none',
  GOCARDLESS_BANK_DATA_SECRET_KEY: 'none',
});
