import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { parse } from 'yaml';

interface Requirement {
  readonly id: string;
  readonly status: 'planned' | 'partly' | 'built' | 'verified';
  readonly missing?: string;
}

const ID = /\b[A-Z]{2,4}-\d{3}\b/g;
const CODE_TAG = /@requirement .*/g;
const TEST_TAG = /\[[A-Z]{2,4}-\d{3}\]/g;
const STATUSES = ['planned', 'partly', 'built', 'verified'];
const root = path.join(__dirname, '..');

/**
 * Holds docs/requirements.yml against the tags in code and tests: every fault is a line, and the exit code tells.
 * @requirement ENG-001
 */
function main(): void {
  const yaml = readFileSync(process.argv[2] ?? path.join(root, 'docs/requirements.yml'), 'utf8');
  const file = parse(yaml) as Record<string, Requirement[]>;
  const requirements = Object.values(file).flat();
  const inCode = idsIn(['src', 'migrations', 'scripts'], CODE_TAG);
  const inTests = idsIn(['test'], TEST_TAG);
  const known = new Set(requirements.map(({ id }) => id));
  const faults = [
    ...requirements.flatMap(requirement => faultsOf(requirement, inCode, inTests)),
    ...[...inCode, ...inTests].filter(id => !known.has(id)).map(id => `${id} is named, but docs/requirements.yml does not have it`),
  ];
  for (const fault of new Set(faults)) console.error(fault);
  const begun = requirements.filter(({ status }) => status !== 'planned');
  console.log(`${requirements.length} requirements, ${begun.length} begun, ${new Set(faults).size} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function faultsOf({ id, status, missing }: Requirement, inCode: ReadonlySet<string>, inTests: ReadonlySet<string>): string[] {
  if (!STATUSES.includes(status)) return [`${id} has an unknown status`];
  if (status === 'planned') return [];
  return [
    ...((status === 'partly') === (missing !== undefined) ? [] : [`${id} is ${status}: exactly what is partly there says what is missing`]),
    ...(inCode.has(id) ? [] : [`${id} is ${status}, but no code carries it (@requirement ${id})`]),
    ...(inTests.has(id) ? [] : [`${id} is ${status}, but no test names it ([${id}])`]),
  ];
}

function idsIn(folders: readonly string[], tag: RegExp): Set<string> {
  const files = folders.flatMap(folder =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => path.join(root, folder, name)),
  );
  const ids = files
    .filter(name => /\.(ts|tsx|mjs)$/.test(name))
    .flatMap(name => (readFileSync(name, 'utf8').match(tag) ?? []).join(' ').match(ID) ?? []);
  return new Set(ids);
}

main();
