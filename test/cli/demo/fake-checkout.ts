import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { runDemo } from '../../../src/cli/demo/demo';
import type { DemoContext, DemoParts } from '../../../src/cli/demo/parts';

/** A checkout whose sandbox, gateway and worker only say that they are there. */
export interface FakeCheckout {
  readonly root: string;
  /** What the demo printed. */
  readonly lines: readonly string[];
  readonly signals: EventEmitter;
  /** What the seed was given, per run. */
  readonly contexts: readonly DemoContext[];
  /** What the children wrote down about themselves. */
  readonly journal: () => Promise<string[]>;
  /** Runs the demo and calls `once` when a line with `text` was printed. */
  readonly demo: (difference?: Partial<DemoParts>, text?: string, once?: () => void) => Promise<void>;
  /** Runs the demo and stops it as soon as it is ready. */
  readonly untilReady: (difference?: Partial<DemoParts>) => Promise<void>;
  readonly stop: () => void;
  readonly modeOf: (file: string) => Promise<string>;
  readonly remove: () => Promise<void>;
}

const CHECKOUT = path.resolve(__dirname, '../../..');
export const NORTHERN = { slug: 'fjord', name: 'Fjord Hosting', country: 'NO', currency: 'NOK', institutionId: 'SANDBOX' };

/** Says what the sandbox says, and nothing else. */
const SANDBOX = `
const origin = 'http://127.0.0.1:1';
process.send({
  ready: true,
  gocardless: { url: origin + '/api/v2', origin },
  whmcs: { origin, installations: [{ slug: 'fjord', url: origin + '/fjord', identifier: 'i', secret: process.env.SANDBOX_SECRET_KEY, gateway: 'banktransfer' }] },
  businesses: [${JSON.stringify(NORTHERN)}],
});
process.on('disconnect', () => process.exit(0));
setInterval(() => undefined, 1000);
`;

/** Serves nothing; writes down that it ran and that it was stopped. */
export const MAIN = `
const { appendFileSync } = require('node:fs');
const name = process.argv[2];
const note = (what: string) => appendFileSync(process.env.JOURNAL!, name + ' ' + what + '\\n');
process.on('SIGTERM', () => { note('stopped'); process.exit(0); });
process.on('disconnect', () => process.exit(0));
if (process.env.FAIL === name) throw new Error('cannot read the schema');
note('pid ' + process.pid);
console.log('hello from ' + name);
process.send!({ ready: true });
setInterval(() => undefined, 1000);
`;

export async function makeFakeCheckout(): Promise<FakeCheckout> {
  const root = await makeFolder();
  const file = path.join(root, 'journal');
  const lines: string[] = [];
  const contexts: DemoContext[] = [];
  const signals = new EventEmitter();
  const stop = () => void signals.emit('SIGTERM', 'SIGTERM');
  const parts: DemoParts = {
    host: '127.0.0.1',
    port: 0,
    tokenCommand: 'npm run -s token',
    migrate: () => Promise.resolve(),
    seed: context => {
      contexts.push(context);
      return Promise.resolve([{ slug: 'fjord', name: 'Fjord Hosting', email: 'owner@fjord.example' }]);
    },
    environment: () => ({ JOURNAL: file }),
  };
  const demo: FakeCheckout['demo'] = (difference = {}, text, once = () => undefined) => {
    const log = (line: string) => {
      lines.push(line);
      if (text !== undefined && line.includes(text)) once();
    };
    return runDemo({ root, parts: { ...parts, ...difference }, log, signals });
  };
  return {
    root,
    lines,
    signals,
    contexts,
    journal: async () => (existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n') : []),
    demo,
    untilReady: difference => demo(difference, 'Payymo is ready', stop),
    stop,
    modeOf: async name => ((await stat(path.join(root, name))).mode & 0o777).toString(8),
    remove: () => removeFolder(root),
  };
}

async function makeFolder(): Promise<string> {
  const root = await mkdtemp('/tmp/payymo-demo-');
  await chmod(root, 0o755);
  await symlink(path.join(CHECKOUT, 'node_modules'), path.join(root, 'node_modules'));
  for (const [file, source] of [
    ['test/sandbox/main.ts', SANDBOX],
    ['src/main.ts', MAIN],
  ] as const) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), source);
  }
  return root;
}

/** As root the database lies elsewhere, since only root may enter `.payymo`. */
async function removeFolder(root: string): Promise<void> {
  const pointer = path.join(root, '.payymo/postgres/location');
  if (existsSync(pointer)) await rm((await readFile(pointer, 'utf8')).trim(), { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
}
