import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { aBusiness, anInvoice, IDENTIFIER, SECRET } from '../../providers/whmcs/world';
import { startWhmcsSandbox, type WhmcsSandbox } from './server';

type Fields = Readonly<Record<string, string>>;

const PAYMENT = { invoiceid: '801', transid: 'wire-1', gateway: 'banktransfer', date: '2026-03-05 10:00:00' };
const clock = { now: () => new Date('2026-03-20T08:09:10Z') };
const business = () =>
  aBusiness({
    invoices: [
      anInvoice(),
      anInvoice({ id: '802', userid: '32', date: '2026-03-19', duedate: '2026-04-02', total: '20.00' }),
      anInvoice({ id: '803', date: '2026-03-01', duedate: '2026-03-21', total: '3.00' }),
    ],
  });

describe('the WHMCS sandbox', () => {
  let folder: string;
  let stateFile: string;
  let sandbox: WhmcsSandbox;
  const start = async () => {
    sandbox = await startWhmcsSandbox({ businesses: [business()], stateFile, clock });
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'whmcs-sandbox-'));
    stateFile = join(folder, 'whmcs.json');
    await start();
  });
  afterEach(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const post = (fields: Fields) =>
    fetch(`${sandbox.url('larchmont')}/includes/api.php`, {
      method: 'POST',
      body: new URLSearchParams({ identifier: IDENTIFIER, secret: SECRET, responsetype: 'json', ...fields }),
    });
  const call = async (action: string, fields: Fields = {}): Promise<unknown> => (await post({ action, ...fields })).json();

  it('keeps payments, statuses and added invoices over a restart, for its owner only [BNK-006]', async () => {
    sandbox.addInvoice('larchmont', anInvoice({ id: '804' }));
    sandbox.cancelInvoice('larchmont', '803');
    await call('AddInvoicePayment', PAYMENT);
    await sandbox.close();

    await start();

    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    expect(sandbox.payments('larchmont', '801')).toMatchObject([{ transid: 'wire-1', amountin: '118.45' }]);
    expect(sandbox.invoice('larchmont', '801')).toMatchObject({ status: 'Paid', balance: '0.00', datepaid: '2026-03-20 08:09:10' });
    expect(sandbox.invoice('larchmont', '803')).toMatchObject({ status: 'Cancelled' });
    expect(sandbox.invoice('larchmont', '804')).toMatchObject({ status: 'Unpaid' });
  });

  it('keeps a payment whose answer was lost in a crash [BNK-006]', async () => {
    sandbox.fail({ action: 'AddInvoicePayment', kind: 'crash-after' });
    await expect(call('AddInvoicePayment', PAYMENT)).rejects.toThrow();
    await sandbox.close();

    await start();

    expect(sandbox.payments('larchmont')).toHaveLength(1);
  });

  it('never carries out what was still delayed when it ended [BNK-006]', async () => {
    sandbox.fail({ action: 'AddInvoicePayment', kind: 'delay-effect', ms: 60_000 });
    const answer = call('AddInvoicePayment', PAYMENT).catch(() => 'no answer');
    while (sandbox.requests.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    await sandbox.close();

    await expect(answer).resolves.toBe('no answer');
    await start();
    expect(sandbox.payments('larchmont')).toEqual([]);
  });

  it('shows the payments of a business to anyone outside [BNK-006]', async () => {
    await call('AddInvoicePayment', PAYMENT);

    const response = await fetch(`${sandbox.origin}/sandbox/larchmont/payments`);

    await expect(response.json()).resolves.toMatchObject({ payments: [{ invoiceid: '801', transid: 'wire-1' }] });
    expect((await fetch(`${sandbox.origin}/sandbox/nobody/payments`)).status).toBe(404);
  });

  it('books the same transid twice, and the surplus as credit, as WHMCS does [BNK-006]', async () => {
    await call('AddInvoicePayment', { ...PAYMENT, amount: '100' });
    await call('AddInvoicePayment', { ...PAYMENT, amount: '100' });

    expect(sandbox.invoice('larchmont', '801')).toMatchObject({ status: 'Paid', balance: '-81.55' });
    await expect(call('GetClientsDetails', { clientid: '31' })).resolves.toMatchObject({ client: { credit: '81.55' } });
  });

  it('keeps two decimals and 64 characters, silently [BNK-006]', async () => {
    await call('AddInvoicePayment', { ...PAYMENT, transid: 'y'.repeat(70), amount: '1.005' });

    expect(sandbox.payments('larchmont')).toMatchObject([{ transid: 'y'.repeat(64), amountin: '1.01' }]);
  });

  it.each([
    ['Overdue, which it works out', { status: 'Overdue', orderby: 'id', order: 'asc' }, [801]],
    ['a client', { userid: '32' }, [802]],
    ['a status, by total', { status: 'Unpaid', orderby: 'total', order: 'asc' }, [803, 802, 801]],
    ['a page, by due date', { orderby: 'duedate', order: 'desc', limitstart: '1', limitnum: '1' }, [803]],
  ])('lists invoices of %s [BNK-006]', async (_what, fields, ids) => {
    await expect(call('GetInvoices', fields)).resolves.toMatchObject({
      numreturned: ids.length,
      invoices: { invoice: ids.map(id => ({ id, currencycode: 'EUR' })) },
    });
  });

  it('gives an invoice without currency and a list without balances [BNK-006]', async () => {
    const { invoices } = (await call('GetInvoices')) as { invoices: { invoice: object[] } };
    const invoice = await call('GetInvoice', { invoiceid: '801' });

    expect(invoices.invoice[0]).not.toHaveProperty('balance');
    expect(invoice).toMatchObject({ balance: '118.45', transactions: '', items: { item: [{ amount: '118.45' }] } });
    expect(invoice).not.toHaveProperty('currencycode');
    expect(invoice).not.toHaveProperty('client');
  });

  it('finds transactions by invoice, client and transid, and sends "" for none [BNK-006]', async () => {
    await call('AddInvoicePayment', PAYMENT);
    await call('AddInvoicePayment', { ...PAYMENT, invoiceid: '802', transid: 'wire-2' });

    await expect(call('GetTransactions', { invoiceid: '802' })).resolves.toMatchObject({ totalresults: 1 });
    await expect(call('GetTransactions', { clientid: '31' })).resolves.toMatchObject({ transactions: { transaction: [{ userid: '31' }] } });
    await expect(call('GetTransactions', { transid: 'WIRE' })).resolves.toMatchObject({ totalresults: 2 });
    await expect(call('GetTransactions', { transid: 'none' })).resolves.toMatchObject({ totalresults: 0, transactions: '' });
  });

  it('tells its currencies and payment methods [BNK-006]', async () => {
    await expect(call('GetCurrencies')).resolves.toMatchObject({ currencies: { currency: [{ id: '1', code: 'EUR' }] } });
    await expect(call('GetPaymentMethods')).resolves.toMatchObject({
      paymentmethods: { paymentmethod: [{ module: 'banktransfer', displayname: 'Bank Transfer' }] },
    });
  });

  it.each([
    ['an action that it does not have', { action: 'DeleteEverything' }, 400, 'Command Not Found'],
    ['an unknown identifier', { action: 'GetInvoices', identifier: 'x' }, 403, 'Invalid or missing credentials'],
    ['a wrong secret', { action: 'GetInvoices', secret: 'x' }, 403, 'Authentication Failed'],
    ['no identifier', { action: 'GetInvoices', identifier: '' }, 403, 'Authentication Failed'],
    ['a client that it does not have', { action: 'GetClientsDetails', clientid: '1' }, 200, 'Client Not Found'],
    ['details of nobody', { action: 'GetClientsDetails' }, 200, 'Either clientid Or email Is Required'],
    ['a payment without transid', { action: 'AddInvoicePayment', ...PAYMENT, transid: '' }, 200, 'Transaction ID is required'],
    ['a payment on a day only', { action: 'AddInvoicePayment', ...PAYMENT, date: '2026-03-05' }, 200, 'Date is required'],
  ])('refuses %s [BNK-006]', async (_what, fields, status, message) => {
    const response = await post(fields);

    expect(response.status).toBe(status);
    await expect(response.json()).resolves.toEqual({ result: 'error', message });
  });

  it('answers in JSON only when asked to [BNK-006]', async () => {
    const response = await post({ action: 'GetCurrencies', responsetype: '' });

    await expect(response.text()).resolves.toContain('result=success;totalresults=1;currencies[currency][0][id]=1;');
  });

  it('spoils only the action and the business that a fault names, as often as it says [BNK-006]', async () => {
    sandbox.fail({ action: 'getinvoice', kind: 'answer', status: 500, times: 2 });
    sandbox.fail({ action: 'GetCurrencies', slug: 'elsewhere', kind: 'answer', status: 500 });
    const statuses: number[] = [];

    for (const action of ['GetInvoices', 'GetInvoice', 'GetInvoice', 'GetInvoice', 'GetCurrencies']) {
      statuses.push((await post({ action, invoiceid: '801' })).status);
    }

    expect(statuses).toEqual([200, 500, 500, 200, 200]);
  });

  it('remembers what it was asked, without the credentials [BNK-006]', async () => {
    await call('GetInvoice', { invoiceid: '801' });

    expect(sandbox.requests).toEqual([{ slug: 'larchmont', action: 'GetInvoice', parameters: { invoiceid: '801', responsetype: 'json' } }]);
  });
});
