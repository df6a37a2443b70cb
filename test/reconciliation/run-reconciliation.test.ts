import { reconciliationRunIds } from '../../src/reconciliation/ids';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, aLine, anotherBusiness, daysAgo } from '../support/business';
import { reconciled, synced } from '../support/journey';
import {
  ACCOUNTS,
  anInvoiceToPay,
  aPaymentOf,
  aProposal,
  dealt,
  decide,
  fetched,
  matchesWith,
  matchNow,
  newestMatches,
} from '../support/reconciliation';

const RUN = 'mutation { runReconciliation { reconciliationRun { id state paymentsTotal paymentsDone proposals attempts } } }';
const PROGRESS = `query ($id: ID!) { reconciliationRun(id: $id) {
  state paymentsTotal paymentsDone proposals autoApproved autoApproveFrom attempts startedAt finishedAt errorCode } }`;

interface Requested {
  readonly runReconciliation: { readonly reconciliationRun: { readonly id: string; readonly state: string } };
}

describe('runReconciliation', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
  });
  afterAll(() => app.close());

  const requested = async (): Promise<string> => {
    const { data, errors } = await tenant.as('OWNER')<Requested>(RUN);
    if (!data) throw new Error(JSON.stringify(errors));
    return data.runReconciliation.reconciliationRun.id;
  };
  const progressOf = async (id: string, reader = tenant) =>
    (await reader.as('VIEWER')<{ reconciliationRun: Record<string, unknown> | null }>(PROGRESS, { id })).data?.reconciliationRun;

  const proposedNow = async () => (await newestMatches(tenant)).filter(({ state }) => state === 'PROPOSED');

  it('proposes a match with evidence whose contributions add up to its confidence [REC-002]', async () => {
    const invoice = anInvoiceToPay({ userid: '32' });
    await dealt(app, tenant, { invoices: [invoice], lines: [aPaymentOf(invoice, { debtorName: 'Ruben Darcy' })] });

    const [match, ...others] = await matchesWith(tenant, invoice);
    expect(others).toEqual([]);
    expect(match).toMatchObject({ state: 'PROPOSED', tied: false, transaction: { matchState: 'PROPOSED' } });
    expect(match?.evidence.map(({ signal }) => signal)).toEqual(['REFERENCE', 'PAYER', 'AMOUNT', 'DATE']);
    expect(match?.evidence[0]?.explanation).toBe(`The payer wrote "${invoice.invoicenum}", the number of this invoice`);
    const sum = (match?.evidence ?? []).reduce((total, { contribution }) => total + Math.round(contribution * 10_000), 0);
    expect(sum).toBe(Math.round((match?.confidence ?? 0) * 10_000));
    await decide(tenant, 'approveMatch', { id: match?.id ?? '' });
  });

  it('tells how far a run is, to whoever may read matches [UX-002]', async () => {
    const invoice = anInvoiceToPay();
    await fetched(app, tenant, { invoices: [invoice], lines: [aPaymentOf(invoice), aLine({ debtorName: 'Hall Rentals' })] });

    const id = await requested();
    expect(await progressOf(id)).toMatchObject({ state: 'QUEUED', paymentsDone: 0, startedAt: null, finishedAt: null });
    await app.runJobs();

    const ended = await progressOf(id);
    expect(ended).toMatchObject({ state: 'SUCCEEDED', attempts: 1, errorCode: null, autoApproveFrom: null, autoApproved: 0 });
    expect(ended?.['paymentsDone']).toBe(ended?.['paymentsTotal']);
    expect(ended?.['paymentsTotal']).toBeGreaterThanOrEqual(2);
  });

  it('answers with the run that is under way instead of a second one [UX-002]', async () => {
    const [one, other] = await Promise.all([requested(), requested()]);

    expect(other).toBe(one);
    await app.runJobs();
    expect(await requested()).not.toBe(one);
    await app.runJobs();
  });

  it('refuses a role without matches:run and a caller who is not signed in [SEC-016]', async () => {
    expect((await tenant.as('VIEWER')(RUN)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await app.anonymous(RUN)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it("shows another tenant's run to nobody, like one that does not exist [SEC-016]", async () => {
    const id = await requested();
    await app.runJobs();

    expect(await progressOf(id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await progressOf(id, app.tenant('aurora'))).toBeNull();
    expect(await progressOf(reconciliationRunIds.encode('01900000-0000-7000-8000-000000000000'))).toBeNull();
  });

  it("never proposes one tenant's payment for another's invoice [SEC-016]", async () => {
    const aurora = app.tenant('aurora');
    await synced(app, aurora, 'SANDBOXFINANCE_GB_SFIN0001');
    const invoice = anInvoiceToPay();
    await fetched(app, tenant, { invoices: [invoice] });
    await dealt(app, aurora, { lines: [aPaymentOf(invoice)] });
    await reconciled(app, tenant);

    expect(await matchesWith(tenant, invoice)).toEqual([]);
    expect(await matchesWith(aurora, invoice)).toEqual([]);
  });

  it.each([
    ['in another currency', { currency: 'USD' }],
    ['that went out: the earlier Payymo took a debit for a partial payment', { amount: '-40.00' }],
    ['of nothing', { amount: '0.00' }],
  ])('proposes nothing for a line %s (fault 5) [REC-002] [DAT-005]', async (_what, difference) => {
    const invoice = anInvoiceToPay();
    await dealt(app, tenant, { invoices: [invoice], lines: [aPaymentOf(invoice, difference)] });

    expect(await matchesWith(tenant, invoice)).toEqual([]);
  });

  it('does not take the digits of an invoice number within longer digits for a reference (fault 6) [REC-002]', async () => {
    const invoice = anInvoiceToPay({ invoicenum: '48213' });
    const lines = ['Kundennr 9482137', 'KTO48213001', '148213'].map(text =>
      aPaymentOf(invoice, { amount: '3.10', remittanceInformationUnstructured: text }),
    );
    await dealt(app, tenant, { invoices: [invoice], lines });

    expect(await matchesWith(tenant, invoice)).toEqual([]);
  });

  it('never proposes a rejected match again (fault 7) [REC-006]', async () => {
    const match = await aProposal(app, tenant);
    await decide(tenant, 'rejectMatch', match);

    const id = await requested();
    await app.runJobs();

    expect(await matchesWith(tenant, { id: match.invoice.externalId })).toMatchObject([
      { id: match.id, state: 'REJECTED', transaction: { matchState: 'UNMATCHED' } },
    ]);
    expect(await progressOf(id)).toMatchObject({ state: 'SUCCEEDED', proposals: (await proposedNow()).length });
  });

  it('lowers a confidence when there is reason to (fault 7) [REC-002]', async () => {
    const [invoice, twin] = [anInvoiceToPay({ userid: '32' }), anInvoiceToPay({ userid: '32' })];
    const line = aPaymentOf(invoice, { remittanceInformationUnstructured: 'hosting', debtorName: 'Ruben Darcy' });
    await dealt(app, tenant, { invoices: [invoice], lines: [line] });
    const [before] = await matchesWith(tenant, invoice);
    expect(before).toMatchObject({ state: 'PROPOSED', tied: false });

    await dealt(app, tenant, { invoices: [{ ...twin, total: invoice.total }] });

    const [after, ...others] = await matchesWith(tenant, invoice);
    expect(others).toEqual([]);
    expect(after).toMatchObject({ id: before?.id, state: 'PROPOSED', tied: true });
    expect(after?.confidence).toBeLessThan(before?.confidence ?? 0);
  });

  it('makes no second proposal when it runs again [REC-002]', async () => {
    const match = await aProposal(app, tenant);

    await reconciled(app, tenant);
    await reconciled(app, tenant);

    const again = await matchesWith(tenant, { id: match.invoice.externalId });
    expect(again).toEqual([match]);
  });

  it('withdraws a proposal whose invoice was cancelled meanwhile, and frees the payment [REC-002]', async () => {
    const match = await aProposal(app, tenant);
    app.whmcs.cancelInvoice('northwind', match.invoice.externalId);

    await dealt(app, tenant, {});

    expect(await matchNow(tenant, match)).toMatchObject({
      state: 'WITHDRAWN',
      reason: 'No longer proposed',
      transaction: { matchState: 'UNMATCHED' },
    });
  });

  it('matches no line that is only pending [REC-002]', async () => {
    const invoice = anInvoiceToPay();
    const pending = aPaymentOf(invoice, { bookingDate: undefined, valueDate: daysAgo(0) });
    app.bank.setLines(ACCOUNTS['northwind'] ?? '', { booked: [], pending: [pending] });
    await dealt(app, tenant, { invoices: [invoice] });

    const { data } = await tenant.as('OWNER')(
      '{ transactions(filter: { status: [PENDING] }) { nodes { remittance matchState matches { id } } } }',
    );
    expect(data).toEqual({
      transactions: { nodes: [{ remittance: `Rechnung ${invoice.invoicenum}`, matchState: 'UNMATCHED', matches: [] }] },
    });
    expect(await matchesWith(tenant, invoice)).toEqual([]);
  });
});
