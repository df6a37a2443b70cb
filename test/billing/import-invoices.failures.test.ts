import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, anInvoice } from '../support/business';

const IMPORT = 'mutation { importInvoices { invoiceImport { id } } }';
const PROGRESS = 'query ($id: ID!) { invoiceImport(id: $id) { state errorCode errorMessage nextAttemptAt attempts invoicesDone } }';

interface Requested {
  readonly importInvoices: { readonly invoiceImport: { readonly id: string } };
}

const invoices = Array.from({ length: 25 }, (_, index) => anInvoice({ id: String(900 + index), invoicenum: `NW-${900 + index}` }));

/** A read is repeated twice before it counts as failed. */
const AT_ONCE = 3;

describe('importInvoices from a WHMCS that fails', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness({ invoices })]);
    tenant = app.tenant('northwind');
  });
  beforeEach(async () => {
    app.whmcs.clearFaults();
    await app.runJobs({ hurry: true });
    await app.db.query('delete from invoices');
  });
  afterAll(() => app.close());

  const run = async (): Promise<string> => {
    const { data, errors } = await tenant.as('OWNER')<Requested>(IMPORT);
    if (!data) throw new Error(JSON.stringify(errors));
    await app.runJobs();
    return data.importInvoices.invoiceImport.id;
  };
  const progressOf = async (id: string) =>
    (await tenant.as('OWNER')<{ invoiceImport: Record<string, string> }>(PROGRESS, { id })).data?.invoiceImport;
  const count = async () => (await app.db.query<{ count: number }>('select count(*)::int from invoices'))[0]?.count;

  it.each([
    ['answers 500', { kind: 'answer', status: 500, body: 'Fatal error' }, 'whmcs answered 500'],
    ['answers 503', { kind: 'answer', status: 503 }, 'whmcs answered 503'],
    ['cuts its answer off', { kind: 'cut' }, 'whmcs sent an answer that was cut off or too large'],
    ['answers a page of HTML', { kind: 'html' }, 'whmcs sent an answer that is not JSON'],
    ['hangs up', { kind: 'reset' }, 'whmcs did not answer'],
    ['answers an empty object', { kind: 'answer', status: 200, body: {} }, 'whmcs sent an answer of an unknown shape'],
    [
      'sends fewer invoices than it says',
      { kind: 'answer', status: 200, body: { result: 'success', totalresults: 25, invoices: '' }, times: 1 },
      'none of its 25',
    ],
  ] as const)('waits when WHMCS %s, tells why, and loses nothing [REC-001] [UX-002]', async (_what, fault, message) => {
    app.whmcs.fail({ action: 'GetInvoices', times: AT_ONCE, ...fault });

    const id = await run();
    const waiting = await progressOf(id);
    expect(waiting).toMatchObject({ state: 'WAITING', errorCode: 'PROVIDER_UNAVAILABLE', attempts: 1 });
    expect(waiting?.['errorMessage']).toContain(message);
    expect(Date.parse(waiting?.['nextAttemptAt'] ?? '')).toBeGreaterThan(Date.now());

    await app.runJobs({ hurry: true });
    expect(await progressOf(id)).toMatchObject({ state: 'SUCCEEDED', errorCode: null, errorMessage: null, attempts: 2, invoicesDone: 25 });
    expect(await count()).toBe(25);
  });

  it('waits as long as WHMCS asks [REC-001] [UX-002]', async () => {
    app.whmcs.fail({ action: 'GetInvoices', kind: 'answer', status: 429, headers: { 'retry-after': '300' } });

    const id = await run();

    const waiting = await progressOf(id);
    expect(waiting).toMatchObject({ state: 'WAITING', errorCode: 'RATE_LIMITED' });
    const seconds = (Date.parse(waiting?.['nextAttemptAt'] ?? '') - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(270);
    expect(seconds).toBeLessThanOrEqual(300);
    await app.runJobs({ hurry: true });
    expect(await progressOf(id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('waits for a slow answer [REC-001]', async () => {
    app.whmcs.fail({ action: 'GetInvoices', kind: 'slow', ms: 700 });

    expect(await progressOf(await run())).toMatchObject({ state: 'SUCCEEDED', attempts: 1, invoicesDone: 25 });
  });

  it.each([
    [
      'an error within an answer of 200',
      200,
      { result: 'error', message: 'Something is switched off' },
      'whmcs answered: Something is switched off',
    ],
    ['401', 401, { result: 'error', message: 'Authentication Failed' }, 'whmcs answered: Authentication Failed'],
    ['403', 403, { result: 'error', message: 'Invalid IP 203.0.113.9' }, 'whmcs answered: Invalid IP 203.0.113.9'],
    ['403 from a firewall', 403, '<h1>Forbidden</h1>', 'whmcs sent an answer that is not JSON'],
  ])('fails visibly when WHMCS refuses with %s, and works once that is mended [REC-001]', async (_what, status, body, errorMessage) => {
    app.whmcs.fail({ action: 'GetInvoices', kind: 'answer', status, body });

    expect(await progressOf(await run())).toMatchObject({
      state: 'FAILED',
      errorCode: 'PROVIDER_REJECTED',
      errorMessage,
      nextAttemptAt: null,
    });

    expect(await progressOf(await run())).toMatchObject({ state: 'SUCCEEDED', invoicesDone: 25 });
  });

  it('never repeats our credentials, even if WHMCS does [SEC-013]', async () => {
    const body = { result: 'error', message: 'No access for identifier-of-northwind with secret-of-northwind' };
    app.whmcs.fail({ action: 'GetInvoices', kind: 'answer', status: 200, body });

    expect(await progressOf(await run())).toMatchObject({ errorMessage: 'whmcs answered: No access for [hidden] with [hidden]' });
  });

  it.each(['', [], null])('takes %j for an empty list [REC-001]', async empty => {
    const body = { result: 'success', totalresults: '0', numreturned: 0, invoices: empty };
    app.whmcs.fail({ action: 'GetInvoices', kind: 'answer', status: 200, body });

    expect(await progressOf(await run())).toMatchObject({ state: 'SUCCEEDED', invoicesDone: 0 });
  });

  it('keeps the invoices that it has read when a later one cannot be read [REC-001]', async () => {
    app.whmcs.fail({ action: 'GetInvoice', kind: 'slow', ms: 0, times: 10 });
    app.whmcs.fail({ action: 'GetInvoice', kind: 'answer', status: 500, times: Infinity });
    const id = await run();
    expect(await progressOf(id)).toMatchObject({ state: 'WAITING', invoicesDone: 10 });
    expect(await count()).toBe(10);
    app.whmcs.clearFaults();

    await app.runJobs({ hurry: true });

    expect(await progressOf(id)).toMatchObject({ state: 'SUCCEEDED', invoicesDone: 25 });
    expect(await count()).toBe(25);
  });

  it.each([
    ['an amount that is none', { total: 'NaN' }],
    ['an amount finer than the currency', { balance: '1.005' }],
    ['a status that WHMCS does not have', { status: 'Elsewhere' }],
    ['no date', { date: '0000-00-00' }],
  ])('waits for a better answer when an invoice has %s [REC-001] [DAT-005]', async (_what, difference) => {
    const wire = { result: 'success', invoiceid: 900, invoicenum: 'NW-900', userid: 31, date: '2026-03-02', duedate: '2026-03-16' };
    const body = { ...wire, total: '118.45', balance: '118.45', status: 'Unpaid', ...difference };
    app.whmcs.fail({ action: 'GetInvoice', kind: 'answer', status: 200, body, times: Infinity });

    const id = await run();
    expect(await progressOf(id)).toMatchObject({ state: 'WAITING', errorCode: 'PROVIDER_UNAVAILABLE' });
    expect(await count()).toBe(0);

    app.whmcs.clearFaults();
    await app.runJobs({ hurry: true });
    expect(await progressOf(id)).toMatchObject({ state: 'SUCCEEDED' });
  });
});
