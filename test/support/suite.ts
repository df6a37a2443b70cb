import { readdirSync } from 'node:fs';
import path from 'node:path';

const TESTS = path.join(__dirname, '..');

/**
 * Runs the test files of a folder one after another in one process. Loading the product takes longer than most files run, and jest loads it
 * anew for each file that it is given; this way it is loaded once a folder. Each file still has its own describe, hooks and database.
 */
export function suiteOf(folder: string): void {
  for (const file of testFilesIn(folder)) {
    describe(file, () => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- a describe cannot wait for an import
      require(path.join(TESTS, file));
    });
  }
  // A file that sets a limit of its own would set it for all.
  jest.setTimeout(180_000);
}

/** The test files right in a folder, from `test/` on. */
export const testFilesIn = (folder: string): string[] =>
  readdirSync(path.join(TESTS, folder))
    .filter(name => name.endsWith('.test.ts'))
    .map(name => path.posix.join(folder, name));
