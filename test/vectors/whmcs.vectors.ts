import { ClientDetails, Done, Invoice, InvoiceList, TransactionList } from '../../src/providers/whmcs/schema';
import { toInvoice, toPayments } from '../../src/providers/whmcs/translate';
import { describeVectors, sharedJson } from './shared';

const example = (action: string): unknown => (sharedJson(`data/whmcs/${action}.json`) as { exampleResponse: unknown }).exampleResponse;

describeVectors('the examples in the documents of WHMCS', () => {
  it.each([
    ['getinvoices', InvoiceList],
    ['getinvoice', Invoice],
    ['getclientsdetails', ClientDetails],
    ['gettransactions', TransactionList],
    ['addinvoicepayment', Done],
  ])('reads %s [REC-001] [REC-007]', (action, schema) => {
    expect(schema.safeParse(example(action)).error).toBeUndefined();
  });

  it('translates the invoice with its balance, and its id for want of a number [REC-001]', () => {
    expect(toInvoice(Invoice.parse(example('getinvoice')), 'USD')).toMatchObject({
      id: '1',
      number: '1',
      customerId: '2361',
      status: 'UNPAID',
      balance: { amountMinor: 1595n, currency: 'USD' },
      issuedOn: '2016-01-01',
      dueOn: '2020-12-30',
    });
  });

  it('finds a payment by the whole transaction id alone [REC-007]', () => {
    const { transactions } = TransactionList.parse(example('gettransactions'));
    expect(toPayments(transactions, '1479732071aad259f3513ec')).toMatchObject([{ invoiceId: '59', amount: '45.90' }]);
    expect(toPayments(transactions, '1479732071aad259f3513e')).toEqual([]);
  });
});
