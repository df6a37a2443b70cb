import { startApp, type TestApp } from './support/app';
import { aBusiness, aLine, anAccount, anInvoice, anotherBusiness } from './support/business';
import { matchesOf, proposed } from './support/journey';

const APPROVE = 'mutation ($id: ID!) { approveMatch(input: { matchId: $id }) { match { id state } } }';

describe('from a bank line to a paid invoice', () => {
  let app: TestApp;
  beforeAll(async () => {
    const accounts = [
      anAccount({ booked: [aLine({ remittanceInformationUnstructured: 'Rechnung NW-2026-801' }), aLine({ amount: '-20.00' })] }),
    ];
    app = await startApp([aBusiness({ accounts, invoices: [anInvoice()] }), anotherBusiness()]);
  });
  afterAll(() => app.close());

  it('fetches, imports, proposes, approves, and books exactly one payment [REC-007] [BNK-001] [REC-001] [REC-002]', async () => {
    const tenant = app.tenant('northwind');
    await proposed(app, tenant);

    const [match, ...others] = await matchesOf(tenant);
    expect(others).toEqual([]);
    expect(match).toMatchObject({
      state: 'PROPOSED',
      tied: false,
      amount: { amountMinor: '11845', currency: 'EUR' },
      transaction: { matchState: 'PROPOSED' },
      invoice: { number: 'NW-2026-801', status: 'UNPAID' },
    });

    const approved = await tenant.as('OWNER')(APPROVE, { id: match?.id });
    expect(approved.errors).toBeUndefined();
    expect(approved.data).toMatchObject({ approveMatch: { match: { state: 'APPROVED' } } });

    await app.runJobs();
    expect(await matchesOf(tenant)).toMatchObject([
      { state: 'APPLIED', transaction: { matchState: 'MATCHED' }, invoice: { status: 'PAID' } },
    ]);
    expect(app.whmcs.payments('northwind', '801')).toMatchObject([{ transid: match?.billingTransactionId, amountin: '118.45' }]);
  });
});
