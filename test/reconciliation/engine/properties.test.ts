import fc from 'fast-check';

import { CONFIDENCE_FLOOR, indexInvoices, markTies, propose } from '../../../src/reconciliation/engine/engine';
import type { OpenInvoice, Payment } from '../../../src/reconciliation/engine/types';

/** Small ranges, so that invoices and payments often agree in something. */
const numbers = fc.oneof(
  fc
    .tuple(fc.constantFrom('KB', 'INV', 'A'), fc.integer({ min: 2030, max: 2031 }), fc.integer({ min: 1, max: 30 }))
    .map(([prefix, year, at]) => `${prefix}-${year}-${String(at).padStart(5, '0')}`),
  fc.integer({ min: 1, max: 300 }).map(String),
  fc.integer({ min: 1, max: 30 }).map(at => `INV-${at}`),
  fc.string({ maxLength: 12 }),
);
const names = fc
  .array(fc.constantFrom('Greta', 'Lindqvist', 'Polder', 'Data', 'BV', 'G', 'Jürgen', 'Lind'), { maxLength: 3 })
  .map(words => words.join(' '));
const money = fc.record({ amountMinor: fc.bigInt({ min: -1n, max: 12n }), currency: fc.constantFrom('EUR', 'EUR', 'JPY') });
const dates = fc.integer({ min: 1, max: 28 }).map(day => `2031-05-${String(day).padStart(2, '0')}`);
const invoices = (maxLength: number) =>
  fc.uniqueArray(
    fc.record<OpenInvoice>({
      id: fc.integer({ min: 1, max: 999 }).map(at => `i${at}`),
      number: numbers,
      externalId: fc.integer({ min: 1, max: 999 }).map(String),
      balance: money,
      issuedOn: dates,
      dueOn: fc.option(dates),
      customer: fc.record({ id: fc.string(), name: names, companyName: fc.option(names) }),
    }),
    { maxLength, selector: ({ id }) => id },
  );
/** Texts quote the open invoices more often than not. */
const textsAbout = (open: readonly OpenInvoice[]) => {
  const words = fc.constantFrom(
    'invoice',
    'Rechnung Nr.',
    '\n',
    '-',
    '/',
    '17',
    ...open.flatMap(({ number, externalId }) => [number, number.replaceAll('-', ' '), externalId]),
  );
  return fc.tuple(fc.array(words, { maxLength: 5 }), fc.constantFrom('', ' ', ' ')).map(([parts, gap]) => parts.join(gap));
};
const paymentsFor = (open: readonly OpenInvoice[]) =>
  fc.record<Payment>({
    id: fc.integer().map(at => `p${at}`),
    amount: money,
    bookedOn: dates,
    payerName: fc.option(names),
    payerIban: fc.constant(null),
    remittance: textsAbout(open),
    structuredReference: fc.option(numbers),
    endToEndId: fc.option(textsAbout(open)),
  });
const casesOf = (maxLength: number) => invoices(maxLength).chain(open => fc.tuple(paymentsFor(open), fc.constant(open)));
const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) => {
  fc.assert(fc.property(arbitrary, check), { numRuns: 400 });
};
const cases = casesOf(8);

describe('for any payment and any invoices', () => {
  it('a match pays more than zero, and never more than the payment or the balance [DAT-005]', () => {
    holds(cases, ([payment, open]) => {
      for (const { invoiceId, amount } of propose(payment, indexInvoices(open))) {
        const balance = open.find(({ id }) => id === invoiceId)?.balance.amountMinor ?? 0n;
        expect(amount.amountMinor).toBe(payment.amount.amountMinor < balance ? payment.amount.amountMinor : balance);
        expect(amount.amountMinor > 0n).toBe(true);
      }
    });
  });

  it('payment, match and invoice have one currency [DAT-005]', () => {
    holds(cases, ([payment, open]) => {
      for (const { invoiceId, amount } of propose(payment, indexInvoices(open))) {
        expect([amount.currency, open.find(({ id }) => id === invoiceId)?.balance.currency]).toEqual(
          Array(2).fill(payment.amount.currency),
        );
      }
    });
  });

  it('the contributions add up to a confidence from the floor to below certainty [REC-002]', () => {
    holds(cases, ([payment, open]) => {
      for (const { confidence, evidence } of propose(payment, indexInvoices(open))) {
        expect(evidence.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(confidence);
        expect(Number.isInteger(confidence) && confidence >= CONFIDENCE_FLOOR && confidence < 10_000).toBe(true);
        expect(evidence.every(({ explanation }) => explanation !== '')).toBe(true);
      }
    });
  });

  it('each signal speaks once at most [REC-002]', () => {
    holds(cases, ([payment, open]) => {
      for (const { evidence } of propose(payment, indexInvoices(open))) {
        expect(new Set(evidence.map(({ signal }) => signal)).size).toBe(evidence.length);
      }
    });
  });

  it('there are at most five proposals, each for another invoice, the best first [REC-002]', () => {
    holds(cases, ([payment, open]) => {
      const proposals = propose(payment, indexInvoices(open));
      const confidences = proposals.map(({ confidence }) => confidence);
      expect(confidences).toEqual([...confidences].sort((one, other) => other - one));
      expect(new Set(proposals.map(({ invoiceId }) => invoiceId)).size).toBe(proposals.length);
      expect(proposals.length).toBeLessThanOrEqual(5);
    });
  });

  it('the order of the invoices changes nothing [REC-002]', () => {
    const inTwoOrders = cases.chain(([payment, open]) => fc.tuple(fc.constant(payment), fc.constant(open), shuffled(open)));
    holds(inTwoOrders, ([payment, open, again]) => {
      expect(propose(payment, indexInvoices(again))).toEqual(propose(payment, indexInvoices(open)));
    });
  });

  it('one more open invoice never raises the confidence in another [REC-002]', () => {
    holds(casesOf(6), ([payment, open]) => {
      const before = new Map(propose(payment, indexInvoices(open.slice(1))).map(proposal => [proposal.invoiceId, proposal.confidence]));
      for (const { invoiceId, confidence } of propose(payment, indexInvoices(open))) {
        if (invoiceId !== open[0]?.id) expect(confidence).toBeLessThanOrEqual(before.get(invoiceId) ?? 0);
      }
    });
  });

  it('of two equally good proposals of a payment both are tied [REC-006]', () => {
    holds(cases, ([payment, open]) => {
      const proposals = propose(payment, indexInvoices(open));
      const untied = proposals.filter(({ tied }) => !tied);
      expect(untied.length).toBeLessThanOrEqual(1);
      expect(untied.every(({ confidence }) => confidence === proposals[0]?.confidence)).toBe(true);
    });
  });

  it('over a batch at most one payment has an untied claim to an invoice [REC-006]', () => {
    const batches = invoices(4).chain(open =>
      fc.tuple(fc.uniqueArray(paymentsFor(open), { maxLength: 8, selector: ({ id }) => id }), fc.constant(open)),
    );
    holds(batches, ([batch, open]) => {
      const index = indexInvoices(open);
      const claimed = markTies(batch.flatMap(payment => propose(payment, index))).filter(({ tied }) => !tied);
      expect(new Set(claimed.map(({ invoiceId }) => invoiceId)).size).toBe(claimed.length);
    });
  });
});
