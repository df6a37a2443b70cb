import { readdirSync } from 'node:fs';
import path from 'node:path';

import { cycles, forbidden, importsOf, MAY_IMPORT } from './support/import-rules';
import { type SourceFile, sourceFiles } from './support/source-files';

const ours: readonly SourceFile[] = [...sourceFiles('src'), ...sourceFiles('migrations')];
const imports = importsOf(ours);

describe('the source', () => {
  it('imports along the arrows only, and across modules only contracts [ARC-005]', () => {
    expect(forbidden(imports)).toEqual([]);
  });

  it('has no circles among its files, of values or of types [ARC-005]', () => {
    expect(cycles(imports)).toEqual([]);
  });

  it('imports only files that are there [ARC-005]', () => {
    const known = new Set(ours.map(({ path: file }) => file));

    expect(imports.filter(({ to }) => to.endsWith('.ts') && !known.has(to))).toEqual([]);
  });

  it('has no folder without a rule [ARC-005]', () => {
    const entries = readdirSync(path.join(__dirname, '../src')).map(name => path.parse(name).name);

    expect(entries.filter(name => !(name in MAY_IMPORT))).toEqual([]);
  });

  it('was really read [ARC-005]', () => {
    expect(ours.length).toBeGreaterThan(150);
    expect(imports.filter(({ to }) => to.endsWith('.ts')).length).toBeGreaterThan(ours.length * 2);
  });
});

describe('sandboxes', () => {
  const SANDBOX = /test\/sandbox|test['"`/\\, ]+sandbox/;

  it('are named by the demo alone, as a path that it runs from a checkout [ARC-006]', () => {
    expect(ours.filter(({ text }) => SANDBOX.test(text)).map(({ path: file }) => path.posix.dirname(file))).toEqual(['src/cli/demo']);
  });

  it('are imported by nothing that is built, and neither is any other test code [ARC-006]', () => {
    expect(imports.filter(({ to }) => to.startsWith('test/') || to.startsWith('..'))).toEqual([]);
  });

  it('and test libraries are in no build [ARC-006]', () => {
    const packages = new Set(imports.map(({ to }) => to));

    expect(['jest', '@jest/globals', 'fast-check'].filter(name => packages.has(name))).toEqual([]);
  });
});

describe('the checker', () => {
  const of = (file: string, text: string) => importsOf([{ path: file, text }]);

  it.each([
    ['src/platform/money.ts', `import { Match } from '../reconciliation/match.model';`, 'platform may not import reconciliation'],
    ['src/banking/sync.ts', `import type { Invoices } from '../billing/invoices.service';`, 'banking may not import billing'],
    ['src/billing/read.ts', `import { payments } from '../banking/payments.service';`, 'billing may not import banking'],
    ['src/providers/whmcs/client.ts', `import { a } from '../../billing/ids';`, 'providers may not import billing'],
    ['src/operations/a.ts', `import { a } from '../banking/ids';`, 'operations may not import banking'],
    ['src/gateway/a.ts', `import { a } from '../identity/accounts.service';`, 'gateway may not import identity'],
    ['src/config/a.ts', `import { a } from '../platform/errors';`, 'config may not import platform'],
    ['src/app.ts', `import { a } from './cli/say';`, 'app may not import cli'],
    ['src/reconciliation/a.ts', `import {\n  Invoice,\n  type B,\n} from '../billing/invoice.model';`, 'across modules only'],
    ['src/reconciliation/a.ts', `import { banking } from '../banking/module';`, 'across modules only'],
    ['src/reconciliation/a.ts', `const a = await import('../banking/account-sync');`, 'across modules only'],
    ['src/cli/a.ts', `export { User } from '../identity/user.model';`, 'private to its module'],
    ['src/cli/a.ts', `import { banking } from '../banking/module';`, 'only app.ts wires modules'],
    ['src/cli/a.ts', `import '../banking/callback.routes';`, 'only app.ts wires modules'],
    ['src/cli/a.ts', `import { world } from '../../test/sandbox/world/world';`, 'cli may not import test'],
    ['src/main.ts', `.action(async () => (await import('./app.js')).app())`, 'main may not import app'],
    ['migrations/1.ts', `import { a } from '../src/identity/ids';`, 'migrations may not import identity'],
  ])('finds what %s must not do: %s [ARC-005]', (file, text, rule) => {
    expect(forbidden(of(file, text))).toEqual([expect.stringContaining(rule)]);
  });

  it.each([
    ['src/reconciliation/a.ts', `import { a } from '../banking/payments.service';\nimport { b } from '../billing/ids';`],
    ['src/reconciliation/a.ts', `import { a } from '../banking/banking.loader';\nimport { b } from './match.model';`],
    ['src/app.ts', `import { banking } from './banking/module';`],
    ['src/cli/a.ts', `import { createApp } from '../app';\nimport pg from 'pg';`],
  ])('lets %s do %j [ARC-005]', (file, text) => {
    expect(forbidden(of(file, text))).toEqual([]);
  });

  it('finds a circle once, also one of types, and one that hangs off another file [ARC-005]', () => {
    const circle = [
      { path: 'src/a.ts', text: `import { b } from './b';` },
      { path: 'src/b.ts', text: `import type { C } from './c';` },
      { path: 'src/c.ts', text: `export { b } from './b';\nimport './d';` },
      { path: 'src/d.ts', text: '' },
    ];

    expect(cycles(importsOf(circle))).toEqual(['src/b.ts -> src/c.ts -> src/b.ts']);
    expect(cycles(importsOf(circle.filter(({ path: file }) => file !== 'src/c.ts')))).toEqual([]);
  });
});
