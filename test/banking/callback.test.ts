import { Connections } from '../../src/banking/connections.service';
import { Synchronisation } from '../../src/banking/synchronisation.service';
import { Plans } from '../../src/identity/plans/plans.service';
import { gocardlessBankData } from '../../src/providers/gocardless-bank-data/provider';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { COMPLETE, connectionsOf, dataOf } from '../support/banking';
import { aBusiness, anotherBusiness } from '../support/business';
import { startConnection, type StartedConnection } from '../support/journey';

const HTML = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const REFERENCE_UNKNOWN = expect.objectContaining({ code: 'REFERENCE_UNKNOWN' }) as unknown;

describe('the callback of a bank', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterEach(() => {
    app.bank.clearFaults();
  });
  afterAll(() => app.close());

  const callback = (query = '', headers: Record<string, string> = {}) =>
    fetch(`${app.url}/connect/gocardless-bank-data/callback${query}`, { headers });
  const decide = (link: string, decision: string) =>
    fetch(link, { method: 'POST', body: new URLSearchParams({ decision }), headers: HTML });
  const statusOf = async ({ connection: { id } }: StartedConnection) =>
    (await connectionsOf(tenant)).find(other => other.id === id)?.status;

  it('completes the connection for a client that follows the consent link [BNK-001] [BNK-006]', async () => {
    const started = await startConnection(tenant);
    const response = await fetch(started.consentUrl);

    expect(response.status).toBe(200);
    expect(response.redirected).toBe(true);
    expect(await response.json()).toEqual({
      message: 'Sandbox Finance is connected. You can close this window.',
      connectionId: started.connection.id,
      syncRunId: expect.stringMatching(/^syn_/) as unknown,
    });
    expect(await statusOf(started)).toBe('ACTIVE');
  });

  it('shows a browser a page with security headers, once [BNK-001] [SEC-012]', async () => {
    const started = await startConnection(tenant);
    const response = await decide(started.consentUrl, 'approve');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(await response.text()).toContain('<h1>Connected</h1><p>Sandbox Finance is connected.');

    const again = await fetch(response.url, { headers: HTML });
    expect(again.status).toBe(409);
    expect(await again.text()).toContain('<h1>Already used</h1>');
  });

  it('escapes what comes from outside on its page [SEC-012]', async () => {
    const institution = {
      id: 'SANDBOXFINANCE_SFIN0000',
      name: `<script>alert("1")</script> & 'Sons'`,
      transaction_total_days: '90',
      countries: ['DE'],
      max_access_valid_for_days: '90',
    };
    app.bank.fail({ kind: 'answer', status: 200, body: institution, path: '/institutions/SANDBOX' });
    const started = await startConnection(tenant);
    const page = await (await decide(started.consentUrl, 'approve')).text();

    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Sons&#39; is connected');
  });

  it('tells a browser that the user declined, and rejects the connection [BNK-001]', async () => {
    const started = await startConnection(tenant);
    const response = await decide(started.consentUrl, 'decline');

    expect(response.status).toBe(502);
    expect(await response.text()).toContain('The consent was refused at the bank: start a new connection');
    expect(await statusOf(started)).toBe('REJECTED');
  });

  it.each([
    ['is missing', ''],
    ['is empty', '?ref='],
    ['is malformed', '?ref=%00%ff'],
    ['comes twice', '?ref=a&ref=b'],
    ['is too long', `?ref=${'x'.repeat(257)}`],
    ['names no tenant', '?ref=tnt_01h00000000000000000000000.abc'],
    ['is an attack', "?ref=';drop table connections;--"],
  ])('refuses a reference that %s, in JSON and on a page [SEC-012] [API-009]', async (_, query) => {
    const [json, page] = await Promise.all([callback(query), callback(query, HTML)]);
    expect([json.status, page.status]).toEqual([400, 400]);
    expect(await json.json()).toEqual(REFERENCE_UNKNOWN);
    expect(await page.text()).toMatch(/^<!doctype html>.*Not connected/);
  });

  it('refuses a reference that was never issued by a tenant that exists [SEC-012] [SEC-016]', async () => {
    const { reference } = await startConnection(tenant);
    const [, secret = ''] = reference.split('.');
    const swapped = await callback(`?ref=${app.tenant('aurora').id}.${secret}`);
    const never = await callback(`?ref=${tenant.id}.${'A'.repeat(43)}`);

    expect([swapped.status, never.status]).toEqual([400, 400]);
    expect(await swapped.text()).toBe(await never.text());
  });

  it('completes once when the callback comes ten times at once [SEC-012]', async () => {
    const started = await startConnection(tenant);
    const { headers } = await fetch(started.consentUrl, { redirect: 'manual' });
    const back = headers.get('location') ?? '';
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(back)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)]);
  });

  it('leaves the reference unused while the provider is down, without its inner words, and works on a reload [BNK-001]', async () => {
    const started = await startConnection(tenant);
    const { headers } = await fetch(started.consentUrl, { redirect: 'manual' });
    app.bank.fail({ kind: 'answer', status: 500, body: 'stack trace', path: '/requisitions/', times: Infinity });
    const down = await fetch(headers.get('location') ?? '');
    expect(down.status).toBe(502);
    expect(await down.text()).not.toContain('stack trace');

    app.bank.clearFaults();
    expect((await fetch(headers.get('location') ?? '')).status).toBe(200);
    expect(await statusOf(started)).toBe('ACTIVE');
  });

  it('fault 2 of the earlier Payymo: takes no invented bank webhooks [BNK-001]', async () => {
    const send = (path: string, body: object) =>
      fetch(app.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const started = await startConnection(tenant);
    const posted = [
      await send('/connect/gocardless-bank-data/callback', { event_type: 'transactions.created', ref: started.reference }),
      await send('/api/gocardless/webhook', { event_type: 'transaction.created', resource_type: 'transactions' }),
      await send('/webhooks/gocardless-bank-data', { event_type: 'connection.updated' }),
    ];

    expect(posted.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await statusOf(started)).toBe('PENDING');
  });

  it('is left out for a redirect to an allowed origin, whose app completes by the mutation [BNK-001] [SEC-012]', async () => {
    const provider = gocardlessBankData({ baseUrl: app.bank.url, secretId: 'test-id', secretKey: 'test-key', clock: app.clock });
    const redirects = { callbackUrl: app.url, allowedOrigins: ['https://app.example'] };
    const connections = new Connections(provider, new Synchronisation(), new Plans(app.clock), redirects, app.clock);
    const redirectUrl = 'https://app.example/banks?step=2';
    const { consentUrl, reference } = await connections.start(tenant.scope(), 'SANDBOXFINANCE_SFIN0000', redirectUrl);
    const { headers } = await fetch(consentUrl, { redirect: 'manual' });
    const back = new URL(headers.get('location') ?? '');

    expect(back.origin + back.pathname).toBe('https://app.example/banks');
    expect(Object.fromEntries(back.searchParams)).toEqual({ step: '2', ref: reference });
    expect(await dataOf(tenant.as('OWNER')(COMPLETE, { input: { reference } }))).toMatchObject({
      completeConnection: { connection: { status: 'ACTIVE' } },
    });
  });
});
