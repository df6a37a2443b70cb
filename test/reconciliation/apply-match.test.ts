import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, anInvoice } from '../support/business';
import { imported, type MatchNode, reconciled, synced } from '../support/journey';
import { bookedUnder, decide, type FullMatch, matchNow, proposals } from '../support/reconciliation';
import { anotherWorker } from '../support/reconciliation-booking';

const WHOLE_BALANCE = { gateway: 'banktransfer', date: '2026-04-01 00:00:00', fees: '0.00' };

describe('the booking of an approved match', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let proposed: FullMatch[];
  beforeAll(async () => {
    app = await startApp([aBusiness({ invoices: [anInvoice({ userid: '32', total: '9.99' })] })]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
    proposed = [...(await proposals(app, tenant, 30))];
  });
  afterEach(() => {
    app.whmcs.clearFaults();
  });
  afterAll(() => app.close());

  const anApproval = async (): Promise<FullMatch> => {
    const match = proposed.pop();
    if (!match) throw new Error('More proposals are needed');
    expect(await decide(tenant, 'approveMatch', match)).toBeUndefined();
    return match;
  };
  const callsOf = (action: string, { billingTransactionId }: MatchNode) =>
    app.whmcs.requests.filter(call => call.action === action && call.parameters['transid'] === billingTransactionId);
  /** Somebody writes a payment into WHMCS by hand. */
  const payByHand = (match: FullMatch, transid: string, amount: string, invoiceid = match.invoice.externalId) =>
    fetch(`${app.whmcs.url('northwind')}/includes/api.php`, {
      method: 'POST',
      body: new URLSearchParams({
        identifier: 'identifier-of-northwind',
        secret: 'secret-of-northwind',
        action: 'AddInvoicePayment',
        responsetype: 'json',
        ...WHOLE_BALANCE,
        invoiceid,
        transid,
        amount,
      }),
    });

  it('calls WHMCS before a match counts as applied: the earlier Payymo said "success" without a call (fault 3) [REC-007]', async () => {
    const match = await anApproval();
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPROVED', appliedAt: null, invoice: { status: 'UNPAID' } });
    expect(callsOf('AddInvoicePayment', match)).toEqual([]);

    await app.runJobs();

    expect(callsOf('AddInvoicePayment', match)).toHaveLength(1);
    const now = await matchNow(tenant, match);
    expect(now).toMatchObject({ state: 'APPLIED', applicationAttempts: 1, nextAttemptAt: null, invoice: { status: 'PAID' } });
    expect(now.appliedAt).not.toBeNull();
  });

  it("books under the gateway's system name, with a confirmation to the customer: the earlier Payymo sent others (fault 12) [REC-007]", async () => {
    const match = await anApproval();

    await app.runJobs();

    const [call] = callsOf('AddInvoicePayment', match);
    expect(call?.parameters).toMatchObject({ gateway: 'banktransfer', invoiceid: match.invoice.externalId });
    expect(Object.keys(call?.parameters ?? {})).not.toEqual(expect.arrayContaining(['sendconfirmation']));
    expect(Object.keys(call?.parameters ?? {})).not.toEqual(expect.arrayContaining(['noemail']));
    expect(bookedUnder(app, tenant, match)).toMatchObject([{ gateway: 'banktransfer', invoiceid: match.invoice.externalId }]);
  });

  it('dates the payment to the day on which the bank booked it [REC-007]', async () => {
    const match = await anApproval();
    await app.runJobs();

    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(bookedUnder(app, tenant, match)).toMatchObject([{ date: `${yesterday} 00:00:00` }]);
  });

  it('waits while WHMCS is down, says so, and books once it is back [REC-007]', async () => {
    const match = await anApproval();
    app.whmcs.fail({ action: 'GetTransactions', kind: 'answer', status: 503, times: Infinity });

    await app.runJobs();
    const waiting = await matchNow(tenant, match);
    expect(waiting).toMatchObject({ state: 'APPROVED', errorCode: 'PROVIDER_UNAVAILABLE', errorMessage: 'whmcs answered 503' });
    expect(Date.parse(waiting.nextAttemptAt ?? '')).toBeGreaterThan(Date.now());

    app.whmcs.clearFaults();
    await app.runJobs({ hurry: true });
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED', errorCode: null, errorMessage: null, applicationAttempts: 2 });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('fails visibly when WHMCS refuses, and books on a retry [REC-007]', async () => {
    const match = await anApproval();
    app.whmcs.fail({
      action: 'AddInvoicePayment',
      kind: 'answer',
      status: 200,
      body: { result: 'error', message: 'Payment Method is disabled' },
    });

    await app.runJobs({ hurry: true });
    expect(await matchNow(tenant, match)).toMatchObject({
      state: 'FAILED',
      errorCode: 'PROVIDER_REJECTED',
      errorMessage: 'whmcs answered: Payment Method is disabled',
      nextAttemptAt: null,
      transaction: { matchState: 'MATCHED' },
    });
    expect(bookedUnder(app, tenant, match)).toEqual([]);

    expect(await decide(tenant, 'retryMatch', match)).toBeUndefined();
    await app.runJobs();
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED', errorCode: null });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it.each([
    ['the connection breaks after the effect', { kind: 'crash-after' }],
    ['the answer is cut off after the effect', { kind: 'cut', afterwards: true }],
    ['the answer after the effect is a 500', { kind: 'answer', status: 500, body: 'Fatal error', afterwards: true }],
    ['the answer after the effect is a page of HTML', { kind: 'html', afterwards: true }],
    ['the call is lost before the effect', { kind: 'reset' }],
    ['the answer is a 500 before the effect', { kind: 'answer', status: 500 }],
  ] as const)(
    'books exactly one payment when %s, and looks again no sooner than any effect must have shown [REC-007]',
    async (_how, fault) => {
      const match = await anApproval();
      app.whmcs.fail({ action: 'AddInvoicePayment', ...fault });

      await app.runJobs();
      const waiting = await matchNow(tenant, match);
      expect(waiting).toMatchObject({ state: 'APPROVED', errorCode: 'PROVIDER_UNAVAILABLE' });
      expect(Date.parse(waiting.nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(110_000);

      await app.runJobs({ hurry: true });
      expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED', invoice: { status: 'PAID' } });
      expect(bookedUnder(app, tenant, match)).toHaveLength(1);
    },
  );

  it('does not count a payment as applied that WHMCS accepted but does not show [REC-007]', async () => {
    const match = await anApproval();
    app.whmcs.fail({ action: 'AddInvoicePayment', kind: 'answer', status: 200, body: { result: 'success' } });

    await app.runJobs();
    expect(await matchNow(tenant, match)).toMatchObject({
      state: 'APPROVED',
      appliedAt: null,
      errorMessage: 'whmcs accepted the payment but does not show it',
    });

    await app.runJobs({ hurry: true });
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED' });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('books one payment when WHMCS is late with the effect and the client has gone by then [REC-007]', async () => {
    const match = await anApproval();
    const impatient = anotherWorker(app, { timeoutMs: 250, ambiguousDelayMs: 1_000 });
    app.whmcs.fail({ action: 'AddInvoicePayment', kind: 'delay-effect', ms: 600 });

    await impatient(tenant, match);
    expect(bookedUnder(app, tenant, match)).toEqual([]);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPROVED', errorMessage: 'whmcs did not answer' });

    await new Promise(resolve => setTimeout(resolve, 700));
    await app.runJobs({ hurry: true });
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED' });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('sends nothing again while WHMCS may still be at work on what another worker sent [REC-007]', async () => {
    const match = await anApproval();
    const worker = anotherWorker(app, { timeoutMs: 5_000, ambiguousDelayMs: 60_000 });
    app.whmcs.fail({ action: 'AddInvoicePayment', kind: 'delay-effect', ms: 500 });

    const underWay = worker(tenant, match);
    while (callsOf('AddInvoicePayment', match).length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    await app.runJobs({ hurry: true });
    expect(callsOf('AddInvoicePayment', match)).toHaveLength(1);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPROVED' });

    await underWay;
    await app.runJobs({ hurry: true });
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED' });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('books one payment when the job is delivered twice, at once and later [REC-007]', async () => {
    const match = await anApproval();
    const worker = anotherWorker(app, { timeoutMs: 5_000, ambiguousDelayMs: 60_000 });

    await Promise.all([worker(tenant, match), worker(tenant, match), worker(tenant, match), app.runJobs()]);
    await worker(tenant, match);
    await app.runJobs({ hurry: true });

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED', applicationAttempts: 1 });
    expect(callsOf('AddInvoicePayment', match)).toHaveLength(1);
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('books nothing on an invoice that was cancelled in WHMCS meanwhile, and frees the payment when the match is rejected [REC-007]', async () => {
    const match = await anApproval();
    app.whmcs.cancelInvoice('northwind', match.invoice.externalId);

    await app.runJobs();

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'FAILED', errorCode: 'CONFLICT' });
    expect(bookedUnder(app, tenant, match)).toEqual([]);
    expect(await decide(tenant, 'rejectMatch', match)).toBeUndefined();
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'REJECTED', transaction: { matchState: 'UNMATCHED' } });
  });

  it('books nothing on an invoice that was paid in WHMCS meanwhile [REC-007]', async () => {
    const match = await anApproval();
    await payByHand(match, 'CHEQUE-7', '');

    await app.runJobs();

    const failed = await matchNow(tenant, match);
    expect(failed).toMatchObject({ state: 'FAILED', errorCode: 'CONFLICT' });
    expect(failed.errorMessage).toContain(`Invoice ${match.invoice.number} is PAID in whmcs with EUR 0.00 left`);
    expect(app.whmcs.payments('northwind', match.invoice.externalId)).toMatchObject([{ transid: 'CHEQUE-7' }]);
  });

  it.each([
    ['another amount', { amount: '1.00' }],
    ['another invoice', { invoiceid: '801' }],
  ])('takes no foreign payment of %s under its transaction id for its own [REC-007]', async (_what, { amount, invoiceid }: Difference) => {
    const match = await anApproval();
    await payByHand(match, match.billingTransactionId, amount ?? '', invoiceid);

    await app.runJobs();

    expect(await matchNow(tenant, match)).toMatchObject({
      state: 'FAILED',
      errorMessage: `whmcs holds another payment under ${match.billingTransactionId}`,
    });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
    expect(await decide(tenant, 'rejectMatch', match)).toBe('CONFLICT');
  });

  it('takes a payment under an id that only begins like its own for somebody else’s [REC-007]', async () => {
    const match = await anApproval();
    await payByHand(match, `${match.billingTransactionId}X`, '1.00', '801');

    await app.runJobs();

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED' });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('knows the balance that is left after a booking, so that the invoice is not proposed again [REC-007] [REC-001]', async () => {
    const match = await anApproval();
    await app.runJobs();
    await imported(app, tenant);
    await reconciled(app, tenant);

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED', invoice: { status: 'PAID' } });
    const { data } = await tenant.as('OWNER')(
      'query ($id: ID!) { node(id: $id) { ... on Invoice { balance { amountMinor } matches { id } } } }',
      {
        id: match.invoice.id,
      },
    );
    expect(data).toEqual({ node: { balance: { amountMinor: '0' }, matches: [{ id: match.id }] } });
  });
});

interface Difference {
  readonly amount?: string;
  readonly invoiceid?: string;
}
