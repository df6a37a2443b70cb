import DataLoader from 'dataloader';

import type { Scope } from '../database/scope';

/** A relation as a function of the scope: `invoiceById(scope).load(id)`. Lives and dies with the operation. */
export type Loader<Key, Value> = (scope: Scope) => DataLoader<Key, Value>;

/**
 * Batches keys of one tick into one statement. `fetch` returns rows in any order; a key without a row gives null.
 * @requirement API-004
 */
export function oneByKey<Row>(
  fetch: (scope: Scope, keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Loader<string, Row | null> {
  const identity = {};
  return scope =>
    scope.once(
      identity,
      () =>
        new DataLoader(async keys => {
          const byKey = new Map((await fetch(scope, keys)).map(row => [keyOf(row), row]));
          return keys.map(key => byKey.get(key) ?? null);
        }),
    );
}

/** The same for relations to many: a key without rows gives an empty list. Rows keep the order in which `fetch` returned them. */
export function manyByKey<Row>(
  fetch: (scope: Scope, keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Loader<string, Row[]> {
  const identity = {};
  return scope =>
    scope.once(
      identity,
      () =>
        new DataLoader(async keys => {
          const groups = new Map<string, Row[]>(keys.map(key => [key, []]));
          for (const row of await fetch(scope, keys)) groups.get(keyOf(row))?.push(row);
          return keys.map(key => groups.get(key) ?? []);
        }),
    );
}
