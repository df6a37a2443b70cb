import { inspect } from 'node:util';

import { MINUTE_MS } from '../../../src/platform/clock';
import type { Fault } from '../../sandbox/support/faults';
import { failureOf } from '../../sandbox/support/failure';
import type { GoCardlessSandbox } from '../../sandbox/gocardless-bank-data/server';
import { bankOf, MovableClock, pathsOf, startSandbox } from './world';

const INVALID_TOKEN: Fault = {
  path: '/institutions/',
  kind: 'answer',
  status: 401,
  body: { summary: 'Invalid token', detail: 'Token is invalid or expired', status_code: 401 },
};

describe('access tokens of GoCardless Bank Account Data', () => {
  const clock = new MovableClock();
  let sandbox: GoCardlessSandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ clock });
  });
  afterEach(() => sandbox.close());

  const tokenCalls = () => pathsOf(sandbox).filter(path => path.includes('/token/'));
  const NEW = 'POST /api/v2/token/new/';
  const REFRESH = 'POST /api/v2/token/refresh/';

  it('fetches one token for any number of simultaneous calls [BNK-003]', async () => {
    const bank = bankOf(sandbox, { clock });

    await Promise.all(Array.from({ length: 20 }, () => bank.institutions('NO')));

    expect(tokenCalls()).toEqual([NEW]);
  });

  it('refreshes the token before it ends, once for all that wait [SEC-012]', async () => {
    const bank = bankOf(sandbox, { clock });
    await bank.institutions('NO');
    clock.forward(23 * 60 * MINUTE_MS);
    await bank.institutions('NO');
    expect(tokenCalls()).toEqual([NEW]);

    clock.forward(56 * MINUTE_MS);
    await Promise.all([bank.institutions('NO'), bank.institutions('DE'), bank.institutions('BE')]);

    expect(tokenCalls()).toEqual([NEW, REFRESH]);
    expect(sandbox.requests.every(({ status }) => status === 200)).toBe(true);
  });

  it('starts anew when the refresh token has ended or is refused [SEC-012]', async () => {
    const bank = bankOf(sandbox, { clock });
    await bank.institutions('NO');
    clock.forwardDays(30);
    await bank.institutions('NO');
    expect(tokenCalls()).toEqual([NEW, NEW]);

    clock.forwardDays(1);
    sandbox.fail({ ...INVALID_TOKEN, path: '/token/refresh/' });
    await bank.institutions('NO');

    expect(tokenCalls()).toEqual([NEW, NEW, REFRESH, NEW]);
  });

  it('leaves a token that failed to refresh for the next call to refresh', async () => {
    const bank = bankOf(sandbox, { clock });
    await bank.institutions('NO');
    clock.forwardDays(1);
    sandbox.fail({ path: '/token/refresh/', kind: 'answer', status: 500 });

    expect((await failureOf(bank.institutions('NO'))).failure).toBe('unavailable');
    await bank.institutions('NO');

    expect(tokenCalls()).toEqual([NEW, REFRESH, REFRESH]);
  });

  it('replaces a token that is refused before its time, and repeats the call once [SEC-012]', async () => {
    const bank = bankOf(sandbox, { clock });
    await bank.institutions('NO');
    sandbox.fail(INVALID_TOKEN);

    expect(await bank.institutions('NO')).toHaveLength(1);
    expect(tokenCalls()).toEqual([NEW, NEW]);

    sandbox.fail({ ...INVALID_TOKEN, times: 2 });
    const error = await failureOf(bank.institutions('NO'));
    expect(error).toMatchObject({ failure: 'unauthorized', providerCode: 'InvalidToken' });
    expect(tokenCalls()).toHaveLength(3);
  });

  it('replaces a token that a restarted provider has forgotten once for all calls that it fails on', async () => {
    const bank = bankOf(sandbox, { clock });
    await bank.institutions('NO');
    const port = Number(new URL(sandbox.origin).port);
    await sandbox.close();
    sandbox = await startSandbox({ clock, port });

    await Promise.all(Array.from({ length: 5 }, () => bank.institutions('NO')));

    expect(tokenCalls()).toEqual([NEW]);
    expect(sandbox.requests.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it('names wrong credentials, asks again on the next call, and shows them nowhere [SEC-012]', async () => {
    const bank = bankOf(sandbox, { clock, secretKey: 'wrong-key-5521' });

    const error = await failureOf(bank.institutions('NO'));

    expect(error).toMatchObject({ failure: 'unauthorized', providerCode: 'AuthenticationFailed', code: 'PROVIDER_REJECTED' });
    expect(inspect(error, { depth: null })).not.toContain('wrong-key-5521');
    await failureOf(bank.institutions('NO'));
    expect(tokenCalls()).toEqual([NEW, NEW]);
  });

  it('keeps a token out of the error when its answer cannot be parsed [SEC-012]', async () => {
    sandbox.fail({ path: '/token/new/', kind: 'answer', status: 200, body: 'x{"access":"tok-81"}' });

    const error = await failureOf(bankOf(sandbox).institutions('NO'));

    expect(error.failure).toBe('malformed');
    expect(inspect(error, { depth: null })).not.toContain('tok-81');
  });

  it('refuses a token answer of another shape', async () => {
    sandbox.fail({ path: '/token/new/', kind: 'answer', status: 200, body: { access: 'tok-82', access_expires: 0 } });

    expect((await failureOf(bankOf(sandbox).institutions('NO'))).failure).toBe('malformed');
  });
});
