import { readFileSync } from 'node:fs';

/**
 * Holds the licence of every package in the lock file against those that may be in a product of ours: no Elastic-2.0, no copyleft.
 * @requirement ENG-003
 */
const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'Unlicense',
]);

const isAllowed = licence =>
  licence
    .replace(/[()]/g, '')
    .split(/ OR /)
    .some(one => one.split(/ AND /).every(part => ALLOWED.has(part.trim())));

const lockFile = process.argv[2] ?? new URL('../package-lock.json', import.meta.url);
const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
const refused = Object.entries(packages)
  .filter(([path]) => path.startsWith('node_modules/'))
  .map(([path, { license = 'none named' }]) => ({ path, licence: String(license) }))
  .filter(({ licence }) => !isAllowed(licence));

for (const { path, licence } of refused) console.error(`${path}: ${licence}`);
console.log(`${Object.keys(packages).length - 1} packages, ${refused.length} with a licence that is not allowed`);
process.exitCode = refused.length === 0 ? 0 : 1;
