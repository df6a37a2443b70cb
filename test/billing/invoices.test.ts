import { customerIds, invoiceIds } from '../../src/billing/ids';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { tokenOf } from '../support/as';
import { aBusiness, anInvoice, anotherBusiness, daysAgo } from '../support/business';
import { imported } from '../support/journey';

const LIST = `query ($filter: InvoiceFilter, $orderBy: InvoiceOrder, $first: Int, $after: String) {
  invoices(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id number customer { id name } } } }`;

const NOBODY = '01900000-0000-7000-8000-000000000000';

interface Listed {
  readonly invoices: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly { readonly id: string; readonly number: string; readonly customer: { readonly id: string } }[];
  };
}

/** Number, days since issue and to due date, total, customer. */
const WRITTEN: readonly (readonly [string, number, number, string, string])[] = [
  ['A-1', 40, 26, '10.00', '31'],
  ['A-2', 30, 16, '250.00', '32'],
  ['B-3', 20, 6, '99.99', '31'],
  ['B-4', 10, -4, '100.00', '32'],
  ['B-5', 10, -4, '0.01', '31'],
];

const invoices = WRITTEN.map(([invoicenum, issued, due, total, userid], index) =>
  anInvoice({ id: String(701 + index), invoicenum, date: daysAgo(issued), duedate: daysAgo(due), total, userid }),
);

describe('invoices', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness({ invoices }), anotherBusiness()]);
    tenant = app.tenant('northwind');
    await imported(app, tenant);
    app.whmcs.cancelInvoice('northwind', '701');
    await imported(app, tenant);
    await imported(app, app.tenant('aurora'));
  });
  afterAll(() => app.close());

  const list = async (variables: Record<string, unknown>, reader = tenant) => reader.as('VIEWER')<Listed>(LIST, variables);
  const numbers = async (variables: Record<string, unknown>) =>
    (await list(variables)).data?.invoices.nodes.map(({ number }) => number) ?? [];

  it.each([
    ['ISSUED_ON_ASC', ['A-1', 'A-2', 'B-3', 'B-4', 'B-5']],
    ['BALANCE_DESC', ['A-2', 'B-4', 'B-3', 'A-1', 'B-5']],
    ['BALANCE_ASC', ['B-5', 'A-1', 'B-3', 'B-4', 'A-2']],
  ])('lists in the order %s [REC-001]', async (orderBy, expected) => {
    expect(await numbers({ orderBy })).toEqual(expected);
  });

  it('lists the newest first unless told otherwise, and those of one day in one order [REC-001]', async () => {
    expect(await numbers({})).toEqual((await numbers({ orderBy: 'ISSUED_ON_ASC' })).reverse());
  });

  it.each([
    ['a status', { status: ['CANCELLED'] }, ['A-1']],
    ['several', { status: ['CANCELLED', 'UNPAID'] }, ['A-1', 'A-2', 'B-3', 'B-4', 'B-5']],
    ['no status at all', { status: [] }, []],
    ['days of issue, both included', { issuedOn: { from: daysAgo(30), to: daysAgo(20) } }, ['A-2', 'B-3']],
    ['due from a day on', { dueOn: { from: daysAgo(-4) } }, ['B-4', 'B-5']],
    ['a balance, both ends included', { balance: { currency: 'EUR', from: '99.99', to: '100' } }, ['B-3', 'B-4']],
    ['a balance in another currency', { balance: { currency: 'USD', from: '0' } }, []],
    ['a part of the number, in any case', { text: 'b-' }, ['B-3', 'B-4', 'B-5']],
    ["a part of a person's name", { text: 'darcy' }, ['A-2', 'B-4']],
    ["a part of a company's name", { text: 'vance & BRANDT' }, ['A-1', 'B-3', 'B-5']],
    ['a wildcard, as it is', { text: '%' }, []],
    ['a quote', { text: "' or true --" }, []],
    ['conditions that all hold', { text: 'b', issuedOn: { from: daysAgo(10) }, balance: { currency: 'EUR', to: '1.00' } }, ['B-5']],
    ['nothing', {}, ['A-1', 'A-2', 'B-3', 'B-4', 'B-5']],
  ])('filters by %s [REC-001]', async (_what, filter, expected) => {
    expect(await numbers({ filter, orderBy: 'ISSUED_ON_ASC' })).toEqual(expected);
  });

  it('filters by customer [REC-001]', async () => {
    const { data } = await list({ filter: { text: 'A-2' } });
    const customerId = data?.invoices.nodes[0]?.customer.id;

    expect(await numbers({ filter: { customerId }, orderBy: 'ISSUED_ON_ASC' })).toEqual(['A-2', 'B-4']);
  });

  it("finds nothing by another tenant's customer, and answers as for one that does not exist [SEC-016]", async () => {
    const { data } = await list({}, app.tenant('aurora'));
    const foreign = data?.invoices.nodes[0]?.customer.id;
    expect(foreign).toMatch(/^cus_/);

    const answer = await list({ filter: { customerId: foreign } });

    expect(answer.data).toEqual((await list({ filter: { customerId: customerIds.encode(NOBODY) } })).data);
    expect(answer.data?.invoices).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it('pages through equal values without losing or repeating one [REC-001]', async () => {
    const seen: string[] = [];
    for (let after: string | null | undefined = null, more = true; more;) {
      const { data }: { data?: Listed | null } = await list({ orderBy: 'ISSUED_ON_ASC', first: 2, ...(after && { after }) });
      seen.push(...(data?.invoices.nodes.map(({ number }) => number) ?? []));
      after = data?.invoices.pageInfo.endCursor;
      more = data?.invoices.pageInfo.hasNextPage ?? false;
    }
    expect(seen).toEqual(['A-1', 'A-2', 'B-3', 'B-4', 'B-5']);
  });

  it.each([
    ['a customer id of another type', { customerId: invoiceIds.encode(NOBODY) }, 'filter.customerId'],
    ['a malformed customer id', { customerId: '32' }, 'filter.customerId'],
    ['an amount that is none', { balance: { currency: 'EUR', from: '1,5' } }, 'amount'],
    ['an amount finer than the currency', { balance: { currency: 'EUR', from: '1.005' } }, 'amount'],
    ['a currency that does not exist', { balance: { currency: 'EURO' } }, 'currency'],
    ['days that end before they begin', { issuedOn: { from: daysAgo(1), to: daysAgo(2) } }, 'filter'],
  ])('names what is wrong with %s [API-009]', async (_what, filter, field) => {
    const { errors } = await list({ filter });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  });

  it.each([
    ['status', { status: null }],
    ['issuedOn', { issuedOn: null }],
    ['an end of issuedOn', { issuedOn: { from: null, to: null } }],
    ['balance', { balance: null }],
    ['an end of balance', { balance: { currency: 'EUR', from: null } }],
    ['text', { text: null }],
    ['customerId', { customerId: null }],
  ])('takes null for %s as if it were left out [API-009]', async (_what, filter) => {
    expect(await numbers({ filter })).toHaveLength(5);
  });

  it('refuses a token without invoices:read and a caller who is not signed in [SEC-016]', async () => {
    const accessToken = await tokenOf(app, tenant.uuid, { userId: tenant.userUuids.VIEWER, scopes: ['matches:read'] });

    expect((await app.ask(`Bearer ${accessToken}`)(LIST)).errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect((await app.anonymous(LIST)).errors?.[0]).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
  });
});
