import { matchIds } from '../../src/reconciliation/ids';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, anotherBusiness } from '../support/business';
import { imported, synced } from '../support/journey';
import {
  anInvoiceToPay,
  aPaymentOf,
  aProposal,
  bookedUnder,
  dealt,
  decide,
  decision,
  matchesWith,
  matchNow,
} from '../support/reconciliation';

const APPROVE = decision('approveMatch');
const UNKNOWN = matchIds.encode('01900000-0000-7000-8000-000000000000');

describe('approveMatch', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
  });
  afterAll(() => app.close());

  const approve = (id: string) => tenant.as('OWNER')(APPROVE, { input: { matchId: id } });

  it('approves a proposed match, says who did, and takes the payment [REC-006]', async () => {
    const match = await aProposal(app, tenant);

    const { data, errors } = await tenant.as('ACCOUNTANT')(APPROVE, { input: { matchId: match.id } });

    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      approveMatch: {
        match: { id: match.id, state: 'APPROVED', decidedBy: { id: tenant.userIds.ACCOUNTANT }, transaction: { matchState: 'MATCHED' } },
      },
    });
  });

  it('refuses a role without matches:approve and changes nothing [SEC-016]', async () => {
    const match = await aProposal(app, tenant);

    const { errors } = await tenant.as('VIEWER')(APPROVE, { input: { matchId: match.id } });

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'PROPOSED', transaction: { matchState: 'PROPOSED' } });
  });

  it('refuses a caller who is not signed in [SEC-016]', async () => {
    const { errors } = await app.anonymous(APPROVE, { input: { matchId: UNKNOWN } });

    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it("answers for another tenant's match as for one that does not exist [SEC-016] [API-009]", async () => {
    const match = await aProposal(app, tenant);
    const stranger = app.tenant('aurora').as('OWNER');
    const answerFor = async (id: string) => {
      const { data, errors = [] } = await stranger(APPROVE, { input: { matchId: id } });
      const told = errors.map(({ message, extensions }) => ({ message, ...extensions, requestId: '<request>' }));
      return JSON.stringify({ data, told }).replaceAll(id, '<id>');
    };

    expect(await answerFor(match.id)).toBe(await answerFor(UNKNOWN));
    expect(await answerFor(match.id)).toContain('NOT_FOUND');
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'PROPOSED' });
  });

  it.each([
    ['nothing', ''],
    ['no id at all', 'not-an-id'],
    ['an id of another type', 'txn_01k9b5s9v1f3h8m2t7q4x6z0ye'],
    ['an id in capitals', UNKNOWN.toUpperCase()],
    ['an id with more behind it', `${UNKNOWN}' or true --`],
  ])('names the argument for %s [API-009]', async (_what, id) => {
    const { errors } = await approve(id);

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.matchId' } }]);
  });

  it.each(['approveMatch', 'rejectMatch'] as const)('does not decide on a match again after %s [REC-006]', async first => {
    const match = await aProposal(app, tenant);
    await decide(tenant, first, match);

    expect(await decide(tenant, 'approveMatch', match)).toBe('CONFLICT');
  });

  it('approves nothing for an invoice that was closed in WHMCS since it was proposed [REC-006] [REC-007]', async () => {
    const match = await aProposal(app, tenant);
    app.whmcs.cancelInvoice('northwind', match.invoice.externalId);
    await imported(app, tenant);

    expect(await decide(tenant, 'approveMatch', match)).toBe('CONFLICT');

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'PROPOSED', invoice: { status: 'CANCELLED' } });
  });

  it('has one effect for twenty approvals of one match at the same time [REC-007]', async () => {
    const match = await aProposal(app, tenant);

    const codes = await Promise.all(Array.from({ length: 20 }, () => decide(tenant, 'approveMatch', match)));
    await app.runJobs();

    expect(codes.filter(code => code === undefined)).toHaveLength(1);
    expect(codes.filter(code => code === 'CONFLICT')).toHaveLength(19);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED', applicationAttempts: 1 });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('gives a payment to one of two invoices when both are approved at the same time [REC-007]', async () => {
    const [one, other] = [anInvoiceToPay(), anInvoiceToPay({ total: '77.10' })];
    const line = aPaymentOf(one, { amount: '77.10', remittanceInformationUnstructured: `${one.invoicenum} oder ${other.invoicenum}` });
    await dealt(app, tenant, { invoices: [one, other], lines: [line] });
    const matches = [...(await matchesWith(tenant, one)), ...(await matchesWith(tenant, other))];
    expect(matches).toHaveLength(2);

    const codes = await Promise.all(matches.map(match => decide(tenant, 'approveMatch', match)));
    await app.runJobs();

    expect(codes.sort()).toEqual(['CONFLICT', undefined]);
    const states = (await Promise.all(matches.map(match => matchNow(tenant, match)))).map(({ state }) => state);
    expect(states.sort()).toEqual(['APPLIED', 'WITHDRAWN']);
    expect(matches.flatMap(match => bookedUnder(app, tenant, match))).toMatchObject([{ amountin: '77.10' }]);
  });

  it("gives an invoice's balance to one of many payments when all are approved at the same time, and frees the others [REC-007]", async () => {
    const invoice = anInvoiceToPay();
    await dealt(app, tenant, { invoices: [invoice], lines: Array.from({ length: 6 }, () => aPaymentOf(invoice)) });
    const matches = await matchesWith(tenant, invoice);
    expect(matches).toHaveLength(6);

    const codes = await Promise.all(matches.map(match => decide(tenant, 'approveMatch', match)));
    await app.runJobs();

    expect(codes.filter(code => code === undefined)).toHaveLength(1);
    expect(codes.filter(code => code === 'CONFLICT')).toHaveLength(5);
    const now = await matchesWith(tenant, invoice);
    expect(now.filter(({ state }) => state === 'WITHDRAWN')).toHaveLength(5);
    for (const { state, transaction } of now) expect(transaction.matchState).toBe(state === 'APPLIED' ? 'MATCHED' : 'UNMATCHED');
    expect(app.whmcs.payments('northwind', invoice.id)).toHaveLength(1);
  });

  it('withdraws what no longer fits and keeps what still does, to the cent [REC-006] [DAT-005]', async () => {
    const invoice = anInvoiceToPay({ total: '100.00' });
    const lines = ['60.00', '40.00', '40.01'].map(amount => aPaymentOf(invoice, { amount }));
    await dealt(app, tenant, { invoices: [invoice], lines });
    const of = async (amountMinor: string) => (await matchesWith(tenant, invoice)).find(({ amount }) => amount.amountMinor === amountMinor);
    const [sixty, forty] = [await of('6000'), await of('4000')];

    expect(await decide(tenant, 'approveMatch', { id: sixty?.id ?? '' })).toBeUndefined();

    expect(await of('4000')).toMatchObject({ state: 'PROPOSED', transaction: { matchState: 'PROPOSED' } });
    expect(await of('4001')).toMatchObject({
      state: 'WITHDRAWN',
      reason: 'Another match took the money',
      transaction: { matchState: 'UNMATCHED' },
    });
    expect(await decide(tenant, 'approveMatch', { id: forty?.id ?? '' })).toBeUndefined();
    await app.runJobs();
    expect(app.whmcs.invoice('northwind', invoice.id)).toMatchObject({ status: 'Paid', balance: '0.00' });
  });

  it('books no more than the balance of an invoice that was paid too much [REC-007] [DAT-005]', async () => {
    const invoice = anInvoiceToPay({ total: '50.00' });
    await dealt(app, tenant, { invoices: [invoice], lines: [aPaymentOf(invoice, { amount: '65.20' })] });
    const [match] = await matchesWith(tenant, invoice);
    expect(match).toMatchObject({ amount: { amountMinor: '5000', currency: 'EUR' } });

    await decide(tenant, 'approveMatch', { id: match?.id ?? '' });
    await app.runJobs();

    expect(app.whmcs.payments('northwind', invoice.id)).toMatchObject([{ amountin: '50.00' }]);
  });

  it('books a part of an invoice and leaves it open with the rest [REC-007] [DAT-005]', async () => {
    const invoice = anInvoiceToPay({ total: '50.00' });
    await dealt(app, tenant, { invoices: [invoice], lines: [aPaymentOf(invoice, { amount: '19.99' })] });
    const [match] = await matchesWith(tenant, invoice);

    await decide(tenant, 'approveMatch', { id: match?.id ?? '' });
    await app.runJobs();

    expect(await matchesWith(tenant, invoice)).toMatchObject([{ state: 'APPLIED', invoice: { status: 'UNPAID' } }]);
    expect(app.whmcs.invoice('northwind', invoice.id)).toMatchObject({ status: 'Unpaid', balance: '30.01' });
  });
});
