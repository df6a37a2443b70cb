import { startWhmcsSandbox, type WhmcsSandbox } from '../../sandbox/whmcs/server';
import { failureOf } from '../../sandbox/support/failure';
import { aBusiness, anInvoice, clientOf, invoicesFrom } from './world';

describe('invoices of WHMCS', () => {
  let sandbox: WhmcsSandbox;
  beforeAll(async () => {
    sandbox = await startWhmcsSandbox({
      businesses: [
        aBusiness({
          invoices: [...invoicesFrom(1, 233), anInvoice({ id: '900', status: 'Paid' }), anInvoice({ id: '901', status: 'Cancelled' })],
        }),
        aBusiness({ slug: 'empty' }),
        aBusiness({ slug: 'osaka', code: 'JPY', invoices: [anInvoice({ id: '5', total: '129800.00' })] }),
        aBusiness({ slug: 'kuwait', code: 'KWD', invoices: [anInvoice({ id: '6', total: '40.30' })] }),
      ],
    });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.clearFaults();
  });

  it('sees every open invoice once, also those beyond the hundredth [REC-001]', async () => {
    const billing = clientOf(sandbox);
    const seen: string[] = [];
    const totals: number[] = [];

    for (let offset: number | null = 0; offset !== null;) {
      const page = await billing.openInvoices(offset);
      seen.push(...page.invoiceIds);
      totals.push(page.total);
      offset = page.next;
    }

    expect(seen).toEqual(Array.from({ length: 233 }, (_, index) => String(index + 1)));
    expect(totals).toEqual([233, 233, 233]);
  });

  it('reads a business without open invoices, whose empty list is "", as an empty page [REC-001]', async () => {
    await expect(clientOf(sandbox, { slug: 'empty' }).openInvoices(0)).resolves.toEqual({ invoiceIds: [], total: 0, next: null });
  });

  it.each([
    ['missing', {}],
    ['null', { invoices: null }],
    ['an empty array', { invoices: [] }],
    ['"" below its key', { invoices: { invoice: '' } }],
  ])('takes an empty list that is %s [REC-001]', async (_how, list) => {
    const body = { result: 'success', totalresults: '0', startnumber: 0, numreturned: 0, ...list };
    sandbox.fail({ action: 'GetInvoices', kind: 'answer', status: 200, body });

    await expect(clientOf(sandbox).openInvoices(0)).resolves.toEqual({ invoiceIds: [], total: 0, next: null });
  });

  it.each([
    [
      'fewer invoices than it counts',
      { totalresults: 3, numreturned: 2, invoices: { invoice: [{ id: 1, userid: 31, currencycode: 'EUR' }] } },
    ],
    ['none of the invoices that there are', { totalresults: 3, numreturned: 0, invoices: '' }],
  ])('takes no page for whole that has %s [REC-001]', async (_what, page) => {
    sandbox.fail({ action: 'GetInvoices', kind: 'answer', status: 200, body: { result: 'success', ...page }, times: 3 });

    await expect(failureOf(clientOf(sandbox).openInvoices(0))).resolves.toMatchObject({ failure: 'malformed', ambiguous: false });
  });

  it('composes balance, currency and customer, of which no single answer of WHMCS has all [REC-001]', async () => {
    sandbox.addInvoice('larchmont', anInvoice());

    const invoice = await clientOf(sandbox).invoice('801');

    expect(invoice).toEqual({
      id: '801',
      number: 'LH-2026-801',
      customerId: '31',
      status: 'UNPAID',
      total: { amountMinor: 11845n, currency: 'EUR' },
      balance: { amountMinor: 11845n, currency: 'EUR' },
      issuedOn: '2026-03-02',
      dueOn: '2026-03-16',
    });
  });

  it('knows the currency from the list, and asks for a client at most once otherwise [REC-001]', async () => {
    const detailsAsked = () => sandbox.requests.filter(({ action }) => action === 'GetClientsDetails').length;
    const before = detailsAsked();
    const listing = clientOf(sandbox);
    await listing.openInvoices(0);
    await listing.invoice('7');
    expect(detailsAsked()).toBe(before);

    const fresh = clientOf(sandbox);
    await fresh.invoice('7');
    await fresh.invoice('8');
    expect(detailsAsked()).toBe(before + 1);
  });

  it('takes the currency of the new client when an invoice has moved [REC-001]', async () => {
    const billing = clientOf(sandbox);
    const moved = { id: 7, userid: 99, currencycode: 'USD' };
    sandbox.fail({
      action: 'GetInvoices',
      kind: 'answer',
      status: 200,
      body: { result: 'success', totalresults: 1, numreturned: 1, invoices: { invoice: [moved] } },
    });
    await billing.openInvoices(0);

    await expect(billing.invoice('7')).resolves.toMatchObject({ customerId: '31', balance: { currency: 'EUR' } });
  });

  it('shows the id where the installation gives no other number [REC-001]', async () => {
    await expect(clientOf(sandbox).invoice('12')).resolves.toMatchObject({ id: '12', number: '12' });
  });

  it.each([
    ['900', 'PAID', 0n],
    ['901', 'CANCELLED', 11845n],
  ])('tells how invoice %s stands: %s [REC-001]', async (id, status, amountMinor) => {
    await expect(clientOf(sandbox).invoice(id)).resolves.toMatchObject({ status, balance: { amountMinor } });
  });

  it.each([
    ['yen, which have no decimals', 'osaka', '5', { amountMinor: 129800n, currency: 'JPY' }],
    ['dinars, which have three', 'kuwait', '6', { amountMinor: 40300n, currency: 'KWD' }],
  ])('reads %s [REC-003]', async (_what, slug, id, balance) => {
    await expect(clientOf(sandbox, { slug }).invoice(id)).resolves.toMatchObject({ total: balance, balance });
  });

  it.each([
    ['numbers as strings', { invoiceid: '44', userid: '31', total: '9007199254740.97', balance: '9007199254740.97' }, 900719925474097n],
    ['numbers as numbers', { invoiceid: 44, userid: 31, total: 1.1, balance: 0.07 }, 7n],
    ['a balance that is a paid surplus', { invoiceid: 44, userid: 31, total: '3.30', balance: '-1.05' }, -105n],
  ])('reads %s without drift [REC-003]', async (_what, fields, amountMinor) => {
    sandbox.fail({ action: 'GetInvoice', kind: 'answer', status: 200, body: { ...BARE, ...fields } });

    await expect(clientOf(sandbox).invoice('44')).resolves.toMatchObject({
      id: '44',
      balance: { amountMinor, currency: 'EUR' },
      dueOn: null,
    });
  });

  it.each([
    ['an amount that is no number', { total: 'twelve' }],
    ['an amount finer than the currency', { balance: '1.005' }],
    ['a status that WHMCS does not have', { status: 'Overdue' }],
    ['no date of issue', { date: '0000-00-00' }],
    ['no balance', { balance: undefined }],
  ])('calls an invoice with %s malformed instead of guessing [REC-001]', async (_what, fields) => {
    sandbox.fail({ action: 'GetInvoice', kind: 'answer', status: 200, body: { ...BARE, ...fields }, times: 3 });

    await expect(failureOf(clientOf(sandbox).invoice('44'))).resolves.toMatchObject({ failure: 'malformed', transient: true });
  });

  it.each(['77777', '12abc'])('does not find invoice %s, whatever PHP makes of the id [REC-001]', async id => {
    await expect(failureOf(clientOf(sandbox).invoice(id))).resolves.toMatchObject({ failure: 'not_found', transient: false });
  });

  it('reads a customer, with names as people write them [REC-001]', async () => {
    const billing = clientOf(sandbox);

    await expect(billing.customer('31')).resolves.toEqual({
      id: '31',
      firstName: 'Ottilie',
      lastName: 'Vance',
      companyName: 'Vance & Brandt',
      email: 'ottilie@vance.example',
      currency: 'EUR',
    });
    await expect(billing.customer('32')).resolves.toMatchObject({ lastName: "D'Arcy", companyName: null, email: null });
    await expect(failureOf(billing.customer('33'))).resolves.toMatchObject({ failure: 'not_found' });
  });
});

/** GetInvoice's answer with all that the client reads. */
const BARE = {
  result: 'success',
  invoiceid: 44,
  invoicenum: 44,
  userid: 31,
  date: '2026-04-01',
  duedate: '0000-00-00',
  total: '10.00',
  balance: '10.00',
  status: 'Unpaid',
  items: '',
  transactions: '',
};
