import { setTimeout as sleep } from 'node:timers/promises';

import type { Narrator } from './narrator';

export interface Patience {
  readonly pollMs: number;
  /** How long nothing may change. */
  readonly stalledMs: number;
  /** How long all of it may take. */
  readonly totalMs: number;
}

/** Three waits of this kind and two short ones stay below two minutes. */
const PATIENCE: Patience = { pollMs: 250, stalledMs: 15_000, totalMs: 30_000 };

/**
 * Reads something until it is done, telling what changes.
 * @throws WalkthroughError when nothing moves for a while, or all of it takes too long.
 */
export async function follow<State>(
  narrator: Narrator,
  read: () => Promise<State>,
  { isDone, describe, expected }: { isDone: (state: State) => boolean; describe: (state: State) => string; expected: string },
  { pollMs, stalledMs, totalMs }: Patience = PATIENCE,
): Promise<State> {
  const begin = performance.now();
  let [last, changedAt] = ['', begin];
  for (;;) {
    const state = await read();
    const line = describe(state);
    const now = performance.now();
    if (line !== last) [last, changedAt] = [line, now];
    narrator.progress(line);
    if (isDone(state)) return state;
    if (now - changedAt > stalledMs) {
      throw narrator.failure(expected, `nothing has moved for ${seconds(stalledMs)} s (${line}): does the worker run?`);
    }
    if (now - begin > totalMs) throw narrator.failure(expected, `it takes longer than ${seconds(totalMs)} s (${line})`);
    await sleep(pollMs);
  }
}

const seconds = (ms: number): string => String(Math.round(ms / 1000));
