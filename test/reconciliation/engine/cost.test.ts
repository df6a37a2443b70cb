import { indexInvoices, propose } from '../../../src/reconciliation/engine/engine';
import type { OpenInvoice, Payment } from '../../../src/reconciliation/engine/types';
import { anInvoice, aPayment, eur } from './builders';

/** Counts how often the engine looks at the balance of an invoice: it does so for every pair that it weighs. */
function countingInvoices(count: number): { invoices: readonly OpenInvoice[]; looks: () => number; reset: () => void } {
  let looks = 0;
  const invoices = Array.from({ length: count }, (_, at): OpenInvoice => {
    const balance = eur(BigInt(1_000 + (at % 800)));
    const customer = {
      id: `c${at % 5_000}`,
      name: `Given${at % 300} Family${at % 5_000}`,
      companyName: at % 3 === 0 ? `Hosting ${at % 90} GmbH` : null,
    };
    return Object.defineProperty(
      { ...anInvoice({ id: `i${at}`, number: `KB-2031-${String(at).padStart(5, '0')}`, externalId: String(at), customer }) },
      'balance',
      {
        get: () => {
          looks += 1;
          return balance;
        },
      },
    );
  });
  return {
    invoices,
    looks: () => looks,
    reset: () => {
      looks = 0;
    },
  };
}

const paymentsFor = (count: number): readonly Payment[] =>
  Array.from({ length: count }, (_, at) =>
    aPayment({
      id: `p${at}`,
      amount: eur(BigInt(1_000 + ((at * 7) % 900))),
      remittance: at % 2 === 0 ? `Rechnung KB-2031-${String(at * 3).padStart(5, '0')} Kd 4711` : 'hosting may',
      payerName: at % 3 === 0 ? `FAMILY${at} GIVEN${at % 300}` : 'Hosting',
    }),
  );

describe('cost', () => {
  const work = (invoiceCount: number, paymentCount: number) => {
    const { invoices, looks, reset } = countingInvoices(invoiceCount);
    const index = indexInvoices(invoices);
    const indexing = looks();
    reset();
    for (const payment of paymentsFor(paymentCount)) propose(payment, index);
    return { indexing, matching: looks() };
  };

  it('of 1,000 payments against 20,000 open invoices is less than a hundredth of all pairs [REC-011]', () => {
    const { indexing, matching } = work(20_000, 1_000);

    expect(indexing).toBeLessThanOrEqual(20_000 * 10);
    expect(matching).toBeGreaterThan(0);
    expect(matching).toBeLessThan((20_000 * 1_000) / 100);
  });

  it('grows with the payments, and hardly with the invoices [REC-011]', () => {
    const small = work(10_000, 500).matching;

    expect(work(10_000, 1_000).matching).toBeLessThan(small * 2.5);
    expect(work(20_000, 500).matching).toBeLessThan(small * 2);
  });

  it('stays bounded for one payment when everything is alike: names, amounts and quoted digits [REC-011]', () => {
    let looks = 0;
    const invoices = Array.from({ length: 20_000 }, (_, at) =>
      Object.defineProperty(anInvoice({ id: `i${at}`, number: `KB-${at}-007`, externalId: 'x' }), 'balance', {
        get: () => {
          looks += 1;
          return eur(500n);
        },
      }),
    );
    const index = indexInvoices(invoices);
    looks = 0;

    const proposals = propose(aPayment({ amount: eur(500n), payerName: 'Greta Lindqvist', remittance: 'invoice 007' }), index);

    expect(proposals).toHaveLength(5);
    expect(looks).toBeLessThan(50 * 10);
  });

  it('stays bounded for one payment when many parties with many invoices are named like its payer [REC-011]', () => {
    let looks = 0;
    const invoices = Array.from({ length: 5_000 }, (_, at) => {
      const customer = { id: `c${at % 50}`, name: `Lindqvist ${at % 50}`, companyName: null };
      return Object.defineProperty(anInvoice({ id: `i${at}`, number: `KB-${at}`, customer }), 'balance', {
        get: () => {
          looks += 1;
          return eur(500n);
        },
      });
    });
    const index = indexInvoices(invoices);
    looks = 0;

    propose(aPayment({ amount: eur(400n), payerName: 'Lindqvist' }), index);

    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual(10 * 50 * 8);
  });
});
