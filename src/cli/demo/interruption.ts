import type { EventEmitter } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A Ctrl-C under npm arrives twice, from the terminal and from npm: that is one wish, not two. */
const SAME_WISH_MS = 500;

export interface Interruption {
  /** Settles with the first signal that asks us to end. */
  readonly requested: Promise<string>;
  /** Gives the signals back. */
  readonly close: () => void;
}

/** Listens for the wish to end; `insist` is called when it is repeated. */
export function listenForInterruption(signals: EventEmitter, insist: () => void): Interruption {
  let first: number | undefined;
  let request: (signal: string) => void = () => undefined;
  const requested = new Promise<string>(resolve => {
    request = resolve;
  });
  const listener = (signal: string) => {
    first ??= performance.now();
    request(signal);
    if (performance.now() - first > SAME_WISH_MS) insist();
  };
  for (const signal of SIGNALS) signals.on(signal, listener);
  return {
    requested,
    close: () => {
      for (const signal of SIGNALS) signals.off(signal, listener);
    },
  };
}
