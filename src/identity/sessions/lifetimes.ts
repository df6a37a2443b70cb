import { DAY_MS, MINUTE_MS } from '../../platform/clock';
import { LIFETIME_SECONDS } from '../tokens/access-tokens';
import type { Proof } from '../tokens/proofs';

export interface Lifetimes {
  /** How long a refresh token waits for its use. */
  readonly idleMs: number;
  /** How long a session lasts, however often it is refreshed. */
  readonly absoluteMs: number;
}

/**
 * Of a plain browser, whose proof is a cookie and can be copied with the browser's files: a quarter of an hour without a refresh, as
 * PCI DSS 4.0.1 (8.2.8) asks, and a working day in all. An app that is open refreshes with its access tokens, every five minutes.
 */
const BROWSER: Lifetimes = { idleMs: 15 * MINUTE_MS, absoluteMs: 12 * 60 * MINUTE_MS };

/** Of a client with a key that does not leave it: refresh tokens must end (RFC 9700, section 4.14.2), a week and a month are usual. */
const KEY_HOLDER: Lifetimes = { idleMs: 7 * DAY_MS, absoluteMs: 30 * DAY_MS };

export const LIFETIMES: Readonly<Record<Proof['kind'], Lifetimes>> = { COOKIE: BROWSER, DPOP: KEY_HOLDER, MTLS: KEY_HOLDER };

/** Within which a refresh that is sent again, because its answer was lost, gets the same answer. */
export const RETRY_MS = 10_000;

/**
 * How many sessions a person or a client has at a time: more devices than anybody has, and few enough that all of them can end at once
 * without work for every process.
 */
export const MAX_SESSIONS = 100;

/**
 * How long after the last use of a session an access token of it may still be accepted, whichever process's clock noted the use: twice
 * its lifetime, so that five minutes are left for clocks that differ.
 */
export const TOKENS_LIVE_MS = 2 * LIFETIME_SECONDS * 1000;
