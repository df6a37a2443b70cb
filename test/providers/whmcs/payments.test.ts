import type { Money } from '../../../src/platform/money';
import type { NewPayment } from '../../../src/providers/billing-system';
import { failureOf } from '../../sandbox/support/failure';
import type { WhmcsFault } from '../../sandbox/whmcs/faults';
import { startWhmcsSandbox, type WhmcsSandbox } from '../../sandbox/whmcs/server';
import { aBusiness, anInvoice, clientOf } from './world';

const euros = (amountMinor: bigint): Money => ({ amountMinor, currency: 'EUR' });
const aPayment = (difference: Partial<NewPayment> = {}): NewPayment => ({
  invoiceId: '801',
  transactionId: 'pym-7d0c41',
  amount: euros(11845n),
  paidAt: new Date('2026-03-05T23:30:07.900Z'),
  ...difference,
});

describe('payments in WHMCS', () => {
  let sandbox: WhmcsSandbox;
  beforeEach(async () => {
    sandbox = await startWhmcsSandbox({
      businesses: [
        aBusiness({ invoices: [anInvoice(), anInvoice({ id: '802', total: '0.30' })] }),
        aBusiness({ slug: 'osaka', code: 'JPY', invoices: [anInvoice({ total: '129800.00' })] }),
        aBusiness({ slug: 'kuwait', code: 'KWD', invoices: [anInvoice({ total: '40.30' })] }),
      ],
    });
  });
  afterEach(() => sandbox.close());

  it('books a payment, settles the invoice and reads the payment back [REC-007]', async () => {
    const billing = clientOf(sandbox);

    await billing.addPayment(aPayment());

    await expect(billing.payments('pym-7d0c41')).resolves.toEqual([{ transactionId: 'pym-7d0c41', invoiceId: '801', amount: '118.45' }]);
    await expect(billing.invoice('801')).resolves.toMatchObject({ status: 'PAID', balance: euros(0n) });
  });

  it("sends the gateway's system name and the time in UTC, and leaves the customer's confirmation on [REC-007]", async () => {
    await clientOf(sandbox).addPayment(aPayment());

    expect(sandbox.requests.map(({ action, parameters }) => [action, parameters])).toEqual([
      [
        'AddInvoicePayment',
        {
          invoiceid: '801',
          transid: 'pym-7d0c41',
          gateway: 'banktransfer',
          date: '2026-03-05 23:30:07',
          amount: '118.45',
          responsetype: 'json',
        },
      ],
    ]);
  });

  it('takes the balance down by each partial payment, to exactly nothing [REC-003]', async () => {
    const billing = clientOf(sandbox);
    const balances: bigint[] = [];

    for (const transactionId of ['part-1', 'part-2', 'part-3']) {
      await billing.addPayment(aPayment({ invoiceId: '802', transactionId, amount: euros(10n) }));
      balances.push((await billing.invoice('802')).balance.amountMinor);
    }

    expect(balances).toEqual([20n, 10n, 0n]);
    await expect(billing.invoice('802')).resolves.toMatchObject({ status: 'PAID' });
  });

  it.each([
    ['yen', 'osaka', { amountMinor: 129800n, currency: 'JPY' }, '129800', '129800.00'],
    ['dinars', 'kuwait', { amountMinor: 40300n, currency: 'KWD' }, '40.300', '40.30'],
  ])('books %s in the decimals of the currency [REC-003]', async (_what, slug, amount, sent, booked) => {
    const billing = clientOf(sandbox, { slug });

    await billing.addPayment(aPayment({ amount }));

    expect(sandbox.requests.at(-1)?.parameters['amount']).toBe(sent);
    expect(sandbox.payments(slug)).toMatchObject([{ amountin: booked }]);
    await expect(billing.invoice('801')).resolves.toMatchObject({ status: 'PAID', balance: { amountMinor: 0n } });
  });

  it.each([
    ['an amount of nothing, which WHMCS takes for the whole balance', { amount: euros(0n) }],
    ['money that goes out', { amount: euros(-1n) }],
    ['more decimals than WHMCS keeps', { amount: { amountMinor: 40301n, currency: 'KWD' } }],
    ['an empty transaction id', { transactionId: '' }],
    ['a transaction id that WHMCS would cut off', { transactionId: 'x'.repeat(65) }],
  ])('refuses %s before WHMCS hears of it [REC-003]', async (_what, difference) => {
    await expect(clientOf(sandbox).addPayment(aPayment(difference))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });

    expect(sandbox.requests).toEqual([]);
  });

  it('refuses an amount of another currency than the invoice is in [REC-003]', async () => {
    const billing = clientOf(sandbox);
    await billing.invoice('801');

    await expect(billing.addPayment(aPayment({ amount: { amountMinor: 11845n, currency: 'USD' } }))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Invoice 801 is in EUR, not in USD',
    });
    expect(sandbox.payments('larchmont')).toEqual([]);
  });

  it('counts only payments with exactly the id, although WHMCS finds more [REC-007]', async () => {
    const billing = clientOf(sandbox);
    for (const transactionId of ['PYM-7d0c41', 'pym-7d0c41-2']) await billing.addPayment(aPayment({ transactionId, amount: euros(100n) }));

    await expect(billing.payments('pym-7d0c41')).resolves.toEqual([]);
    await expect(billing.payments('pym-7d0c41-2')).resolves.toHaveLength(1);
  });

  it('does not count a refund as a payment [REC-007]', async () => {
    const out = { transid: 'pym-7d0c41', invoiceid: '801', amountin: '0.00', amountout: '118.45' };
    const body = { result: 'success', totalresults: '1', transactions: { transaction: [out] } };
    sandbox.fail({ action: 'GetTransactions', kind: 'answer', status: 200, body });

    await expect(clientOf(sandbox).payments('pym-7d0c41')).resolves.toEqual([]);
  });

  it.each([
    ['no list where there is a payment', { totalresults: 1, transactions: '' }],
    [
      'a list that is not whole',
      { totalresults: 2, transactions: { transaction: [{ transid: 'other', invoiceid: 1, amountin: '1.00' }] } },
    ],
    ['nothing but success', {}],
  ])('does not take %s for "never booked" [REC-007]', async (_what, fields) => {
    sandbox.fail({ action: 'GetTransactions', kind: 'answer', status: 200, body: { result: 'success', ...fields }, times: 3 });

    await expect(failureOf(clientOf(sandbox).payments('pym-7d0c41'))).resolves.toMatchObject({ failure: 'malformed' });
  });

  it('shows both when WHMCS was told the same payment twice [REC-007]', async () => {
    const billing = clientOf(sandbox);
    await billing.addPayment(aPayment());
    await billing.addPayment(aPayment());

    await expect(billing.payments('pym-7d0c41')).resolves.toHaveLength(2);
    await expect(billing.invoice('801')).resolves.toMatchObject({ balance: euros(-11845n) });
  });

  const LOST: readonly [string, WhmcsFault, booked: number][] = [
    ['the connection ends before WHMCS works', { action: 'AddInvoicePayment', kind: 'reset' }, 0],
    ['the connection ends after WHMCS worked', { action: 'AddInvoicePayment', kind: 'crash-after' }, 1],
    ['the answer is cut off', { action: 'AddInvoicePayment', kind: 'cut', afterwards: true }, 1],
    ['the answer is a page of HTML', { action: 'AddInvoicePayment', kind: 'html', afterwards: true }, 1],
    ['the answer is empty', { action: 'AddInvoicePayment', kind: 'answer', status: 200, afterwards: true }, 1],
    ['the answer is 502', { action: 'AddInvoicePayment', kind: 'answer', status: 502, afterwards: true }, 1],
    ['the answer says neither yes nor no', { action: 'AddInvoicePayment', kind: 'answer', status: 200, body: {}, afterwards: true }, 1],
    ['the answer is late', { action: 'AddInvoicePayment', kind: 'slow', ms: 2_000, afterwards: true }, 1],
  ];

  it.each(LOST)('leaves open whether it was booked when %s, and never repeats it [REC-007]', async (_what, fault, booked) => {
    const billing = clientOf(sandbox, { timeoutMs: 400 });
    sandbox.fail(fault);

    const failure = await failureOf(billing.addPayment(aPayment()));

    expect(failure).toMatchObject({ ambiguous: true, transient: true });
    expect(sandbox.requests.filter(({ action }) => action === 'AddInvoicePayment')).toHaveLength(1);
    await expect(billing.payments('pym-7d0c41')).resolves.toHaveLength(booked);
  });

  it('leaves open whether it was booked when WHMCS books it after we stopped waiting [REC-007]', async () => {
    const billing = clientOf(sandbox, { timeoutMs: 150 });
    sandbox.fail({ action: 'AddInvoicePayment', kind: 'delay-effect', ms: 600 });

    await expect(failureOf(billing.addPayment(aPayment()))).resolves.toMatchObject({ ambiguous: true });
    await expect(billing.payments('pym-7d0c41')).resolves.toEqual([]);
    await new Promise(resolve => setTimeout(resolve, 800));

    await expect(billing.payments('pym-7d0c41')).resolves.toHaveLength(1);
  });

  it('knows that nothing was booked when WHMCS says no [REC-007]', async () => {
    const billing = clientOf(sandbox);
    sandbox.cancelInvoice('larchmont', '802');

    await expect(failureOf(billing.addPayment(aPayment({ invoiceId: '802' })))).resolves.toMatchObject({
      failure: 'rejected',
      ambiguous: false,
      message: 'whmcs answered: It is not possible to add a payment to an invoice that is Cancelled',
    });
    await expect(failureOf(billing.addPayment(aPayment({ invoiceId: '999' })))).resolves.toMatchObject({
      failure: 'not_found',
      ambiguous: false,
    });
    const shown = clientOf(sandbox, { gateway: 'Bank Transfer' });
    await expect(failureOf(shown.addPayment(aPayment()))).resolves.toMatchObject({ failure: 'rejected', ambiguous: false });
    expect(sandbox.payments('larchmont')).toEqual([]);
  });
});
