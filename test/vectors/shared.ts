import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder with the vectors: PAYYMO_SHARED, or `shared` beside the checkout. They stay there; the repository has no copy. */
const folder = process.env['PAYYMO_SHARED'] ?? path.join(__dirname, '../../../shared');

export const sharedJson = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

/** Describes tests on the vectors; where these are not, one skipped test says so. */
export function describeVectors(title: string, tests: () => void): void {
  if (existsSync(folder)) {
    describe(title, tests);
    return;
  }
  it.skip(`${title}: no vectors at ${folder} (set PAYYMO_SHARED)`, () => undefined);
}
