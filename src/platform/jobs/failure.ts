import { PayymoError } from '../errors';
import { ProviderError } from '../http/provider-error';
import type { Logger } from '../logging/logger';

/** What a row tells its users of the attempt that failed last. */
export interface Failure {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** Nothing failed, or it no longer matters. */
export const NO_FAILURE = { errorCode: null, errorMessage: null, nextAttemptAt: null };

const UNFORESEEN: Failure = { errorCode: 'INTERNAL', errorMessage: 'Something went wrong on our side' };
const FIRST_DELAY_MS = 5_000;
const MAX_DELAY_MS = 3_600_000;

/** The failure as users may see it; the log gets all of it. */
export function recordFailure(log: Logger, error: unknown, message: string, facts: Readonly<Record<string, unknown>>): Failure {
  const foreseen = error instanceof PayymoError;
  log[foreseen ? 'warn' : 'error']({ err: error, ...facts }, message);
  return foreseen ? { errorCode: error.code, errorMessage: error.message } : UNFORESEEN;
}

/** Whether another attempt may succeed without anybody changing anything: what is down, or what we did not foresee. */
export const mayPass = (error: unknown): boolean =>
  isOnHold(error) || isDown(error) || (error instanceof ProviderError ? error.transient : !(error instanceof PayymoError));

/** Our own database, that is. */
const isDown = (error: unknown): boolean => error instanceof PayymoError && error.code === 'UNAVAILABLE';

/** The tenant may only be read at the moment: its work waits, and goes on when the operator of Payymo lets it (see wakeJobs). */
export const isOnHold = (error: unknown): boolean =>
  error instanceof PayymoError && (error.code === 'TENANT_SUSPENDED' || error.code === 'PLAN_EXPIRED');

/** What the provider asks for; else 5 s, doubled at each attempt up to an hour, give or take a tenth. */
export function delayMs(error: unknown, attempts: number): number {
  if (error instanceof ProviderError && error.retryAfterMs !== undefined) return error.retryAfterMs;
  return Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), MAX_DELAY_MS) * (0.9 + Math.random() * 0.2);
}
