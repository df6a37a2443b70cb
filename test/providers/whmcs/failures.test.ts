import { inspect } from 'node:util';

import { whmcs } from '../../../src/providers/whmcs/billing-system';
import { failureOf } from '../../sandbox/support/failure';
import type { WhmcsFault } from '../../sandbox/whmcs/faults';
import { startWhmcsSandbox, type WhmcsSandbox } from '../../sandbox/whmcs/server';
import { aBusiness, anInvoice, clientOf, IDENTIFIER, SECRET } from './world';

const on = (fault: object): WhmcsFault => ({ action: 'GetInvoice', times: 3, kind: 'answer', ...fault }) as WhmcsFault;
const error = (message: string, status = 200) => on({ status, body: { result: 'error', message } });

describe('failures of WHMCS', () => {
  let sandbox: WhmcsSandbox;
  beforeAll(async () => {
    sandbox = await startWhmcsSandbox({ businesses: [aBusiness({ invoices: [anInvoice()] })] });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.clearFaults();
  });

  const KINDS: readonly [string, WhmcsFault, string][] = [
    ['an unknown invoice', error('Invoice ID Not Found'), 'not_found'],
    ['an unknown invoice at 400', error('Invoice ID Not Found', 400), 'not_found'],
    ['an unknown client', error('Client Not Found'), 'not_found'],
    ['wrong credentials at 200', error('Authentication Failed'), 'unauthorized'],
    ['an address that is not allowed', error('Invalid IP 203.0.113.77', 403), 'unauthorized'],
    ['an action that is not allowed', error('Invalid Permissions: API action "getinvoice" is not allowed', 403), 'unauthorized'],
    ['any other error at 403', error('Closed for the night', 403), 'unauthorized'],
    ['a firewall page at 403', on({ status: 403, body: '<h1>Forbidden</h1>' }), 'unauthorized'],
    ['a login page at 401', on({ status: 401, body: '<h1>Sign in</h1>' }), 'unauthorized'],
    ['any other error at 200', error('Something is wrong with the tax rules'), 'rejected'],
    ['any other error at 400', error('Command Not Found', 400), 'rejected'],
    ['an error without a message', on({ status: 200, body: { result: 'error' } }), 'rejected'],
    ['429', on({ status: 429, headers: { 'retry-after': '7' } }), 'rate_limited'],
    ['500', on({ status: 500, body: 'Internal Server Error' }), 'unavailable'],
    ['a reset connection', on({ kind: 'reset' }), 'unavailable'],
    ['an answer that is cut off', on({ kind: 'cut' }), 'malformed'],
    ['a page of HTML', on({ kind: 'html' }), 'malformed'],
    ['a page that is not there', on({ status: 404, body: '<h1>Not Found</h1>' }), 'malformed'],
    ['404 in JSON', on({ status: 404, body: { detail: 'no route' } }), 'malformed'],
    ['a list instead of an answer', on({ status: 200, body: [] }), 'malformed'],
    ['an empty answer', on({ status: 200 }), 'malformed'],
  ];

  it.each(KINDS)('tells what %s means: %s [REC-001]', async (_what, fault, failure) => {
    sandbox.fail(fault);

    await expect(failureOf(clientOf(sandbox).invoice('801'))).resolves.toMatchObject({ provider: 'whmcs', failure, ambiguous: false });
  });

  it('says how long to wait when WHMCS asks for it [REC-001]', async () => {
    sandbox.fail(on({ status: 429, headers: { 'retry-after': '7' } }));

    await expect(failureOf(clientOf(sandbox).invoice('801'))).resolves.toMatchObject({ status: 429, retryAfterMs: 7_000 });
  });

  it('gives up on a slow answer in the time it was given [REC-001]', async () => {
    sandbox.fail(on({ kind: 'slow', ms: 5_000 }));
    const started = performance.now();

    await expect(failureOf(clientOf(sandbox, { timeoutMs: 100 }).invoice('801'))).resolves.toMatchObject({ failure: 'unavailable' });
    expect(performance.now() - started).toBeLessThan(4_500);
  });

  it.each([
    ['a broken answer', on({ kind: 'cut', times: 2 })],
    ['an unavailable server', on({ status: 503, times: 2 })],
  ])('reads again, at most twice, after %s [REC-001]', async (_what, fault) => {
    const before = sandbox.requests.length;
    sandbox.fail(fault);
    const billing = clientOf(sandbox);

    await expect(billing.invoice('801')).resolves.toMatchObject({ id: '801' });
    expect(sandbox.requests.slice(before).map(({ action }) => action)).toEqual([
      'GetInvoice',
      'GetInvoice',
      'GetInvoice',
      'GetClientsDetails',
    ]);
  });

  it('asks only once when WHMCS says no [REC-001]', async () => {
    const before = sandbox.requests.length;

    await failureOf(clientOf(sandbox).invoice('4040'));

    expect(sandbox.requests.length - before).toBe(1);
  });

  it.each([
    ['an unknown identifier', { identifier: 'somebody-else' }],
    ['a wrong secret', { secret: 'not-the-secret' }],
    ['no credentials', { identifier: '', secret: '' }],
  ])('is not let in with %s [REC-001]', async (_what, difference) => {
    await expect(failureOf(clientOf(sandbox, difference).openInvoices(0))).resolves.toMatchObject({ failure: 'unauthorized', status: 403 });
  });

  it.each([
    ['its message', error(`Denied: ${SECRET} of ${IDENTIFIER}`)],
    ['text that is not JSON', on({ status: 200, body: SECRET })],
    ['long text, of which the parser quotes a part', on({ status: 200, body: `${SECRET} was sent to the API of this installation` })],
    ['a page at 403', on({ status: 403, body: IDENTIFIER })],
    ['an answer of another shape', on({ status: 200, body: { result: SECRET, [SECRET]: IDENTIFIER } })],
  ])('never lets a credential into an error when WHMCS repeats the request in %s [REC-001]', async (_where, fault) => {
    sandbox.fail(fault);

    const shown = inspect(await failureOf(clientOf(sandbox).invoice('801')), { depth: 10, showHidden: true });

    expect(shown).toContain('ProviderError: whmcs');
    expect(shown).not.toContain(SECRET.slice(0, 5));
    expect(shown).not.toContain(IDENTIFIER.slice(0, 5));
  });

  it('is unavailable, without a credential in the error, when nobody listens [REC-001]', async () => {
    const gone = await startWhmcsSandbox({ businesses: [aBusiness()] });
    const billing = clientOf(gone);
    await gone.close();

    const failure = await failureOf(billing.invoice('801'));

    expect(failure).toMatchObject({ failure: 'unavailable', ambiguous: false });
    expect(inspect(failure, { depth: 10 })).not.toContain(SECRET);
  });

  it('finds the API below the root of the installation, with a slash at its end or without [REC-001]', async () => {
    const billing = whmcs({ url: `${sandbox.url('larchmont')}/`, identifier: IDENTIFIER, secret: SECRET, gateway: 'banktransfer' });

    await expect(billing.invoice('801')).resolves.toMatchObject({ id: '801' });
  });

  it('sends over the transport that it is given [REC-001]', async () => {
    const urls: string[] = [];
    const send = (request: { url: URL }) => {
      urls.push(request.url.href);
      return Promise.resolve({ status: 200, headers: new Headers(), body: { result: 'success', totalresults: 0, invoices: '' } });
    };

    await whmcs({ url: 'https://billing.example', identifier: 'i', secret: 's', gateway: 'g', send }).openInvoices(0);

    expect(urls).toEqual(['https://billing.example/includes/api.php']);
  });
});
