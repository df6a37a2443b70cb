import { type ErrorCode, PayymoError } from '../errors';

/**
 * What went wrong with an outside system, as far as the caller's next step depends on it:
 * - unauthorized: our own credentials are not good
 * - consent_ended: the user has to give a new consent
 * - rate_limited: wait `retryAfterMs`, then repeat
 * - not_found, rejected: the system understood and said no; repeating is useless
 * - unavailable: no answer, a broken one or a 5xx; repeat later
 * - malformed: an answer that is not what the system's documents promise; repeat later
 */
export type ProviderFailure = 'unauthorized' | 'consent_ended' | 'rate_limited' | 'not_found' | 'rejected' | 'unavailable' | 'malformed';

const CODES: Record<ProviderFailure, ErrorCode> = {
  unauthorized: 'PROVIDER_REJECTED',
  consent_ended: 'PROVIDER_REJECTED',
  rate_limited: 'RATE_LIMITED',
  not_found: 'PROVIDER_REJECTED',
  rejected: 'PROVIDER_REJECTED',
  unavailable: 'PROVIDER_UNAVAILABLE',
  malformed: 'PROVIDER_UNAVAILABLE',
};

interface Facts extends ErrorOptions {
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The provider's own error type or code, such as `AccessExpiredError`. */
  readonly providerCode?: string;
  /** True when the request may have taken effect although no answer came: never repeat a payment blindly. */
  readonly ambiguous?: boolean;
}

/** A failed call to an outside system. `message` may be shown to users: it never holds a credential. */
export class ProviderError extends PayymoError {
  override readonly name = 'ProviderError';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly providerCode: string | undefined;
  readonly ambiguous: boolean;

  constructor(
    readonly provider: string,
    readonly failure: ProviderFailure,
    message: string,
    { status, retryAfterMs, providerCode, ambiguous = false, ...options }: Facts = {},
  ) {
    const details = retryAfterMs === undefined ? { provider } : { provider, retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
    super(CODES[failure], message, { ...options, details });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.providerCode = providerCode;
    this.ambiguous = ambiguous;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get transient(): boolean {
    return this.failure === 'rate_limited' || this.failure === 'unavailable' || this.failure === 'malformed';
  }
}
