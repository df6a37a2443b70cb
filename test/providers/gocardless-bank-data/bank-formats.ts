import type { BankLine } from '../../../src/providers/bank-provider';

type Wire = Readonly<Record<string, unknown>>;

export const eur = (amount: string) => ({ transactionAmount: { amount, currency: 'EUR' } });
export const money = (amountMinor: bigint, currency = 'EUR') => ({ amountMinor, currency });
export const dated = { bookingDate: '2026-02-11', ...eur('18.00') };

/** What a bank sends, and what is to be read from it. The formats are those of the banks; every value is invented. */
export const BANKS: readonly [bank: string, wire: Wire, expected: Partial<BankLine>][] = [
  [
    'ABN AMRO: lines of text, and a time of value with a fraction',
    {
      transactionId: '4410982210056671',
      bookingDate: '2026-02-11',
      valueDateTime: '2026-02-10T23:59:58.120',
      ...eur('249.00'),
      remittanceInformationUnstructuredArray: [
        'SEPA Overboeking',
        'Naam: Van Wijk Tegels',
        'Omschrijving: HH-2041',
        'Kenmerk: NOTPROVIDED',
      ],
    },
    {
      providerId: '4410982210056671',
      amount: money(24_900n),
      bookedOn: '2026-02-11',
      valueOn: '2026-02-10',
      counterpartyName: null,
      remittance: 'SEPA Overboeking Naam: Van Wijk Tegels Omschrijving: HH-2041 Kenmerk: NOTPROVIDED',
    },
  ],
  [
    'ABN AMRO: a card payment without a booking date',
    {
      valueDateTime: '2026-02-08T17:20:01.004',
      ...eur('-7.15'),
      remittanceInformationUnstructuredArray: ['BEA, Betaalpas', 'Kiosk Zuid,PAS014'],
    },
    { amount: money(-715n), bookedOn: '2026-02-08', valueOn: '2026-02-08', remittance: 'BEA, Betaalpas Kiosk Zuid,PAS014' },
  ],
  [
    'Bank of Ireland: a time instead of a date, midnight near',
    { bookingDateTime: '2026-02-11T23:40:00Z', ...eur('31.4'), remittanceInformationUnstructured: 'ODRISCOLL MARINE HH2042' },
    { amount: money(3_140n), bookedOn: '2026-02-11', valueOn: null, remittance: 'ODRISCOLL MARINE HH2042' },
  ],
  [
    'Belfius: the same transactionId on every line, an internal one for each',
    {
      ...dated,
      transactionId: '0000000000',
      internalTransactionId: 'D20260211000041',
      remittanceInformationUnstructured: 'VIREMENT DE LEROY',
    },
    { providerId: '0000000000', internalId: 'D20260211000041', remittance: 'VIREMENT DE LEROY' },
  ],
  [
    'BoursoBank: the name in the first of two lines',
    { ...dated, remittanceInformationUnstructuredArray: ['VIR SEPA ATELIER MOREL', 'FACTURE HH-2043'], valueDate: '2026-02-12' },
    { valueOn: '2026-02-12', remittance: 'VIR SEPA ATELIER MOREL FACTURE HH-2043' },
  ],
  [
    'BPER: a sentence and nothing else',
    { ...dated, remittanceInformationUnstructured: 'BONIFICO o/c: FERRI LUCA Num. Bon.Sepa 0042 fattura HH-2044' },
    { providerId: null, internalId: null, endToEndId: null, remittance: 'BONIFICO o/c: FERRI LUCA Num. Bon.Sepa 0042 fattura HH-2044' },
  ],
  [
    'Commerzbank: the whole text in lines only, cut in the two other fields',
    {
      ...dated,
      ...eur('100'),
      endToEndId: 'NOTPROVIDED',
      internalTransactionId: '9ad01c',
      remittanceInformationUnstructured: 'Kranz Metallbau\nRechnung HH-20',
      remittanceInformationUnstructuredArray: ['Kranz Metallbau', 'Rechnung HH-20', '45 vom Januar', 'Überweisung'],
      remittanceInformationStructured: 'Kranz Metallbau Rechnung HH-20',
    },
    {
      amount: money(10_000n),
      endToEndId: null,
      remittance: 'Kranz Metallbau Rechnung HH-20 45 vom Januar Überweisung',
      structuredReference: null,
    },
  ],
  [
    'ING in Germany: names of fields before the text, runs of blanks within',
    {
      ...dated,
      debtorName: 'PETERSEN  GMBH                ',
      endToEndId: '8812-55-HH',
      remittanceInformationUnstructured: 'mandatereference:,creditorid:,remittanceinformation:HH-2046           Danke              ',
      proprietaryBankTransactionCode: 'Gutschrift',
    },
    {
      counterpartyName: 'PETERSEN GMBH',
      remittance: 'HH-2046 Danke',
      endToEndId: '8812-55-HH',
      bankTransactionCode: 'Gutschrift',
    },
  ],
  [
    'Revolut: the second line is the text of the payer',
    {
      bookingDate: '2026-02-11',
      ...eur('-1.5'),
      remittanceInformationUnstructuredArray: ['To: Odile Faure', 'Lunch'],
      creditorName: 'Odile Faure',
    },
    { amount: money(-150n), counterpartyName: 'Odile Faure', remittance: 'To: Odile Faure Lunch' },
  ],
  [
    'Sandbox Finance: all as the document has it',
    {
      ...dated,
      transactionId: '2026021100-1',
      debtorName: 'Mon Mothma',
      debtorAccount: { iban: 'GL53 1111 0000 0135 10' },
      bankTransactionCode: 'PMNT-RCDT-ESCT',
      proprietaryBankTransactionCode: 'own',
      remittanceInformationUnstructured: 'HH-2047',
      remittanceInformationStructured: 'RF18 5390 0754 7034',
    },
    {
      counterpartyName: 'Mon Mothma',
      counterpartyIban: 'GL5311110000013510',
      bankTransactionCode: 'PMNT-RCDT-ESCT',
      remittance: 'HH-2047',
      structuredReference: 'RF18 5390 0754 7034',
    },
  ],
  [
    'Sparkasse Marburg: the text in the structured field only',
    { ...dated, debtorName: 'Werk 8 AG', remittanceInformationStructured: 'Rechnung HH-2048/02' },
    { counterpartyName: 'Werk 8 AG', remittance: 'Rechnung HH-2048/02', structuredReference: null },
  ],
  [
    'Sparkasse Marburg: the text in structured lines',
    { ...dated, remittanceInformationStructuredArray: ['Abschluss', 'siehe Beleg'] },
    { remittance: 'Abschluss siehe Beleg' },
  ],
  [
    'Stadtsparkasse Düsseldorf: only the ultimate party is named, the text stands in the additional field',
    { ...dated, ...eur('-40.00'), ultimateCreditor: 'Stadtwerke Nord', additionalInformation: 'Abschlag Februar' },
    { counterpartyName: 'Stadtwerke Nord', remittance: 'Abschlag Februar' },
  ],
  [
    'KBC: a value date only',
    { valueDate: '2026-02-09', ...eur('10.99'), debtorName: 'BAKKER TOM', remittanceInformationUnstructured: 'BAKKER TOM' },
    { bookedOn: '2026-02-09', valueOn: '2026-02-09', counterpartyName: 'BAKKER TOM' },
  ],
  [
    'Alior: our own name beside the other side',
    {
      ...dated,
      transactionAmount: { amount: '-12.50', currency: 'PLN' },
      debtorName: 'HALVORSEN HOSTING',
      debtorAccount: { iban: 'PL61109010140000071219812874' },
    },
    { amount: money(-1_250n, 'PLN'), counterpartyName: null, counterpartyIban: null },
  ],
  [
    'mBank: an amount and a date',
    { bookingDate: '2026-02-11', ...eur('200.0') },
    { amount: money(20_000n), remittance: '', counterpartyName: null },
  ],
];
