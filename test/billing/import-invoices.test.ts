import { invoiceImportIds } from '../../src/billing/ids';
import { Installation } from '../../src/billing/installation.model';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, anInvoice, anotherBusiness, daysAgo } from '../support/business';
import { imported } from '../support/journey';

const IMPORT = 'mutation { importInvoices { invoiceImport { id state invoicesTotal invoicesDone } } }';
const PROGRESS = `query ($id: ID!) { invoiceImport(id: $id) {
  state invoicesTotal invoicesDone attempts errorCode startedAt finishedAt } }`;
const INVOICES = `query ($text: String) { invoices(first: 100, filter: { text: $text }) { totalCount nodes {
  externalId number status issuedOn dueOn total { amountMinor currency decimal formatted } balance { amountMinor decimal }
  customer { externalId name companyName email } } } }`;

interface Requested {
  readonly importInvoices: { readonly invoiceImport: { readonly id: string } };
}

interface Listed {
  readonly invoices: { readonly totalCount: number; readonly nodes: readonly Record<string, unknown>[] };
}

const many = Array.from({ length: 113 }, (_, index) => anInvoice({ id: String(2000 + index), invoicenum: `NW-2026-${2000 + index}` }));

describe('importInvoices', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    const yen = [anInvoice({ total: '118450.00' })];
    const dinars = [anInvoice({ total: '118.450' }), anInvoice({ id: '802', invoicenum: 'KW-802', total: '0.50' })];
    app = await startApp([
      aBusiness({ invoices: many }),
      anotherBusiness(),
      aBusiness({ slug: 'tokyo', currency: 'JPY', invoices: yen }),
      aBusiness({ slug: 'kuwait', currency: 'KWD', invoices: dinars }),
    ]);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());

  const requested = async (): Promise<string> => {
    const { data, errors } = await tenant.as('ACCOUNTANT')<Requested>(IMPORT);
    if (!data) throw new Error(JSON.stringify(errors));
    return data.importInvoices.invoiceImport.id;
  };
  const progressOf = async (id: string, reader = tenant) =>
    (await reader.as('VIEWER')<{ invoiceImport: Record<string, unknown> | null }>(PROGRESS, { id })).data?.invoiceImport;
  const listed = async (text: string, reader = tenant) => (await reader.as('VIEWER')<Listed>(INVOICES, { text })).data?.invoices;

  it('imports all of more than a hundred invoices with their customers, and tells how far it is [REC-001] [UX-002]', async () => {
    const id = await requested();
    expect(await progressOf(id)).toMatchObject({ state: 'QUEUED', invoicesDone: 0, startedAt: null });
    await app.runJobs();

    expect(await progressOf(id)).toMatchObject({ state: 'SUCCEEDED', invoicesTotal: 113, invoicesDone: 113, attempts: 1, errorCode: null });
    expect(await listed('')).toMatchObject({ totalCount: 113 });
    expect(await listed('NW-2026-2112')).toEqual({
      totalCount: 1,
      nodes: [
        {
          externalId: '2112',
          number: 'NW-2026-2112',
          status: 'UNPAID',
          issuedOn: daysAgo(20),
          dueOn: daysAgo(6),
          total: { amountMinor: '11845', currency: 'EUR', decimal: '118.45', formatted: 'EUR 118.45' },
          balance: { amountMinor: '11845', decimal: '118.45' },
          customer: { externalId: '31', name: 'Ottilie Vance', companyName: 'Vance & Brandt', email: 'ottilie@vance.example' },
        },
      ],
    });
  });

  it('asks for each customer once, not once for each invoice [REC-001]', () => {
    expect(app.whmcs.requests.filter(({ slug, action }) => slug === 'northwind' && action === 'GetClientsDetails')).toHaveLength(1);
  });

  it('knows at the next import what was paid, cancelled, deleted, partly paid or written meanwhile [REC-001]', async () => {
    await pay('2001', '118.45');
    await pay('2002', '18.40');
    app.whmcs.cancelInvoice('northwind', '2003');
    app.whmcs.addInvoice('northwind', anInvoice({ id: '2500', invoicenum: 'NW-2026-2500', total: '7.00' }));
    const rows = await app.db.query(
      `update invoices set external_id = '999999' where external_id = '2004' and number = 'NW-2026-2004' returning id`,
    );
    expect(rows).toHaveLength(1);

    await imported(app, tenant);

    expect(await listed('2001')).toMatchObject({ nodes: [{ status: 'PAID', balance: { amountMinor: '0' } }] });
    expect(await listed('2002')).toMatchObject({
      nodes: [{ status: 'UNPAID', total: { amountMinor: '11845' }, balance: { amountMinor: '10005' } }],
    });
    expect(await listed('2003')).toMatchObject({ nodes: [{ status: 'CANCELLED' }] });
    expect(await listed('2500')).toMatchObject({ nodes: [{ status: 'UNPAID', total: { amountMinor: '700' } }] });
    const { nodes = [] } = (await listed('2004')) ?? {};
    expect(nodes).toHaveLength(2);
    expect(nodes.find(({ externalId }) => externalId === '999999')).toMatchObject({ status: 'CANCELLED', balance: { amountMinor: '0' } });
    expect(await listed('')).toMatchObject({ totalCount: 115 });
  });

  it('writes no row twice when it runs again [REC-001]', async () => {
    const before = await listed('');

    await imported(app, tenant);

    expect(await listed('')).toEqual(before);
  });

  it('answers with the import that is under way instead of a second one [UX-002]', async () => {
    const [one, other] = await Promise.all([requested(), requested()]);

    expect(other).toBe(one);
    await app.runJobs();
    expect(await requested()).not.toBe(one);
    await app.runJobs();
  });

  it.each([
    ['yen have no minor unit', 'tokyo', '801', '118450', '118450'],
    ['a dinar has a thousand fils', 'kuwait', '801', '118450', '118.450'],
    ['half a dinar', 'kuwait', '802', '500', '0.500'],
  ])('keeps amounts in minor units of their currency: %s [DAT-005]', async (_what, slug, id, amountMinor, decimal) => {
    const other = app.tenant(slug);
    await imported(app, other);

    const { nodes = [] } = (await listed('', other)) ?? {};
    expect(nodes.find(({ externalId }) => externalId === id)).toMatchObject({ total: { amountMinor, decimal }, balance: { amountMinor } });
  });

  it('refuses a role without invoices:import and a caller who is not signed in [SEC-016]', async () => {
    expect((await tenant.as('VIEWER')(IMPORT)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await app.anonymous(IMPORT)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it("shows another tenant's import to nobody, like one that does not exist [SEC-016]", async () => {
    const id = await requested();
    await app.runJobs();

    expect(await progressOf(id, app.tenant('aurora'))).toBeNull();
    expect(await progressOf(invoiceImportIds.encode('01900000-0000-7000-8000-000000000000'))).toBeNull();
    const { errors } = await tenant.as('VIEWER')(PROGRESS, { id: 'imp_1' });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'id' } }]);
  });

  it("keeps two tenants' invoices of the same number apart [SEC-016]", async () => {
    const aurora = app.tenant('aurora');
    await imported(app, aurora);

    expect(await listed('', aurora)).toMatchObject({ totalCount: 1, nodes: [{ externalId: '801' }] });
    expect(await listed('NW-2026-801')).toMatchObject({ totalCount: 0 });
  });

  it('says that no billing system is set up [API-009]', async () => {
    const tokyo = app.tenant('tokyo');
    await app.db.query('delete from invoice_imports where tenant_id = $1', [tokyo.uuid]);
    await app.db.query('delete from invoices where tenant_id = $1', [tokyo.uuid]);
    await app.db.query('delete from customers where tenant_id = $1', [tokyo.uuid]);
    await app.db.query('delete from installations where tenant_id = $1', [tokyo.uuid]);
    expect(await tokyo.scope().change(transaction => Installation.count({ transaction }))).toBe(0);

    const { errors } = await tokyo.as('OWNER')(IMPORT);

    expect(errors).toMatchObject([{ extensions: { code: 'NOT_CONFIGURED' } }]);
  });

  async function pay(invoiceid: string, amount: string): Promise<void> {
    const credentials = { identifier: 'identifier-of-northwind', secret: 'secret-of-northwind', responsetype: 'json' };
    const payment = { action: 'AddInvoicePayment', invoiceid, amount, transid: `HAND-${invoiceid}`, gateway: 'banktransfer' };
    const body = new URLSearchParams({ ...credentials, ...payment, date: '2026-04-01 00:00:00' });
    await fetch(`${app.whmcs.url('northwind')}/includes/api.php`, { method: 'POST', body });
  }
});
