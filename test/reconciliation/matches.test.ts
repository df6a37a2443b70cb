import { transactionIds } from '../../src/banking/ids';
import { invoiceIds } from '../../src/billing/ids';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { tokenOf } from '../support/as';
import { aBusiness, anotherBusiness } from '../support/business';
import { synced } from '../support/journey';
import { anInvoiceToPay, aPaymentOf, dealt, decide, type FullMatch, newestMatches } from '../support/reconciliation';

const LIST = `query ($filter: MatchFilter, $orderBy: MatchOrder) {
  matches(filter: $filter, orderBy: $orderBy) { totalCount nodes { id confidence } } }`;
const NOBODY = '01900000-0000-7000-8000-000000000000';

interface Listed {
  readonly matches: { readonly totalCount: number; readonly nodes: readonly { readonly id: string; readonly confidence: number }[] };
}

describe('matches', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let all: readonly FullMatch[];
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
    const [sure, part, contested] = [anInvoiceToPay(), anInvoiceToPay(), anInvoiceToPay()];
    const lines = [aPaymentOf(sure), aPaymentOf(part, { amount: '12.00' }), aPaymentOf(contested), aPaymentOf(contested)];
    await dealt(app, tenant, { invoices: [sure, part, contested], lines });
    const rejected = (await newestMatches(tenant)).find(({ invoice }) => invoice.externalId === part.id);
    await decide(tenant, 'rejectMatch', { id: rejected?.id ?? '' });
    all = await newestMatches(tenant);
    expect(all).toHaveLength(4);
  });
  afterAll(() => app.close());

  const list = (variables: Record<string, unknown>, reader = tenant) => reader.as('VIEWER')<Listed>(LIST, variables);
  const ids = async (filter: Record<string, unknown>) => (await list({ filter })).data?.matches.nodes.map(({ id }) => id).sort();
  const idsOf = (matches: readonly FullMatch[]) => matches.map(({ id }) => id).sort();

  it('lists the surest first, or in the order that is asked for [REC-002]', async () => {
    const confidences = async (orderBy?: string) =>
      (await list({ ...(orderBy && { orderBy }) })).data?.matches.nodes.map(({ confidence }) => confidence) ?? [];
    const ascending = all.map(({ confidence }) => confidence).sort((one, other) => one - other);

    expect(await confidences('CONFIDENCE_ASC')).toEqual(ascending);
    expect(await confidences()).toEqual(ascending.toReversed());
    expect(new Set(ascending).size).toBeGreaterThan(1);
  });

  it('filters by state, tie, confidence, payment and invoice [REC-002]', async () => {
    const [first] = all;
    const surest = Math.max(...all.map(({ confidence }) => confidence));

    expect(await ids({ state: ['REJECTED'] })).toEqual(idsOf(all.filter(({ state }) => state === 'REJECTED')));
    expect(await ids({ tied: true })).toEqual(idsOf(all.filter(({ tied }) => tied)));
    expect(await ids({ tied: true })).toHaveLength(2);
    expect(await ids({ confidenceFrom: surest })).toEqual(idsOf(all.filter(({ confidence }) => confidence === surest)));
    expect(await ids({ confidenceFrom: 1 })).toEqual([]);
    expect(await ids({ transactionId: first?.transaction.id })).toEqual(
      idsOf(all.filter(({ transaction }) => transaction.id === first?.transaction.id)),
    );
    expect(await ids({ invoiceId: first?.invoice.id, state: ['PROPOSED', 'REJECTED'] })).toEqual(
      idsOf(all.filter(({ invoice }) => invoice.id === first?.invoice.id)),
    );
  });

  it('takes null for a condition as if it were left out [API-009]', async () => {
    const filter = { state: null, tied: null, confidenceFrom: null, transactionId: null, invoiceId: null };

    expect(await ids(filter)).toEqual(idsOf(all));
  });

  it("finds nothing by another tenant's payment or invoice, as by one that does not exist [SEC-016]", async () => {
    const stranger = app.tenant('aurora');
    const [first] = all;

    for (const filter of [{}, { invoiceId: first?.invoice.id }, { transactionId: first?.transaction.id }]) {
      expect((await list({ filter }, stranger)).data).toEqual({ matches: { totalCount: 0, nodes: [] } });
    }
    expect(await ids({ invoiceId: invoiceIds.encode(NOBODY) })).toEqual([]);
  });

  it.each([
    ['a confidence above certainty', { confidenceFrom: 1.01 }, 'filter.confidenceFrom'],
    ['a negative confidence', { confidenceFrom: -0.01 }, 'filter.confidenceFrom'],
    ['a malformed invoice id', { invoiceId: '7' }, 'filter.invoiceId'],
    ['an invoice id for a payment', { transactionId: invoiceIds.encode(NOBODY) }, 'filter.transactionId'],
    ['a payment id for an invoice', { invoiceId: transactionIds.encode(NOBODY) }, 'filter.invoiceId'],
  ])('names what is wrong with %s [API-009]', async (_what, filter, field) => {
    expect((await list({ filter })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  });

  it('refuses a token without matches:read and a caller who is not signed in [SEC-016]', async () => {
    const scopes = ['invoices:read'];
    const accessToken = await tokenOf(app, tenant.uuid, { userId: tenant.userUuids.VIEWER, scopes });

    expect((await app.ask(`Bearer ${accessToken}`)(LIST)).errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect((await app.anonymous(LIST)).errors?.[0]).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
  });
});
