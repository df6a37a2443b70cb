import path from 'node:path';

import ts from 'typescript';

import type { SourceFile } from './source-files';

export interface Import {
  readonly from: string;
  /** With .ts, from the root of the checkout; a package keeps its name. */
  readonly to: string;
}

/** The folders of src (and its two files) with what each may import besides itself. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: [],
  platform: ['config'],
  gateway: ['config', 'platform'],
  providers: ['config', 'platform'],
  identity: ['config', 'platform'],
  banking: ['config', 'platform', 'providers', 'identity'],
  billing: ['config', 'platform', 'providers', 'identity'],
  reconciliation: ['config', 'platform', 'providers', 'identity', 'banking', 'billing'],
  operations: ['config', 'platform', 'identity'],
  app: ['config', 'platform', 'gateway', 'providers', 'identity', 'banking', 'billing', 'reconciliation', 'operations'],
  cli: ['config', 'platform', 'gateway', 'providers', 'identity', 'banking', 'billing', 'reconciliation', 'operations', 'app'],
  main: ['config', 'platform', 'cli'],
  migrations: ['platform'],
};

const MODULES: ReadonlySet<string> = new Set(['identity', 'banking', 'billing', 'reconciliation', 'operations']);

/** What one module may see of another. */
const CONTRACT = /\.(service|event|loader)\.ts$|\/ids\.ts$/;

/** What nothing but its own module may see. */
const PRIVATE = /\.(model|resolver|job|type|input)\.ts$/;

/** What only the composition root may see. */
const WIRING = /\/module\.ts$|\.routes\.ts$/;

/** All imports of files: of values and of types, static and dynamic. */
export const importsOf = (files: readonly SourceFile[]): Import[] =>
  files.flatMap(({ path: from, text }) =>
    ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => ({ from, to: resolve(from, fileName) })),
  );

const resolve = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? `${path.posix.join(path.posix.dirname(from), specifier.replace(/\.js$/, ''))}.ts` : specifier;

/** Imports that the rules forbid, each with the rule that it breaks. */
export const forbidden = (imports: readonly Import[]): string[] =>
  imports.flatMap(edge => {
    const broken = brokenRule(edge);
    return broken === undefined ? [] : [`${edge.from} -> ${edge.to}: ${broken}`];
  });

function brokenRule({ from, to }: Import): string | undefined {
  if (!to.endsWith('.ts')) return undefined;
  const source = folderOf(from);
  const target = folderOf(to);
  if (source === target) return undefined;
  if (!MAY_IMPORT[source]?.includes(target)) return `${source} may not import ${target}`;
  if (!MODULES.has(target) || source === 'app') return undefined;
  if (MODULES.has(source) && !CONTRACT.test(to)) return 'across modules only services, events, loaders and ids';
  if (PRIVATE.test(to)) return 'private to its module';
  return WIRING.test(to) ? 'only app.ts wires modules' : undefined;
}

/** src/banking/ids.ts: banking; src/app.ts: app; migrations/x.ts: migrations. */
function folderOf(file: string): string {
  const [top = '', inner = ''] = file.split('/');
  return top === 'src' ? path.posix.parse(inner).name : top;
}

/** The circles among files, each once, from its alphabetically first file. */
export function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of imports) next.set(from, (next.get(from) ?? new Set()).add(to));
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.add(named(trail.slice(start)));
    if (start >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return [...found].sort();
}

function named(circle: readonly string[]): string {
  const first = circle.indexOf([...circle].sort()[0] ?? '');
  const turned = [...circle.slice(first), ...circle.slice(0, first)];
  return [...turned, turned[0]].join(' -> ');
}
