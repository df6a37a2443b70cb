import { indexInvoices, LOWEST_AUTO_APPROVAL, markTies, propose } from '../../../src/reconciliation/engine/engine';
import type { OpenInvoice, Payment } from '../../../src/reconciliation/engine/types';
import { aCustomer, anInvoice, aPayment, eur, match } from './builders';

const batch = (payments: readonly Payment[], ...invoices: OpenInvoice[]) => {
  const index = indexInvoices(invoices);
  return markTies(payments.flatMap(payment => propose(payment, index)));
};
const tied = (proposals: ReturnType<typeof match>) => proposals.map(({ invoiceId, tied }) => [invoiceId, tied]);

describe('ties', () => {
  it('flags both of two invoices that are equally good, however sure each is (fault 6 of the earlier Payymo) [REC-006]', () => {
    const payment = aPayment({ remittance: 'KB-2031-00412 KB-2031-00413', payerName: 'Greta Lindqvist' });

    const proposals = match(payment, anInvoice(), anInvoice({ number: 'KB-2031-00413', externalId: '89' }));

    expect(tied(proposals)).toEqual([
      ['KB-2031-00412', true],
      ['KB-2031-00413', true],
    ]);
    expect(proposals[0]?.confidence).toBeGreaterThan(LOWEST_AUTO_APPROVAL);
  });

  it('flags an invoice that is ahead by its amount only, when the payer quoted both [REC-006]', () => {
    const payment = aPayment({ remittance: 'KB-2031-00412 and KB-2031-00413' });
    const bigger = anInvoice({ number: 'KB-2031-00413', externalId: '89', balance: eur(40_000n) });

    expect(tied(match(payment, anInvoice(), bigger))).toEqual([
      ['KB-2031-00412', true],
      ['KB-2031-00413', true],
    ]);
  });

  it('flags the monthly invoices of one customer that differ in their dates only [REC-006]', () => {
    const june = anInvoice({ number: 'KB-2031-00500', externalId: '89', issuedOn: '2031-06-02', dueOn: '2031-06-16' });

    expect(tied(match(aPayment({ payerName: 'Greta Lindqvist' }), anInvoice(), june)).map(([, flag]) => flag)).toEqual([true, true]);
  });

  it('does not flag the one that the payer quotes, but those beside it [REC-006]', () => {
    const others = [1, 2].map(at => anInvoice({ number: `KB-2031-0060${at}`, externalId: `${at}` }));

    const proposals = match(aPayment({ remittance: 'KB-2031-00412', payerName: 'Greta Lindqvist' }), ...others, anInvoice());

    expect(tied(proposals)).toEqual([
      ['KB-2031-00412', false],
      ['KB-2031-00601', true],
      ['KB-2031-00602', true],
    ]);
  });

  it('counts a rival that is itself too unsure to be proposed [REC-006]', () => {
    const quoted = anInvoice({ number: '1042', balance: eur(90_000n) });
    const rival = anInvoice({ number: 'KB-2031-00500', externalId: '89' });
    const payment = aPayment({ remittance: 'x 1042', bookedOn: '2033-01-01' });

    expect(match(payment, quoted)).toEqual([]);
    expect(tied(match(payment, rival))).toEqual([['KB-2031-00500', false]]);
    expect(tied(match(payment, quoted, rival))).toEqual([['KB-2031-00500', true]]);
  });

  it('flags two payments for one invoice over a batch, which neither could know alone [REC-006]', () => {
    const payments = ['p1', 'p2'].map(id => aPayment({ id, remittance: 'KB-2031-00412' }));

    expect(match(aPayment({ remittance: 'KB-2031-00412' }), anInvoice())[0]?.tied).toBe(false);
    expect(batch(payments, anInvoice()).map(({ paymentId, tied }) => [paymentId, tied])).toEqual([
      ['p1', true],
      ['p2', true],
    ]);
  });

  it('leaves a clear claim alone when another payment merely might be for the invoice, and flags that one [REC-006]', () => {
    const clear = aPayment({ id: 'clear', remittance: 'KB-2031-00412', payerName: 'Greta Lindqvist' });
    const vague = aPayment({ id: 'vague', payerName: 'Someone Else' });

    const flags = batch([vague, clear], anInvoice({ customer: aCustomer({ id: 'c9' }) })).map(({ paymentId, tied }) => [paymentId, tied]);

    expect(flags).toEqual([
      ['vague', true],
      ['clear', false],
    ]);
  });

  it('keeps the flags that a payment has by itself [REC-006]', () => {
    const payment = aPayment({ remittance: 'KB-2031-00412 KB-2031-00413' });

    const proposals = batch([payment], anInvoice(), anInvoice({ number: 'KB-2031-00413', externalId: '89' }));

    expect(tied(proposals).map(([, flag]) => flag)).toEqual([true, true]);
  });

  it('marks a batch twice as it does once [REC-006]', () => {
    const payments = ['p1', 'p2', 'p3'].map((id, at) => aPayment({ id, remittance: at === 0 ? '' : 'KB-2031-00412' }));
    const once = batch(payments, anInvoice());

    expect(markTies(once)).toEqual(once);
  });
});
