import { existsSync } from 'node:fs';
import path from 'node:path';

import { keep, type Result } from './results';

/** Each exports `measure`. */
const BENCHMARKS = ['auth-verification', 'authorization-cost', 'refresh-race', 'revocation-delay'];

/** `npm run bench:auth [name...]`: what identity costs and withstands, one benchmark after the other, into bench/results/auth.json. */
async function benchAuth(names: readonly string[]): Promise<void> {
  const chosen = BENCHMARKS.filter(name => names.length === 0 || names.includes(name));
  for (const name of chosen.filter(each => existsSync(path.join(__dirname, `${each}.ts`)))) {
    const { measure } = (await import(`./${name}.js`)) as { measure: () => Promise<Result> };
    keep('auth', await measure());
  }
}

benchAuth(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
