import { ProviderError } from '../../platform/http/provider-error';

export const PROVIDER = 'whmcs';

const UNKNOWN_OBJECT = /^(invoice id|client( id)?) not found/i;
const NO_ACCESS = /^(authentication failed|invalid or missing credentials|invalid ip\b|ip banned|access denied|invalid permissions\b)/i;

/**
 * What WHMCS means by `{"result":"error","message":…}`. The HTTP status beside it is 200, 400 or 403 and says little.
 * (The messages about access are known from practice: WHMCS documents only those of the single actions.)
 */
export function refusal(message: string, status: number): ProviderError {
  const text = `${PROVIDER} answered: ${message.slice(0, 300)}`;
  if (UNKNOWN_OBJECT.test(message)) return new ProviderError(PROVIDER, 'not_found', text, { status });
  if (NO_ACCESS.test(message) || isNoAccess(status)) return new ProviderError(PROVIDER, 'unauthorized', text, { status });
  return new ProviderError(PROVIDER, 'rejected', text, { status });
}

export const malformed = (message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) =>
  new ProviderError(PROVIDER, 'malformed', `${PROVIDER} ${message}`, options);

export interface Circumstances {
  /** Whether the call changes anything in WHMCS: if so, an answer that got lost leaves open whether it did. */
  readonly writes: boolean;
  /** Takes our credentials out of a text. */
  readonly hide: (text: string) => string;
}

/** The same failure as it is to be understood of this call, without our credentials in any text. */
export function inContext(error: ProviderError, { writes, hide }: Circumstances): ProviderError {
  const { status, retryAfterMs } = error;
  const failure = error.failure === 'malformed' && isNoAccess(status) ? 'unauthorized' : error.failure;
  return new ProviderError(error.provider, failure, hide(error.message), {
    cause: hiddenCause(error.cause, hide),
    ambiguous: writes && (failure === 'unavailable' || failure === 'malformed'),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Firewalls in front of WHMCS refuse with a page of HTML: then only the status tells. */
const isNoAccess = (status: number | undefined): boolean => status === 401 || status === 403;

/** A JSON parser quotes a piece of what it could not read, which may be a piece of a secret: a debugging WHMCS repeats the request. */
function hiddenCause(cause: unknown, hide: (text: string) => string): unknown {
  if (!(cause instanceof Error)) return cause;
  if (cause.name === 'SyntaxError') return new Error('The answer cannot be read as JSON');
  return hide(cause.message) === cause.message ? cause : new Error(hide(cause.message));
}
