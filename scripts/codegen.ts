import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse as parseGraphQL } from 'graphql';
import { parse as parseYaml } from 'yaml';

interface Settings {
  readonly schema: string;
  /** A folder, any depth, and an ending. */
  readonly documents: string;
  readonly generates: Readonly<Record<string, { readonly plugins: readonly string[] }>>;
  readonly config: Record<string, unknown>;
}

const PLUGINS = { 'typescript-operations': typescriptOperations, 'typed-document-node': typedDocumentNode };
const root = path.join(__dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/**
 * Does what codegen.yml says; with --check it writes nothing and fails when a file is stale. The command line of GraphQL Code
 * Generator would do the same, with ten times the packages and warnings on Node 20.
 * @requirement API-005
 */
async function main(): Promise<void> {
  const checking = process.argv.includes('--check');
  const settings = parseYaml(read('codegen.yml')) as Settings;
  const stale: string[] = [];
  for (const [file, { plugins }] of Object.entries(settings.generates)) {
    const content = await generate(settings, file, plugins);
    if (currentContent(file) === content) continue;
    stale.push(file);
    if (!checking) writeFileSync(path.join(root, file), content);
  }
  console.log(stale.length === 0 ? 'Generated code is up to date.' : `${checking ? 'Stale' : 'Written'}: ${stale.join(', ')}`);
  process.exitCode = checking && stale.length > 0 ? 1 : 0;
}

function generate({ schema, documents, config }: Settings, filename: string, plugins: readonly string[]): Promise<string> {
  return codegen({
    filename,
    schema: parseGraphQL(read(schema)),
    documents: filesOf(documents).map(location => ({ location, document: parseGraphQL(read(location)) })),
    config,
    plugins: plugins.map(name => ({ [name]: {} })),
    pluginMap: PLUGINS,
  });
}

function filesOf(pattern: string): string[] {
  const [folder = '', ending = ''] = pattern.split('/**/*');
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter(name => name.endsWith(ending))
    .sort()
    .map(name => `${folder}/${name}`);
}

function currentContent(file: string): string {
  try {
    return read(file);
  } catch {
    return '';
  }
}

void main();
