import { DAY_MS } from '../../../src/platform/clock';
import { failureOf } from '../../sandbox/support/failure';
import type { Misbehaviour } from '../../sandbox/support/faults';
import type { GoCardlessSandbox } from '../../sandbox/gocardless-bank-data/server';
import { ACCOUNT, bankOf, connect, MovableClock, startSandbox } from './world';

const answer = (status: number, body: unknown, headers = {}): Misbehaviour => ({ kind: 'answer', status, body, headers });
const error = (status: number, summary: string, detail = 'd', type?: string) =>
  answer(status, { summary, detail, ...(type === undefined ? {} : { type }), status_code: status });
const bankError = (status: number, type: string) => error(status, "Couldn't update account transactions", `About ${type}.`, type);
const expired = (status: number) => error(status, 'End User Agreement (EUA) 5a1f has expired', 'EUA was valid for 90 days');

describe('failures of GoCardless Bank Account Data', () => {
  const clock = new MovableClock();
  let sandbox: GoCardlessSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ clock });
    await connect(bankOf(sandbox));
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.clearFaults();
  });

  const lines = (options = {}) => bankOf(sandbox, { clock, ...options }).lines(ACCOUNT, '2026-03-01', '2026-03-09');
  const failureAfter = (fault: Misbehaviour) => {
    sandbox.fail({ ...fault, path: '/transactions/' });
    return failureOf(lines());
  };

  it.each<[string, Misbehaviour, string]>([
    ['an expired agreement at 401', expired(401), 'AgreementExpired'],
    ['an expired agreement at 400', expired(400), 'AgreementExpired'],
    ['an expired agreement at 403', expired(403), 'AgreementExpired'],
    ['no agreement', error(403, 'No valid End User Agreement'), 'NoValidAgreement'],
    ['an agreement without the scope', error(403, 'End User Agreement (EUA) access scope error'), 'AgreementScope'],
    ['an access that has ended', bankError(401, 'AccessExpiredError'), 'AccessExpiredError'],
    ['an account that was closed', bankError(401, 'AccountInactiveError'), 'AccountInactiveError'],
    ['a suspended account', error(409, 'Account suspended'), 'AccountSuspended'],
    ['an account in the state SUSPENDED', answer(409, { id: 'x', status: 'SUSPENDED' }), 'AccountSuspended'],
    ['an account in the state EXPIRED', answer(409, { id: 'x', status: 'EXPIRED' }), 'AccessExpiredError'],
  ])('asks for a new consent after %s [BNK-007]', async (_what, fault, providerCode) => {
    const failure = await failureAfter(fault);

    expect(failure).toMatchObject({ failure: 'consent_ended', providerCode, code: 'PROVIDER_REJECTED', transient: false });
  });

  it.each<[string, Misbehaviour, string, string | undefined]>([
    ['an address that is not allowed', error(403, 'IP address access denied', 'Your IP 203.0.113.9'), 'unauthorized', 'IPAccessDenied'],
    ['a 401 of another kind', error(401, 'Go away'), 'unauthorized', undefined],
    ['a user without the right', bankError(403, 'AccountAccessForbidden'), 'rejected', 'AccountAccessForbidden'],
    ['a resource that the bank has not', bankError(403, 'AccountResourceUnavailable'), 'rejected', 'AccountResourceUnavailable'],
    ['a 403 of another kind', error(403, 'No'), 'rejected', undefined],
    ['an unpaid bill', error(402, 'Payment Required', 'Free usage limit exceeded'), 'rejected', 'PaymentRequired'],
    ['a type named like a property of every object', bankError(400, 'constructor'), 'rejected', 'constructor'],
    ['an id that is none', error(400, 'Invalid Account ID'), 'not_found', 'InvalidID'],
    ['an unknown account', error(404, 'Account ID x not found'), 'not_found', undefined],
    ['a field that is refused', answer(400, { date_to: [{ summary: 'Bad', detail: 'd' }], status_code: 400 }), 'rejected', 'date_to'],
    ['a field that is missing', answer(400, { redirect: ['This field is required.'], status_code: 400 }), 'rejected', 'redirect'],
    ['a refusal without a word', answer(400, undefined), 'rejected', undefined],
    ['a conflict of an unknown kind', answer(409, {}), 'rejected', undefined],
    ['an account that is being prepared', answer(409, { id: 'x', status: 'PROCESSING' }), 'unavailable', 'AccountNotReady'],
    ['an unknown error of the bank', bankError(500, 'UnknownRequestError'), 'unavailable', 'UnknownRequestError'],
    ['a bank that is closed', bankError(503, 'ServiceError'), 'unavailable', 'ServiceError'],
    ['a 500 without a word', answer(500, 'Server Error'), 'unavailable', undefined],
    ['an answer that is cut off', { kind: 'cut' }, 'malformed', undefined],
    ['a page of HTML', { kind: 'html' }, 'malformed', undefined],
    ['no answer', { kind: 'reset' }, 'unavailable', undefined],
    ['an unknown shape', answer(200, { transactions: [] }), 'malformed', undefined],
    ['an empty answer', answer(200, undefined), 'malformed', undefined],
  ])('keeps the consent after %s [ENG-006]', async (_what, fault, kind, providerCode) => {
    const failure = await failureAfter(fault);

    expect({ failure: failure.failure, providerCode: failure.providerCode }).toEqual({ failure: kind, providerCode });
    expect(failure.failure).not.toBe('consent_ended');
  });

  it('gives up on an answer that takes too long [ENG-006]', async () => {
    sandbox.fail({ path: '/transactions/', kind: 'slow', ms: 3_000 });

    expect((await failureOf(lines({ timeoutMs: 80 }))).failure).toBe('unavailable');
  });

  it('says what the bank said, and no address, reference or id of ours [API-009]', async () => {
    expect((await failureAfter(bankError(401, 'AccountInactiveError'))).message).toBe(
      'gocardless-bank-data answered: About AccountInactiveError.',
    );
    expect((await failureAfter(error(403, 'IP address access denied', 'Your IP 203.0.113.9'))).message).not.toContain('203.0.113.9');
    expect((await failureAfter(error(400, 'x'.repeat(5_000)))).message.length).toBeLessThan(400);
  });

  it.each<[string, Misbehaviour]>([
    ['a failure', bankError(500, 'UnknownRequestError')],
    ['a broken answer', { kind: 'cut' }],
  ])('never repeats at once what counts against the daily limit, after %s [BNK-003]', async (_what, fault) => {
    const before = sandbox.requests.length;
    await failureAfter(fault);

    expect(sandbox.requests.slice(before).filter(({ path }) => path.includes('/transactions/'))).toHaveLength(1);
  });

  it('repeats a read that costs nothing [BNK-003]', async () => {
    sandbox.fail({ path: '/institutions/', kind: 'reset' });

    expect(await bankOf(sandbox, { clock }).institutions('NO')).toHaveLength(1);
  });

  const DAILY = { summary: "Couldn't update account transactions", detail: 'Daily limit', type: 'RateLimitError', status_code: 429 };
  const BUSY = { summary: 'Rate limit exceeded', detail: 'The rate limit is 100/minute. Please try again in 42 seconds', status_code: 429 };

  it.each<[string, object | undefined, Record<string, string>, number]>([
    ['Retry-After before all else', BUSY, { 'retry-after': '7', 'x-ratelimit-reset': '9' }, 7_000],
    ['the seconds in the text', BUSY, { 'x-ratelimit-reset': '9' }, 42_000],
    [
      "the account's reset header, as documented",
      DAILY,
      { http_x_ratelimit_account_success_reset: '5400', 'x-ratelimit-reset': '9' },
      5_400_000,
    ],
    ["the account's reset header, with dashes", DAILY, { 'x-ratelimit-account-success-reset': '5400' }, 5_400_000],
    ['the general reset header', { ...BUSY, detail: 'Slow down' }, { http_x_ratelimit_reset: '30' }, 30_000],
    ['six hours after a daily limit without a word', DAILY, { 'x-ratelimit-reset': '9' }, DAY_MS / 4],
    ['a minute after anything else', undefined, {}, 60_000],
    ['a day at most', DAILY, { 'x-ratelimit-account-success-reset': '999999' }, DAY_MS],
  ])('waits as a 429 says: %s [BNK-003]', async (_rule, body, headers, retryAfterMs) => {
    const failure = await failureAfter(answer(429, body, headers));

    expect(failure).toMatchObject({ failure: 'rate_limited', retryAfterMs, code: 'RATE_LIMITED', transient: true, status: 429 });
  });

  it("keeps to the bank's daily limit as the provider counts it [BNK-003]", async () => {
    const strict = await startSandbox({ clock, requestsPerDay: 4 });
    const bank = bankOf(strict, { clock });
    await connect(bank);
    const read = () => bank.lines(ACCOUNT, '2026-03-01', '2026-03-09');
    for (let call = 1; call <= 4; call += 1) await read();
    clock.forward(DAY_MS / 3);

    const failure = await failureOf(read());

    expect(failure).toMatchObject({ failure: 'rate_limited', providerCode: 'RateLimitError', retryAfterMs: (DAY_MS / 3) * 2 });
    expect(await bank.balances(ACCOUNT)).toHaveLength(2);
    clock.forward(failure.retryAfterMs ?? 0);
    expect((await read()).booked).toHaveLength(1);
    await strict.close();
  });

  it('meets the end of a consent, and reads again after a new one [BNK-007]', async () => {
    const brief = await startSandbox({ clock });
    const bank = bankOf(brief, { clock });
    const consentId = await connect(bank);
    clock.forwardDays(181);

    const failure = await failureOf(bank.balances(ACCOUNT));

    expect(failure).toMatchObject({ failure: 'consent_ended', providerCode: 'AgreementExpired' });
    expect((await bank.consent(consentId)).status).toBe('expired');
    await connect(bank);
    expect(await bank.balances(ACCOUNT)).toHaveLength(2);
    await brief.close();
  });
});
