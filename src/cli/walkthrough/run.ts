import type { Client } from './client';
import type { Narrator } from './narrator';
import { follow } from './patience';

/** What the API tells of long work, whichever it is. */
export interface Run {
  readonly id: string;
  readonly state: 'QUEUED' | 'RUNNING' | 'WAITING' | 'SUCCEEDED' | 'FAILED';
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

interface RunQuery<R extends Run> {
  /** `syncRun`, `invoiceImport` or `reconciliationRun`. */
  readonly field: string;
  readonly id: string;
  /** What to read beside what every run has. */
  readonly fields: string;
  readonly describe: (run: R) => string;
}

/** Follows long work to its end, telling the progress. @throws WalkthroughError unless it succeeds. */
export async function followRun<R extends Run>(
  client: Client,
  narrator: Narrator,
  { field, id, fields, describe }: RunQuery<R>,
): Promise<R> {
  const query = `query ($id: ID!) { run: ${field}(id: $id) { id state errorCode errorMessage ${fields} } }`;
  const run = await follow(narrator, async () => await readRun<R>(client, narrator, query, id), {
    isDone: ({ state }) => state === 'SUCCEEDED' || state === 'FAILED',
    describe: one => `${one.state.padEnd(9)}  ${describe(one)}${troubleOf(one)}`,
    expected: `${field} to be done`,
  });
  narrator.check(run.state === 'SUCCEEDED', `${field} to succeed`, `it is ${run.state}${troubleOf(run)}`);
  return run;
}

async function readRun<R extends Run>(client: Client, narrator: Narrator, query: string, id: string): Promise<R> {
  const { run } = await client.ask<{ run: R | null }>(query, { id });
  return narrator.found(run, `the run ${id}`, 'there is none');
}

const troubleOf = ({ errorCode, errorMessage }: Run): string => (errorCode === null ? '' : ` [${errorCode}: ${errorMessage ?? ''}]`);
