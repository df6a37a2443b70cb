import type { Connected } from './connect-bank';
import { followRun, type Run } from './run';
import type { Walk } from './walk';

interface SyncRun extends Run {
  readonly accountsTotal: number;
  readonly accountsDone: number;
  readonly linesSeen: number;
  readonly linesNew: number;
  readonly linesUpdated: number;
  readonly linesRejected: number;
  readonly rejectedLines: readonly { readonly reason: string; readonly raw: string }[];
}

const SHOWN_CHARACTERS = 100;

/** Follows the synchronisation to its end, and shows the lines that could not be understood. */
export async function watchSync({ client, narrator }: Walk, { syncRunId }: Connected): Promise<void> {
  narrator.step('Watch the synchronisation');
  const run = await followRun<SyncRun>(client, narrator, {
    field: 'syncRun',
    id: syncRunId,
    fields: 'accountsTotal accountsDone linesSeen linesNew linesUpdated linesRejected rejectedLines { reason raw }',
    describe: one =>
      `accounts ${one.accountsDone} of ${one.accountsTotal}, lines ${one.linesSeen}: ` +
      `${one.linesNew} new, ${one.linesUpdated} changed, ${one.linesRejected} rejected`,
  });
  narrator.check(run.accountsDone === run.accountsTotal, 'all accounts', `${run.accountsDone} of ${run.accountsTotal} are done`);
  for (const { reason, raw } of run.rejectedLines) narrator.tell(`rejected: ${reason}`, `          ${raw.slice(0, SHOWN_CHARACTERS)}`);
}
