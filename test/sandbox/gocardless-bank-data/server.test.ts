import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  ACCOUNT,
  aWireLine,
  BANK,
  bankOf,
  connect,
  MovableClock,
  SAVINGS,
  SECRET_ID,
  SECRET_KEY,
  startSandbox,
} from '../../providers/gocardless-bank-data/world';
import type { GoCardlessSandbox } from './server';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

describe('the sandbox of GoCardless Bank Account Data', () => {
  const clock = new MovableClock();
  const folder = mkdtempSync(join(tmpdir(), 'bank-sandbox-'));
  const stateFile = join(folder, 'state.json');
  let sandbox: GoCardlessSandbox;
  let token: string;

  beforeEach(async () => {
    rmSync(stateFile, { force: true });
    sandbox = await startSandbox({ clock, stateFile, requestsPerDay: 5 });
    token = String((await ask('POST', '/token/new/', { secret_id: SECRET_ID, secret_key: SECRET_KEY })).body['access']);
  });
  afterEach(() => sandbox.close());
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(sandbox.url + path, { method, headers: { authorization: `Bearer ${token}` }, ...init });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
  }
  const requisition = async (reference: string) =>
    (await ask('POST', '/requisitions/', { redirect: 'https://gateway.example/back', institution_id: BANK, reference })).body;

  it('asks for a token that it has issued and that lasts [BNK-006]', async () => {
    expect((await ask('GET', '/institutions/')).status).toBe(200);
    clock.forwardDays(1);

    expect(await ask('GET', '/institutions/')).toMatchObject({ status: 401, body: { summary: 'Invalid token', status_code: 401 } });
  });

  it('describes a bank as the provider does, days as strings [BNK-006]', async () => {
    expect((await ask('GET', `/institutions/${BANK}/`)).body).toMatchObject({
      id: BANK,
      transaction_total_days: '90',
      max_access_valid_for_days: '180',
      countries: ['NO'],
      supported_features: expect.arrayContaining(['pending_transactions']) as unknown,
    });
  });

  it('makes a requisition with a link, unique by its reference, and pages the list [BNK-006]', async () => {
    const { id, link } = await requisition('first');
    await requisition('second');

    expect(link).toBe(`${sandbox.origin}/psd2/start/${String(id)}/${BANK}`);
    expect(await requisition('first')).toEqual({
      reference: { summary: 'Client reference must be unique', detail: 'Client reference: first already exists' },
      status_code: 400,
    });
    expect((await ask('GET', '/requisitions/?limit=1')).body).toMatchObject({
      count: 2,
      next: `${sandbox.url}/requisitions/?limit=1&offset=1`,
      previous: null,
      results: [{ id, status: 'CR', accounts: [], reference: 'first' }],
    });
  });

  it('lets an agreement be used once, for its own bank [BNK-006]', async () => {
    const { body: agreement } = await ask('POST', '/agreements/enduser/', { institution_id: BANK });
    expect(agreement).toMatchObject({ accepted: null, max_historical_days: 90, access_valid_for_days: 90 });
    const body = { institution_id: BANK, redirect: 'https://x.example', agreement: agreement['id'] };
    const other = await ask('POST', '/requisitions/', { ...body, institution_id: 'BELFIUS_GKCCBEBB' });
    expect(other.body).toMatchObject({ agreement: { summary: 'Incorrect Institution ID BELFIUS_GKCCBEBB' } });

    expect((await ask('POST', '/requisitions/', body)).status).toBe(201);
    expect((await ask('POST', '/requisitions/', body)).body).toMatchObject({
      agreement: { summary: `Agreement ${String(agreement['id'])} is already associated` },
    });
    expect((await ask('DELETE', `/agreements/enduser/${String(agreement['id'])}/`)).body).toMatchObject({
      summary: 'End user agreement needs to be accepted.',
    });
  });

  it('shows a browser what is asked, and links the accounts when the user approves [BNK-006]', async () => {
    const { id, link } = await requisition('<b>"state"');
    const url = String(link);

    const page = await fetch(url, { headers: { accept: 'text/html,*/*;q=0.8' }, redirect: 'manual' });
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html).toMatch(/gateway\.example.*Operating account.*90 days.*Approve.*Decline/s);
    expect(html).not.toMatch(/<script|src=|href=|<b>"/);
    expect((await ask('GET', `/requisitions/${String(id)}/`)).body).toMatchObject({ status: 'GC', accounts: [] });

    const back = await fetch(url, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }), redirect: 'manual' });
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('ref')).toBe('<b>"state"');
    expect((await ask('GET', `/requisitions/${String(id)}/`)).body).toMatchObject({ status: 'LN', accounts: [ACCOUNT, SAVINGS] });
  });

  it('decides a consent once [BNK-006]', async () => {
    const { id, link } = await requisition('decided');
    const decide = (decision: string) =>
      fetch(String(link), { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });

    expect((await decide('decline')).headers.get('location')).toBe(
      'https://gateway.example/back?ref=decided&error=UserCancelledSession&details=User+cancelled+the+session.',
    );
    expect((await decide('approve')).headers.get('location')).toContain('error=');
    expect((await ask('GET', `/requisitions/${String(id)}/`)).body['status']).toBe('RJ');
    expect((await fetch(`${String(link)}X`)).status).toBe(404);
  });

  it('links the account of a format at the bank that has it [BNK-006]', async () => {
    const bank = bankOf(sandbox, { clock });

    expect((await bank.consent(await connect(bank, 'BELFIUS_GKCCBEBB'))).accountIds).toEqual([SAVINGS]);
  });

  it('counts successful requests by account and scope, in headers of both spellings [BNK-006]', async () => {
    await connect(bankOf(sandbox, { clock }));
    const balances = () => ask('GET', `/accounts/${ACCOUNT}/balances/`);
    const { headers } = await balances();
    for (const spelling of ['http_x_ratelimit_account_success_', 'x-ratelimit-account-success-']) {
      expect(['limit', 'remaining', 'reset'].map(suffix => headers.get(spelling + suffix))).toEqual(['5', '4', '86400']);
    }
    for (let call = 2; call <= 5; call += 1) expect((await balances()).status).toBe(200);

    const sixth = await balances();

    expect(sixth).toMatchObject({ status: 429, body: { type: 'RateLimitError', status_code: 429 } });
    expect(sixth.headers.get('x-ratelimit-account-success-remaining')).toBe('0');
    expect((await ask('GET', `/accounts/${SAVINGS}/balances/`)).status).toBe(200);
    expect((await ask('GET', `/accounts/${ACCOUNT}/details/`)).status).toBe(200);
  });

  it('ends access with the consent, and by the scope that it had [BNK-006]', async () => {
    const bank = bankOf(sandbox, { clock });
    const consentId = await connect(bank);
    await bank.revokeConsent(consentId);
    expect((await ask('GET', `/accounts/${ACCOUNT}/balances/`)).body).toMatchObject({
      summary: 'No valid End User Agreement',
      status_code: 403,
    });

    const { body: agreement } = await ask('POST', '/agreements/enduser/', { institution_id: BANK, access_scope: ['details'] });
    const body = { institution_id: BANK, redirect: 'https://x.example', agreement: agreement['id'] };
    await fetch(String((await ask('POST', '/requisitions/', body)).body['link']), { redirect: 'manual' });

    expect((await ask('GET', `/accounts/${ACCOUNT}/details/`)).status).toBe(200);
    expect((await ask('GET', `/accounts/${ACCOUNT}/transactions/`)).body['summary']).toBe('End User Agreement (EUA) access scope error');
  });

  it('gives no line that is older than the history agreed on [BNK-006]', async () => {
    await connect(bankOf(sandbox, { clock }));
    const today = clock.now().getTime();
    const daysAgo = (days: number) =>
      aWireLine({ transactionId: `${days}`, bookingDate: new Date(today - days * 86_400_000).toISOString().slice(0, 10) });
    sandbox.setLines(ACCOUNT, { booked: [89, 91].map(daysAgo), pending: [] });

    const { body } = await ask('GET', `/accounts/${ACCOUNT}/transactions/`);

    expect(body).toMatchObject({
      transactions: { booked: [{ transactionId: '89' }], pending: [] },
      last_updated: clock.now().toISOString(),
    });
  });

  it('books lines that come over HTTP, and refuses what are none [BNK-006]', async () => {
    await connect(bankOf(sandbox, { clock }));
    const post = (account: string, body: unknown) =>
      fetch(`${sandbox.origin}/sandbox/accounts/${account}/lines`, { method: 'POST', body: JSON.stringify(body) });

    expect((await post(ACCOUNT, [aWireLine({ transactionId: 'pushed' })])).status).toBe(201);
    expect((await post(ACCOUNT, { booked: [aWireLine({ transactionId: 'pushed-2' })] })).status).toBe(201);
    expect((await post(ACCOUNT, ['text'])).status).toBe(400);
    expect((await post('unknown', [])).status).toBe(404);

    const { booked } = await bankOf(sandbox).lines(ACCOUNT, '2026-01-01', '2026-12-31');
    expect(booked.map(({ providerId }) => providerId)).toEqual(['77120-04', 'pushed', 'pushed-2']);
    expect(() => {
      sandbox.addLines('unknown', []);
    }).toThrow('no account unknown');
  });

  it('keeps consents and lines over a restart, in a file for its owner alone [BNK-006]', async () => {
    const consentId = await connect(bankOf(sandbox, { clock }));
    sandbox.setLines(ACCOUNT, { booked: [], pending: [aWireLine({ transactionId: 'soon' })] });
    sandbox.addLines(ACCOUNT, [aWireLine({ transactionId: 'later' })]);
    await sandbox.close();
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['state.json']);

    sandbox = await startSandbox({ clock, stateFile });

    const bank = bankOf(sandbox, { clock });
    expect((await bank.consent(consentId)).status).toBe('linked');
    expect(await bank.lines(ACCOUNT, '2026-01-01', '2026-12-31')).toMatchObject({
      booked: [{ providerId: 'later' }],
      pending: [{ providerId: 'soon' }],
    });
  });

  it('refuses to start on a state file that is none of its own [BNK-006]', async () => {
    writeFileSync(stateFile, '{"agreements":7}');

    await expect(startSandbox({ stateFile })).rejects.toThrow('agreements');
  });

  it('shows a fault as often as it was told, before or after the work [BNK-006]', async () => {
    sandbox.fail({ method: 'get', path: /institutions\/$/, times: 2, kind: 'answer', status: 503, body: { summary: 'Closed' } });
    sandbox.fail({ method: 'POST', path: '/requisitions/', kind: 'answer', status: 500, afterwards: true });

    expect([(await ask('GET', '/institutions/')).status, (await ask('GET', '/institutions/')).status]).toEqual([503, 503]);
    expect((await ask('GET', '/institutions/')).status).toBe(200);
    await expect(requisition('lost')).rejects.toThrow();
    expect((await ask('GET', '/requisitions/')).body['count']).toBe(1);
    sandbox.fail({ path: '/', times: Infinity, kind: 'reset' });
    await expect(ask('GET', '/institutions/')).rejects.toThrow('fetch failed');
    sandbox.clearFaults();
    expect(sandbox.requests.slice(-6)).toEqual([
      { method: 'GET', path: '/api/v2/institutions/', status: 503 },
      { method: 'GET', path: '/api/v2/institutions/', status: 503 },
      { method: 'GET', path: '/api/v2/institutions/', status: 200 },
      { method: 'POST', path: '/api/v2/requisitions/', status: 500 },
      { method: 'GET', path: '/api/v2/requisitions/', status: 200 },
      { method: 'GET', path: '/api/v2/institutions/', status: 0 },
    ]);
  });

  it('answers late when told so, and at once when nobody waits any more [BNK-006]', async () => {
    sandbox.fail({ path: '/institutions/', times: 2, kind: 'slow', ms: 60 });
    const started = performance.now();
    expect((await ask('GET', '/institutions/')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(50);

    await expect(fetch(`${sandbox.url}/institutions/`, { signal: AbortSignal.timeout(10) })).rejects.toThrow();
  });
});
