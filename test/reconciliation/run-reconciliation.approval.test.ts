import { permissionsOf } from '../../src/identity/roles/permissions';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { tokenOf } from '../support/as';
import { aBusiness } from '../support/business';
import { synced } from '../support/journey';
import { anInvoiceToPay, aPaymentOf, bookedUnder, fetched, matchesWith } from '../support/reconciliation';

const RUN = `mutation ($from: Float) { runReconciliation(input: { autoApproveFrom: $from }) {
  reconciliationRun { id autoApproveFrom } } }`;
const ENDED = 'query ($id: ID!) { reconciliationRun(id: $id) { state proposals autoApproved paymentsTotal paymentsDone } }';

interface Requested {
  readonly runReconciliation: { readonly reconciliationRun: { readonly id: string } };
}

describe('runReconciliation with autoApproveFrom', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
  });
  afterAll(() => app.close());

  const run = async (from: number) => {
    const { data, errors } = await tenant.as('OWNER')<Requested>(RUN, { from });
    if (!data) throw new Error(JSON.stringify(errors));
    await app.runJobs();
    const { id } = data.runReconciliation.reconciliationRun;
    const ended = await tenant.as('OWNER')<{ reconciliationRun: Record<string, unknown> }>(ENDED, { id });
    return ended.data?.reconciliationRun;
  };

  it('approves and books what is sure enough, as decided by nobody, and leaves the rest to people [REC-006] [REC-007]', async () => {
    const [sure, unsure] = [anInvoiceToPay(), anInvoiceToPay({ userid: '32' })];
    const lines = [aPaymentOf(sure), aPaymentOf(unsure, { debtorName: 'Ruben Darcy', remittanceInformationUnstructured: 'hosting' })];
    await fetched(app, tenant, { invoices: [sure, unsure], lines });

    expect(await run(0.9)).toMatchObject({ state: 'SUCCEEDED', autoApproved: 1 });

    const [approved] = await matchesWith(tenant, sure);
    expect(approved).toMatchObject({ state: 'APPLIED', decidedBy: null, transaction: { matchState: 'MATCHED' } });
    expect(approved && bookedUnder(app, tenant, approved)).toHaveLength(1);
    const [left] = await matchesWith(tenant, unsure);
    expect(left).toMatchObject({ state: 'PROPOSED', tied: false });
    expect(left?.confidence).toBeLessThan(0.9);
  });

  it('approves nothing below the threshold that is asked for [REC-006]', async () => {
    const invoice = anInvoiceToPay();
    await fetched(app, tenant, { invoices: [invoice], lines: [aPaymentOf(invoice)] });

    expect(await run(1)).toMatchObject({ state: 'SUCCEEDED', autoApproved: 0 });

    expect(await matchesWith(tenant, invoice)).toMatchObject([{ state: 'PROPOSED' }]);
  });

  it('never approves a tie, however sure it is: the first of equals won in the earlier Payymo (fault 6) [REC-006]', async () => {
    const invoice = anInvoiceToPay();
    await fetched(app, tenant, { invoices: [invoice], lines: [aPaymentOf(invoice), aPaymentOf(invoice)] });

    await run(0.9);

    const ties = await matchesWith(tenant, invoice);
    expect(ties).toMatchObject([
      { state: 'PROPOSED', tied: true },
      { state: 'PROPOSED', tied: true },
    ]);
    for (const { confidence } of ties) expect(confidence).toBeGreaterThan(0.9);
    expect(app.whmcs.payments('northwind', invoice.id)).toEqual([]);
  });

  it.each([0.8999, 0, -1, 1.0001, 90])('refuses %d: below what the engine vouches for, or beyond certainty [API-009]', async from => {
    const { errors } = await tenant.as('OWNER')(RUN, { from });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.autoApproveFrom' } }]);
  });

  it('needs matches:approve besides matches:run, and only for this [SEC-016]', async () => {
    const scopes = permissionsOf.ACCOUNTANT.filter(permission => permission !== 'matches:approve');
    const accessToken = await tokenOf(app, tenant.uuid, { userId: tenant.userUuids.ACCOUNTANT, scopes });
    const ask = app.ask(`Bearer ${accessToken}`);

    expect((await ask(RUN, { from: 0.95 })).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'matches:approve' } }]);
    expect((await ask(RUN, { from: null })).data).toMatchObject({ runReconciliation: { reconciliationRun: { autoApproveFrom: null } } });
    await app.runJobs();
  });

  it('sees every one of more than two hundred invoices and payments: the earlier Payymo never saw invoice 101 [REC-001] [REC-002]', async () => {
    const invoices = Array.from({ length: 215 }, () => anInvoiceToPay());
    await fetched(app, tenant, { invoices, lines: invoices.map(invoice => aPaymentOf(invoice)) });

    const ended = await run(0.99999);

    expect(ended).toMatchObject({ state: 'SUCCEEDED', autoApproved: 0 });
    expect(ended?.['paymentsTotal']).toBeGreaterThanOrEqual(215);
    expect(ended?.['paymentsDone']).toBe(ended?.['paymentsTotal']);
    const rows = await app.db.query<{ external_id: string; count: number }>(
      `select i.external_id, count(*)::int from matches m join invoices i on i.id = m.invoice_id
        where m.state = 'PROPOSED' and not m.tied and i.external_id = any($1) group by 1`,
      [invoices.map(({ id }) => id)],
    );
    expect(rows.filter(({ count }) => count === 1)).toHaveLength(215);
  });
});
