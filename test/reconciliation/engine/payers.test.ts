import { LOWEST_AUTO_APPROVAL } from '../../../src/reconciliation/engine/engine';
import { similarity, wordsOf } from '../../../src/reconciliation/engine/payer-name';
import { aCustomer, anInvoice, aPayment, eur, evidenceFor, match } from './builders';

const alike = (one: string, other: string) => similarity(wordsOf(one), wordsOf(other));

describe('payers', () => {
  it.each([
    ['order and case', 'LINDQVIST, GRETA', 'Greta Lindqvist'],
    ['titles', 'Frau Dr. Greta Lindqvist', 'Greta Lindqvist'],
    ['accents', 'Francois Beranger', 'François Béranger'],
    ['umlauts spelt out', 'Juergen Koester', 'Jürgen Köster'],
    ['letters that have no accent apart', 'Soren Lodz', 'Søren Łódź'],
    ['legal forms', 'Polder Data', 'Polder Data B.V.'],
    ['abbreviated legal forms', 'Alpenwolke Ges. mbH & Co. KG', 'Alpenwolke Ges. GmbH'],
    ['apostrophes', "Shane O'Rourke", 'Shane ORourke'],
    ['initials with points', 'J.P. Marchetti', 'JP Marchetti'],
  ])('sees through %s [REC-002]', (_what, one, other) => {
    expect(alike(one, other)).toBe(10_000);
  });

  it.each([
    ['a cut word', 'Harbourlight Internatio', 'Harbourlight International'],
    ['an initial', 'G. Lind', 'Greta Lind'],
    ['a missing word', 'Harbourlight', 'Harbourlight Media'],
  ])('tolerates %s, but does not take it for equal [REC-002]', (_what, one, other) => {
    expect(alike(one, other)).toBeGreaterThan(7_000);
    expect(alike(one, other)).toBeLessThan(10_000);
  });

  it('takes neither two nor three letters for a cut word [REC-002]', () => {
    expect(alike('Gre Lindqvist', 'Greta Lindqvist')).toBe(alike('Gxy Lindqvist', 'Greta Lindqvist'));
    expect(alike('Gret Lindqvist', 'Greta Lindqvist')).toBeGreaterThan(alike('Gre Lindqvist', 'Greta Lindqvist'));
  });

  it.each([
    ['nothing alike', 'Polder Data BV', 'Greta Lindqvist'],
    ['only the legal form', 'Polder GmbH', 'Alpen GmbH'],
    ['nothing but signs', '---', 'Greta Lindqvist'],
    ['no letters at all', '---', '***'],
  ])('finds no likeness where there is %s [REC-002]', (_what, one, other) => {
    expect(alike(one, other)).toBe(0);
  });

  it('keeps a name that consists of a legal form only [REC-002]', () => {
    expect(alike('Co', 'CO Ltd')).toBe(alike('Ltd Co', 'co'));
    expect(wordsOf('AG')).toEqual(['AG']);
  });

  it('compares with the person and with the company, and takes the better [REC-002]', () => {
    const customer = aCustomer({ name: 'Greta Lindqvist', companyName: 'Polder Data B.V.' });
    const likeness = (payerName: string) => evidenceFor('PAYER', match(aPayment({ payerName }), anInvoice({ customer })))?.data['likeness'];

    expect([likeness('POLDER DATA'), likeness('G Lindqvist'), likeness('Someone Else')]).toEqual([10_000, expect.any(Number), 0]);
    expect(evidenceFor('PAYER', match(aPayment(), anInvoice({ customer })))).toBeUndefined();
  });

  it('finds the invoices of a known payer without reference or amount, but is never sure of one [REC-002]', () => {
    const best = match(aPayment({ payerName: 'Greta Lindqvist', amount: eur(5_000n) }), anInvoice())[0];

    expect(best?.evidence.map(({ signal }) => signal)).toEqual(['PAYER', 'AMOUNT', 'DATE']);
    expect(best?.confidence).toBeLessThan(LOWEST_AUTO_APPROVAL);
    expect(match(aPayment({ payerName: 'Greta Lindqvist' }), anInvoice())[0]?.confidence).toBeLessThan(8_200);
  });

  it('believes a surname much less than a name [REC-002]', () => {
    const contribution = (payerName: string) => evidenceFor('PAYER', match(aPayment({ payerName }), anInvoice()))?.contribution ?? 0;

    expect(contribution('Peter Lindqvist')).toBeGreaterThan(0);
    expect(contribution('Peter Lindqvist')).toBeLessThan(contribution('Greta Lindqvist') / 2);
  });

  it('takes a word for no lead that more than fifty parties have in their names [REC-002]', () => {
    const parties = Array.from({ length: 51 }, (_, at) =>
      anInvoice({ id: `i${at}`, number: `KB-${at}`, customer: aCustomer({ name: `Lindqvist ${at}` }) }),
    );
    const payment = aPayment({ payerName: 'Lindqvist', amount: eur(1n) });

    expect(match(payment, ...parties.slice(0, 50))).toHaveLength(5);
    expect(match(payment, ...parties)).toEqual([]);
  });

  it('finds a whole name even where each of its words is common [REC-002]', () => {
    const strangers = Array.from({ length: 60 }, (_, at) => [
      anInvoice({ id: `a${at}`, number: `A-${at}`, customer: aCustomer({ name: `Greta Nr${at}x` }) }),
      anInvoice({ id: `b${at}`, number: `B-${at}`, customer: aCustomer({ name: `Nr${at}x Lindqvist` }) }),
    ]);

    const [best] = match(aPayment({ payerName: 'Lindqvist Greta', amount: eur(1n) }), anInvoice(), ...strangers.flat());

    expect(best?.invoiceId).toBe('KB-2031-00412');
  });

  it('takes a little from a match when another party paid [REC-002]', () => {
    const quoting = { remittance: 'KB-2031-00412' };
    const unknown = match(aPayment(quoting), anInvoice())[0];
    const another = match(aPayment({ ...quoting, payerName: 'Polder Data' }), anInvoice());

    expect(evidenceFor('PAYER', another)?.contribution).toBeLessThan(0);
    expect(another[0]?.confidence).toBeLessThan(unknown?.confidence ?? 0);
    expect(another[0]?.confidence).toBeGreaterThan(LOWEST_AUTO_APPROVAL);
  });
});
