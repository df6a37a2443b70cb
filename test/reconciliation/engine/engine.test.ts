import { CONFIDENCE_FLOOR, ENGINE_VERSION, LOWEST_AUTO_APPROVAL } from '../../../src/reconciliation/engine/engine';
import { aCustomer, anInvoice, aPayment, eur, evidenceFor, match } from './builders';

describe('propose', () => {
  it('explains each signal with its contribution, in words and in data [REC-002]', () => {
    const payment = aPayment({ remittance: 'Rechnung kb 2031 00412', payerName: 'LINDQVIST GRETA' });

    expect(match(payment, anInvoice())).toEqual([
      {
        paymentId: 'p1',
        invoiceId: 'KB-2031-00412',
        amount: eur(12_000n),
        confidence: 9_888,
        tied: false,
        evidence: [
          {
            signal: 'REFERENCE',
            contribution: 9_400,
            explanation: 'The payer wrote "kb 2031 00412", the number of this invoice',
            data: { written: 'kb 2031 00412', number: 'KB-2031-00412', kind: 'NUMBER', strength: 'WHOLE', others: 0 },
          },
          {
            signal: 'PAYER',
            contribution: 420,
            explanation: 'The payer "LINDQVIST GRETA" has the name of the customer (Greta Lindqvist)',
            data: { payer: 'LINDQVIST GRETA', customer: 'Greta Lindqvist', likeness: 10_000 },
          },
          {
            signal: 'AMOUNT',
            contribution: 63,
            explanation: 'EUR 120.00 is the balance of this invoice; no other open invoice has it',
            data: { paid: 'EUR 120.00', owed: 'EUR 120.00', equalBalances: 1 },
          },
          {
            signal: 'DATE',
            contribution: 5,
            explanation: 'The payment came 7 days after the invoice was issued',
            data: { daysAfterIssue: 7 },
          },
        ],
      },
    ]);
  });

  it.each([
    ['another currency', { amount: { amountMinor: 12_000n, currency: 'USD' } }],
    ['a payment that went out', { amount: eur(-12_000n) }],
    ['a payment of nothing', { amount: eur(0n) }],
  ])('proposes nothing for %s, whatever it quotes (fault 5 of the earlier Payymo) [DAT-005]', (_what, fields) => {
    expect(match(aPayment({ remittance: 'KB-2031-00412', payerName: 'Greta Lindqvist', ...fields }), anInvoice())).toEqual([]);
  });

  it('counts in whole minor units, exact beyond what a float holds, in currencies of any exponent [DAT-005]', () => {
    const yen = (amountMinor: bigint) => ({ amountMinor, currency: 'JPY' });
    const invoice = anInvoice({ balance: yen(9_007_199_254_740_993n) });

    const exact = match(aPayment({ amount: yen(9_007_199_254_740_993n), remittance: 'KB-2031-00412' }), invoice);
    const one = match(aPayment({ amount: yen(9_007_199_254_740_992n), remittance: 'KB-2031-00412' }), invoice);

    expect(evidenceFor('AMOUNT', exact)?.explanation).toMatch(/^JPY 9,007,199,254,740,993 is the balance/);
    expect(evidenceFor('AMOUNT', one)?.explanation).toMatch(/^JPY 9,007,199,254,740,992 would pay a part/);
  });

  it.each([
    ['pays the balance when it is exactly that', 12_000n, 12_000n, /is the balance/],
    ['pays a part when it is less', 11_999n, 11_999n, /would pay a part/],
    ['pays no more than the balance when it is more', 12_001n, 12_000n, /is more than the balance/],
  ])('%s [REC-002, DAT-005]', (_what, paid, proposed, explanation) => {
    const proposals = match(aPayment({ amount: eur(paid), remittance: 'KB-2031-00412' }), anInvoice());

    expect(proposals[0]?.amount).toEqual(eur(proposed));
    expect(evidenceFor('AMOUNT', proposals)?.explanation).toMatch(explanation);
  });

  it('believes the balance most, a part of it less, and doubts what is more [REC-002]', () => {
    const contribution = (paid: bigint) =>
      evidenceFor('AMOUNT', match(aPayment({ amount: eur(paid), remittance: 'KB-2031-00412' }), anInvoice()))?.contribution ?? 0;

    expect(contribution(12_000n)).toBeGreaterThan(contribution(6_000n));
    expect(contribution(6_000n)).toBeGreaterThan(0);
    expect(contribution(13_000n)).toBeLessThan(0);
  });

  it('never comes near automatic approval by amount and date alone (fault 6 of the earlier Payymo) [REC-002]', () => {
    const [best] = match(aPayment({ bookedOn: '2031-05-02' }), anInvoice());

    expect(best?.evidence.map(({ signal }) => signal)).toEqual(['AMOUNT', 'DATE']);
    expect(best?.confidence).toBeLessThan(3_900);
    expect(LOWEST_AUTO_APPROVAL).toBeGreaterThanOrEqual(9_000);
  });

  it('believes an amount the less, the more open invoices have it, until it is no lead at all [REC-002]', () => {
    const confidence = (others: number) => {
      const invoices = Array.from({ length: others + 1 }, (_, at) => anInvoice({ id: `i${at}`, number: `KB-2031-${1000 + at}` }));
      return match(aPayment({ bookedOn: '2033-01-01' }), ...invoices)[0]?.confidence;
    };

    expect([confidence(0), confidence(1), confidence(4), confidence(5), confidence(60)]).toEqual([
      3_500,
      2_500,
      2_500,
      undefined,
      undefined,
    ]);
    expect(confidence(1)).toBeGreaterThanOrEqual(CONFIDENCE_FLOOR);
  });

  it.each([
    ['on the day of issue', '2031-05-02', 1],
    ['two weeks after it was due', '2031-05-30', 1],
    ['long after', '2031-08-01', undefined],
    ['a day before the issue', '2031-05-01', undefined],
    ['well before the issue', '2031-04-02', -1],
    ['on a day that does not exist', 'unknown', undefined],
  ])('judges a payment %s [REC-002]', (_when, bookedOn, sign) => {
    const evidence = evidenceFor('DATE', match(aPayment({ bookedOn }), anInvoice()));

    expect(evidence && Math.sign(evidence.contribution)).toBe(sign);
  });

  it('leaves the top without a cap: more evidence always ranks higher (fault 6 of the earlier Payymo) [REC-002]', () => {
    const quoting = { remittance: 'KB-2031-00412', bookedOn: '2033-01-01' };
    const ranked = [
      match(aPayment({ ...quoting, amount: eur(20_000n) }), anInvoice()),
      match(aPayment({ ...quoting, amount: eur(5_000n) }), anInvoice()),
      match(aPayment(quoting), anInvoice()),
      match(aPayment({ ...quoting, payerName: 'Greta Lindqvist' }), anInvoice()),
      match(aPayment({ ...quoting, payerName: 'Greta Lindqvist', bookedOn: '2031-05-09' }), anInvoice()),
    ].map(([best]) => best?.confidence ?? 0);

    expect(ranked).toEqual([...new Set(ranked)].sort((one, other) => one - other));
    expect(Math.max(...ranked)).toBeLessThan(10_000);
  });

  it('weighs what speaks for a match before what speaks against it [REC-002]', () => {
    const [best] = match(aPayment({ payerName: 'Polder Data', bookedOn: '2031-04-01' }), anInvoice());

    expect(best?.evidence.map(({ signal, contribution }) => [signal, contribution])).toEqual([
      ['AMOUNT', 3_500],
      ['PAYER', -105],
      ['DATE', -101],
    ]);
    expect(best?.confidence).toBe(3_294);
  });

  it('proposes at most five invoices, the best first, then by id [REC-002]', () => {
    const invoices = ['c', 'g', 'a', 'f', 'b', 'e', 'd'].map((id, at) =>
      anInvoice({ id, number: `KB-2031-00${at}99`, balance: eur(50_000n) }),
    );
    const quoted = anInvoice({ id: 'z', customer: aCustomer({ name: 'Somebody Else' }), balance: eur(90_000n) });

    const proposals = match(aPayment({ payerName: 'Greta Lindqvist', remittance: 'KB-2031-00412' }), ...invoices, quoted);

    expect(proposals.map(({ invoiceId }) => invoiceId)).toEqual(['z', 'a', 'b', 'c', 'd']);
  });

  it('leaves invoices out that have nothing left to pay [REC-002]', () => {
    expect(match(aPayment({ remittance: 'KB-2031-00412' }), anInvoice({ balance: eur(0n) }))).toEqual([]);
    expect(match(aPayment())).toEqual([]);
  });

  it('names its version, so that a decision can be traced to the rules that made it [REC-002]', () => {
    expect(ENGINE_VERSION).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
