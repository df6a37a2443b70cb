import { LOWEST_AUTO_APPROVAL } from '../../../src/reconciliation/engine/engine';
import type { OpenInvoice, Payment } from '../../../src/reconciliation/engine/types';
import { aCustomer, anInvoice, aPayment, eur, evidenceFor, match } from './builders';

/** Of another amount than any invoice and by an unnamed payer: only the reference leads anywhere. */
const quoting = (remittance: string, fields: Partial<Payment> = {}) => aPayment({ amount: eur(7_777n), remittance, ...fields });
const strength = (payment: Payment, ...invoices: OpenInvoice[]) => evidenceFor('REFERENCE', match(payment, ...invoices))?.data['strength'];

describe('references', () => {
  it.each([
    ['KB-2031-00412'],
    ['kb 2031 00412'],
    ['KB/2031/00412'],
    ['KB2031-412'],
    ['KB203100412'],
    ['Rechnung KB-2031-00412 vielen Dank'],
    ['RechnungKB-2031-00412vom 2.5.'],
    ['EREF+NOTPROVIDED SVWZ+KB-2031-00412'],
    ['KB-2031-004 12'],
    ['KB-20\n31-00412'],
  ])('finds the whole number in %j [REC-004]', text => {
    expect(strength(quoting(text), anInvoice())).toBe('WHOLE');
  });

  it.each([27, 35])('finds a number that a line break after %i characters splits at any place [REC-004]', width => {
    const number = 'KB-2031-00412';
    for (let split = 1; split < number.length; split += 1) {
      const line = `${'x'.repeat(width - split - 1)} ${number}`;
      expect(strength(quoting(`${line.slice(0, width)} ${line.slice(width)}`), anInvoice())).toBe('WHOLE');
    }
  });

  it.each([
    ['inv 7', 'WHOLE'],
    ['INV7', 'WHOLE'],
    ['INV-007', 'WHOLE'],
    ['thanks,Inv.7!', 'WHOLE'],
    ['INV-70', undefined],
    ['INV-17', undefined],
    ['INV-1 7 pieces', undefined],
    ['7', undefined],
  ])('reads %j as INV-7 only as a whole: %s (fault 6 of the earlier Payymo) [REC-004]', (text, expected) => {
    expect(strength(quoting(text), anInvoice({ number: 'INV-7', balance: eur(8_000n) }))).toBe(expected);
  });

  it.each(['10421', 'KB-2031-00001', 'paid 1 of 2', '2031-01-01', 'IBAN DE11 1111 1111 1111 1111 11', '1.000,00', 'item1'])(
    'never takes a 1 in %j for invoice 1 (fault 6 of the earlier Payymo) [REC-004]',
    text => {
      expect(match(quoting(text), anInvoice({ number: '1', externalId: '1' }))).toEqual([]);
    },
  );

  it('puts digits together again only where there are so many that it is no chance [REC-004]', () => {
    expect(strength(quoting('INV-1 7 pieces'), anInvoice({ number: 'INV-17' }))).toBeUndefined();
    expect(strength(quoting('Zahlung-7'), anInvoice({ number: 'NG-7' }))).toBeUndefined();
  });

  it('does not count one or two bare digits at all, even where the amount agrees [REC-004]', () => {
    const found = (number: string) =>
      evidenceFor('REFERENCE', match(aPayment({ remittance: `hosting ${number} months` }), anInvoice({ number })));

    expect([found('7'), found('12')]).toEqual([undefined, undefined]);
    expect(found('120')).toBeDefined();
  });

  it.each([
    ['long digits', 'paid 60412207 thx', '60412207', 'LONG'],
    ['digits of a number with letters', '2031-00412', 'KB-2031-00412', 'LONG'],
    ['few digits behind a label', 'Rechnung Nr. 1042', '1042', 'LABELLED'],
    ['few digits glued to a label', 'invoice1042', '1042', 'LABELLED'],
    ['a number of few characters', 'for A-1', 'A-1', 'LABELLED'],
    ['the last digits behind a label', 'factuur 412', 'KB-2031-00412', 'LABELLED'],
  ])('weighs %s for what they are [REC-004]', (_what, text, number, expected) => {
    expect(strength(quoting(text), anInvoice({ number }))).toBe(expected);
  });

  it('is not sure of few bare digits, and of long ones only while one open invoice has them [REC-004]', () => {
    const bare = (text: string, ...invoices: OpenInvoice[]) => strength(aPayment({ remittance: text }), ...invoices);

    expect(bare('1042', anInvoice({ number: '1042' }))).toBe('WEAK');
    expect(bare('60412207', anInvoice({ number: 'A-60412207' }), anInvoice({ number: 'B-60412207' }))).toBe('WEAK');
    expect(bare('A-60412207', anInvoice({ number: 'A-60412207' }), anInvoice({ number: 'B-60412207' }))).toBe('WHOLE');
  });

  it.each([
    ['another prefix', 'CN-2031-00412', 'KB-2031-00412'],
    ['a number that goes on', 'KB-2031-00412-3', 'KB-2031-00412'],
    ['a number with a letter behind', 'KB-2031-00412b', 'KB-2031-00412'],
    ['a number that lost its end', 'KB-2031-0004', 'KB-2031-00004'],
    ['a number at the end of a line that goes on with digits', 'KB-2031-00412\n5', 'KB-2031-00412'],
    ['a number in a date', 'invoice of 02.05.203100', '203100'],
  ])('doubts %s [REC-004]', (_what, text, number) => {
    expect(strength(aPayment({ remittance: text }), anInvoice({ number }))).toBe('WEAK');
  });

  it('doubts a number that ends where a line of 27 or 35 characters does, when digits follow [REC-004]', () => {
    const endingAt = (width: number) => `${'x'.repeat(width - 14)} KB-2031-00412 5 items`;
    const strengths = [26, 27, 28, 34, 35, 36].map(width => strength(aPayment({ remittance: endingAt(width) }), anInvoice()));

    expect(strengths).toEqual(['WHOLE', 'WEAK', 'WHOLE', 'WHOLE', 'WEAK', 'WHOLE']);
  });

  it('does not find a number inside a longer one that is found itself [REC-004]', () => {
    const shorter = anInvoice({ number: '2031-00412', customer: aCustomer({ name: 'Polder Data' }) });
    const signals = (...invoices: OpenInvoice[]) =>
      match(aPayment({ remittance: 'KB 2031-00412' }), ...invoices)
        .find(({ invoiceId }) => invoiceId === shorter.id)
        ?.evidence.map(({ signal }) => signal);

    expect(signals(shorter)).toEqual(['REFERENCE', 'AMOUNT', 'DATE']);
    expect(signals(shorter, anInvoice())).toEqual(['AMOUNT', 'DATE']);
  });

  it('prefers the longer of two numbers that stand in the same words [REC-004]', () => {
    const proposals = match(quoting('KB-2031-0041 2'), anInvoice(), anInvoice({ number: 'KB-2031-00041', balance: eur(9_000n) }));

    expect(proposals.map(({ invoiceId }) => invoiceId)).toEqual(['KB-2031-00412']);
  });

  it('takes a number for the invoice that bears it, not for one whose id in the billing system it is [REC-004]', () => {
    const numbered = anInvoice({ number: '1042', externalId: '990' });
    const counted = anInvoice({ number: 'KB-2031-00990', externalId: '1042' });

    expect(match(quoting('invoice 1042'), numbered, counted).map(({ invoiceId }) => invoiceId)).toEqual(['1042']);
    expect(match(quoting('invoice 1042'), counted)).toHaveLength(1);
  });

  it('takes the label for a prefix where numbers begin with it [REC-004]', () => {
    const other = anInvoice({ number: 'KB-2031-00017', externalId: '5' });

    expect(strength(quoting('INV-17'), other)).toBe('LABELLED');
    expect(match(quoting('INV-17'), other, anInvoice({ number: 'INV-18' }))).toEqual([]);
  });

  it.each([
    ['structured reference', { structuredReference: 'RF45KB203100412' }, 'WHOLE'],
    ['structured reference of few digits', { structuredReference: 'RF20412' }, 'LABELLED'],
    ['best of several', { structuredReference: 'KB203100412', endToEndId: '412' }, 'WHOLE'],
    ['end-to-end id', { endToEndId: 'KB-2031-00412' }, 'WHOLE'],
  ])('reads the %s as well, each text for itself [REC-004]', (_field, fields, expected) => {
    expect(strength(quoting('KB-2031', fields), anInvoice())).toBe(expected);
  });

  it('gives up a key that more than fifty invoices share, and any invoice without digits in its number [REC-004]', () => {
    const many = Array.from({ length: 51 }, (_, at) => anInvoice({ id: `i${at}`, number: `KB-${2000 + at}-0412`, externalId: `${at}` }));

    expect(match(quoting('invoice 412'), ...many)).toEqual([]);
    expect(match(quoting('DRAFT'), anInvoice({ number: 'DRAFT' }))).toEqual([]);
  });

  it('lets nothing but an unmistakable reference reach automatic approval by itself [REC-004]', () => {
    const confidence = (text: string, number: string) => match(quoting(text), anInvoice({ number }))[0]?.confidence;

    expect(confidence('KB-2031-00412', 'KB-2031-00412')).toBeGreaterThan(LOWEST_AUTO_APPROVAL);
    expect(confidence('invoice 1042', '1042')).toBeLessThan(LOWEST_AUTO_APPROVAL);
    expect(confidence('60412207', '60412207')).toBeLessThan(LOWEST_AUTO_APPROVAL);
    expect(confidence('1042', '1042')).toBeUndefined();
  });
});
