import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { z } from 'zod';

import { ProviderError } from './provider-error';

export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  /** Each call counts against a quota of the provider: never repeated here, not even a read. */
  readonly metered?: boolean;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON body; undefined for an empty one. */
  readonly body: unknown;
}

export interface OutboundLimits {
  /** Until the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Names the failure that a 429 or a 5xx is in the provider's own words; `standard` is what it is without them. */
export type Explain = (response: OutboundResponse, standard: ProviderError) => ProviderError;

export type Send = (request: OutboundRequest) => Promise<OutboundResponse>;

const DEFAULTS: OutboundLimits = { timeoutMs: 20_000, maxBytes: 20 * 1024 * 1024 };
/** How long to wait after a 429 that does not say. */
const DEFAULT_WAIT_MS = 60_000;
const QUICK_RETRIES = { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2_000 }) };

/**
 * Sends one JSON request to an outside system: bounded in time and size, never following a redirect.
 * Reads (GET) are repeated at most twice, with jitter, when no proper answer came; writes and metered reads never are.
 * @throws ProviderError `unavailable` (no answer, 5xx), `malformed` (cut off, too large, not JSON) or `rate_limited` (429), the statuses
 *         as `explain` words them. Other statuses are returned: what they mean is the provider's own matter.
 */
export const outbound = (provider: string, limits: Partial<OutboundLimits> = {}, explain: Explain = (_, standard) => standard): Send => {
  const once = (request: OutboundRequest) => sendOnce(provider, { ...DEFAULTS, ...limits }, explain, request);
  const policy = retry(
    handleWhen(error => error instanceof ProviderError && (error.failure === 'unavailable' || error.failure === 'malformed')),
    QUICK_RETRIES,
  );
  return request => (request.method === 'GET' && request.metered !== true ? policy.execute(() => once(request)) : once(request));
};

async function sendOnce(
  provider: string,
  { timeoutMs, maxBytes }: OutboundLimits,
  explain: Explain,
  request: OutboundRequest,
): Promise<OutboundResponse> {
  const ambiguous = request.method !== 'GET';
  const response = await fetch(request.url, {
    method: request.method,
    headers: { accept: 'application/json', ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw new ProviderError(provider, 'unavailable', `${provider} did not answer`, { cause, ambiguous });
  });
  const { status, headers } = response;
  const failure = statusFailure(provider, response, ambiguous);
  if (failure) throw explain({ status, headers, body: await readableBody(provider, response, maxBytes) }, failure);
  return { status, headers, body: parseJson(provider, await readText(provider, response, maxBytes, ambiguous), status, ambiguous) };
}

function statusFailure(provider: string, { status, headers }: Response, ambiguous: boolean): ProviderError | undefined {
  if (status === 429) {
    const retryAfterMs = retryAfter(headers) ?? DEFAULT_WAIT_MS;
    return new ProviderError(provider, 'rate_limited', `${provider} asks us to slow down`, { status, retryAfterMs });
  }
  return status < 500 ? undefined : new ProviderError(provider, 'unavailable', `${provider} answered ${status}`, { status, ambiguous });
}

/** The body of a failure, whose status counts even where its body cannot be read. */
async function readableBody(provider: string, response: Response, maxBytes: number): Promise<unknown> {
  try {
    return parseJson(provider, await readText(provider, response, maxBytes, false), response.status, false);
  } catch {
    return undefined;
  }
}

async function readText(provider: string, response: Response, maxBytes: number, ambiguous: boolean): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      const bytes = chunk as Uint8Array;
      size += bytes.length;
      if (size > maxBytes) throw new RangeError(`More than ${maxBytes} bytes`);
      chunks.push(bytes);
    }
  } catch (cause) {
    throw new ProviderError(provider, 'malformed', `${provider} sent an answer that was cut off or too large`, { cause, ambiguous });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(provider: string, text: string, status: number, ambiguous: boolean): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProviderError(provider, 'malformed', `${provider} sent an answer that is not JSON`, { cause, status, ambiguous });
  }
}

/** Retry-After in seconds or as an HTTP date (RFC 9110, 10.2.3), at most one day, in ms. */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 86_400_000);
}

/** Checks an answer against what the provider's documents promise. @throws ProviderError `malformed`. */
export function expectShape<T>(provider: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const cause = new Error(z.prettifyError(parsed.error));
  throw new ProviderError(provider, 'malformed', `${provider} sent an answer of an unknown shape`, { cause });
}
