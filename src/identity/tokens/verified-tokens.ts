import { createHash } from 'node:crypto';

import type { VerifiedToken } from './verified-token';

/** About 10 MB. */
const MAX_ENTRIES = 10_000;

/**
 * Remembers tokens that passed the whole gate, by the SHA-256 of their text, so that a process verifies their signature once. What can
 * change since is for others to check each time: expiry, revocation, possession. Bounded: the expired and then the oldest make room.
 * The figures that it is kept for: bench/results/auth.json.
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, VerifiedToken>();

  constructor(private readonly maxEntries = MAX_ENTRIES) {}

  get(token: string): VerifiedToken | undefined {
    return this.#tokens.get(keyOf(token));
  }

  add(token: string, verified: VerifiedToken, now: Date): void {
    this.#dropExpired(now.getTime() / 1000);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size >= this.maxEntries && oldest !== undefined) this.#tokens.delete(oldest);
    this.#tokens.set(keyOf(token), verified);
  }

  get size(): number {
    return this.#tokens.size;
  }

  /** All live equally long, so that the oldest are in front; one that came late only waits for those before it. */
  #dropExpired(now: number): void {
    for (const [key, { times }] of this.#tokens) {
      if (times.exp > now) return;
      this.#tokens.delete(key);
    }
  }
}

const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
