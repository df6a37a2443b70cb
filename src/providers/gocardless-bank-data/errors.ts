import { DAY_MS, MINUTE_MS } from '../../platform/clock';
import { type Explain, type OutboundResponse, retryAfter } from '../../platform/http/outbound';
import { ProviderError, type ProviderFailure } from '../../platform/http/provider-error';
import { AccountState, Refusal } from './schema';

export const PROVIDER = 'gocardless-bank-data';

/** What a refusal (4xx other than 429) means. */
export function refusal({ status, body }: OutboundResponse): ProviderError {
  const words = wordsOf(body);
  const { failure, code } = meaningOf(status, words, body);
  return new ProviderError(PROVIDER, failure, messageOf(words, status), {
    status,
    ...(code === undefined ? {} : { providerCode: code }),
    ...(words?.detail ? { cause: new Error(words.detail.slice(0, MAX_TEXT)) } : {}),
  });
}

/**
 * Words a 429 or 5xx. How long to wait after a 429 stands, in this order, in Retry-After, in the text ("Please try again in 86 seconds"),
 * or in the headers that count the account's successful calls. A daily limit that says nothing is four calls a day: the next in six hours.
 */
export const explain: Explain = ({ status, headers, body }, standard) => {
  const words = wordsOf(body);
  const wait = status === 429 ? { retryAfterMs: waitMs(headers, words) } : {};
  return new ProviderError(PROVIDER, standard.failure, words ? messageOf(words, status) : standard.message, {
    status,
    ambiguous: standard.ambiguous,
    ...wait,
    ...(words?.type ? { providerCode: words.type } : {}),
  });
};

interface Words {
  readonly summary: string;
  readonly detail: string | null;
  /** Only failures at the bank have one. */
  readonly type: string | null;
  /** The field of the request that is refused, where it is only one. */
  readonly field?: string;
}

interface Meaning {
  readonly failure: ProviderFailure;
  readonly code: string | undefined;
}

const MAX_TEXT = 300;
const DEFAULT_WAIT_MS = MINUTE_MS;
const DAILY_LIMIT_WAIT_MS = DAY_MS / 4;

const BY_TYPE: ReadonlyMap<string | null, ProviderFailure> = new Map([
  ['AccessExpiredError', 'consent_ended'],
  ['AccountInactiveError', 'consent_ended'],
  ['AccountAccessForbidden', 'rejected'],
  ['AccountResourceUnavailable', 'rejected'],
]);

/** By summary. An expired agreement has been seen as 400, 401 and 403, so the status does not count here. */
const BY_SUMMARY: readonly (readonly [summary: RegExp, failure: ProviderFailure, code: string])[] = [
  [/^End User Agreement \(EUA\) .*expired/i, 'consent_ended', 'AgreementExpired'],
  [/^No valid End User Agreement/i, 'consent_ended', 'NoValidAgreement'],
  [/^End User Agreement \(EUA\) access scope/i, 'consent_ended', 'AgreementScope'],
  [/^Account suspended/i, 'consent_ended', 'AccountSuspended'],
  [/^Invalid token/i, 'unauthorized', 'InvalidToken'],
  [/^Authentication failed/i, 'unauthorized', 'AuthenticationFailed'],
  [/^IP address access denied/i, 'unauthorized', 'IPAccessDenied'],
  [/^Unknown Institution ID/i, 'not_found', 'UnknownInstitution'],
  [/^Invalid (Account )?ID/i, 'not_found', 'InvalidID'],
  [/^Client reference must be unique/i, 'rejected', 'ReferenceUsed'],
  [/^Payment Required/i, 'rejected', 'PaymentRequired'],
];

const BY_STATUS: Readonly<Record<number, ProviderFailure>> = { 401: 'unauthorized', 404: 'not_found' };

function meaningOf(status: number, words: Words | undefined, body: unknown): Meaning {
  if (!words) return status === 409 ? accountState(body) : { failure: BY_STATUS[status] ?? 'rejected', code: undefined };
  const [, failure, code] = BY_SUMMARY.find(([summary]) => summary.test(words.summary)) ?? [];
  return { failure: BY_TYPE.get(words.type) ?? failure ?? BY_STATUS[status] ?? 'rejected', code: words.type ?? code ?? words.field };
}

/** An account in DISCOVERED, PROCESSING or ERROR may come round; one that is EXPIRED or SUSPENDED does not. */
function accountState(body: unknown): Meaning {
  const state = AccountState.safeParse(body).data?.status;
  if (state === 'SUSPENDED') return { failure: 'consent_ended', code: 'AccountSuspended' };
  if (state === 'EXPIRED') return { failure: 'consent_ended', code: 'AccessExpiredError' };
  return state === undefined ? { failure: 'rejected', code: undefined } : { failure: 'unavailable', code: 'AccountNotReady' };
}

/** A failure of the bank is told by its detail; every other detail holds ids, references or addresses, which belong into no message. */
function messageOf(words: Words | undefined, status: number): string {
  if (!words) return `${PROVIDER} answered ${status}`;
  return `${PROVIDER} answered: ${((words.type && words.detail) ?? words.summary).slice(0, MAX_TEXT)}`;
}

/** The error, whether it is the body itself or stands under the name of a field, alone or in a list. */
function wordsOf(body: unknown): Words | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const own = wordsIn(body);
  if (own) return own;
  for (const [field, value] of Object.entries(body)) {
    const keyed = Array.isArray(value) ? wordsInList(field, value) : wordsIn(value);
    if (keyed) return { ...keyed, field };
  }
  return undefined;
}

function wordsInList(field: string, [first]: readonly unknown[]): Words | undefined {
  return typeof first === 'string' ? { summary: `${field}: ${first}`, detail: null, type: null } : wordsIn(first);
}

function wordsIn(body: unknown): Words | undefined {
  const { data } = Refusal.safeParse(body);
  return data && { summary: data.summary, detail: data.detail ?? null, type: data.type ?? null };
}

function waitMs(headers: Headers, words: Words | undefined): number {
  const isDaily = words?.type === 'RateLimitError';
  return retryAfter(headers) ?? waitInText(words) ?? waitInHeaders(headers, isDaily) ?? (isDaily ? DAILY_LIMIT_WAIT_MS : DEFAULT_WAIT_MS);
}

function waitInText(words: Words | undefined): number | undefined {
  const [, seconds] = /try again in (\d{1,9}) seconds/i.exec(words?.detail ?? '') ?? [];
  return fromSeconds(seconds);
}

/** Both spellings occur: with underscores as documented, and with dashes behind proxies that rewrite them. */
function waitInHeaders(headers: Headers, isDaily: boolean): number | undefined {
  const account = ['http_x_ratelimit_account_success_reset', 'x-ratelimit-account-success-reset'];
  const general = ['http_x_ratelimit_reset', 'x-ratelimit-reset'];
  const names = isDaily ? account : [...account, ...general];
  return names.map(name => fromSeconds(headers.get(name))).find(ms => ms !== undefined);
}

const fromSeconds = (seconds: string | null | undefined): number | undefined =>
  /^\d{1,9}$/.test(seconds ?? '') ? Math.min(Number(seconds) * 1000, DAY_MS) : undefined;
