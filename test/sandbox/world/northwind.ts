import type { BusinessPlan } from './build-business';
import { abnAmro } from './formats/abn-amro';
import { belfius } from './formats/belfius';
import { boursobank } from './formats/boursobank';
import { bper } from './formats/bper';
import { commerzbank } from './formats/commerzbank';
import { ingGermany } from './formats/ing-germany';
import { revolut } from './formats/revolut';
import { sandboxFinance } from './formats/sandbox-finance';
import { sparkasseDuesseldorf } from './formats/sparkasse-duesseldorf';
import { sparkasseMarburg } from './formats/sparkasse-marburg';
import { COMPANY_NAMES, FIRST_NAMES, LAST_NAMES, LEGAL_FORMS, TRADES } from './names';
import { northwindTraffic } from './northwind-traffic';

/** A German host with an account at ten banks, each with a format of its own. */
export const northwind: BusinessPlan = {
  business: { slug: 'northwind', name: 'Northwind Hosting', country: 'DE', currency: 'EUR', institutionId: 'SANDBOXFINANCE_SFIN0000' },
  owner: 'Northwind Hosting GmbH',
  accounts: [
    { format: sandboxFinance, poison: 'amount' },
    { format: abnAmro },
    { format: commerzbank },
    { format: ingGermany, poison: 'date' },
    { format: sparkasseMarburg },
    { format: sparkasseDuesseldorf },
    { format: belfius },
    { format: boursobank },
    { format: bper },
    { format: revolut },
  ],
  linesPerAccount: 24,
  names: {
    firstNames: FIRST_NAMES,
    lastNames: LAST_NAMES,
    companyNames: COMPANY_NAMES,
    trades: TRADES,
    legalForms: LEGAL_FORMS,
    countries: ['DE', 'DE', 'DE', 'AT', 'NL', 'BE', 'FR'],
  },
  customers: { companies: 40, persons: 20 },
  fates: {
    exact: 16,
    noisy: 14,
    wrapped: 6,
    'bare-number': 6,
    'payer-name': 8,
    'shortened-name': 6,
    partial: 4,
    overpayment: 3,
    'two-invoices': 3,
    'other-currency': 2,
    tie: 3,
    open: 42,
    Paid: 6,
    Cancelled: 4,
    Refunded: 1,
  },
  numberOf: (index, year) => `NW-${year}-${String(FIRST_NUMBER + index).padStart(5, '0')}`,
  phrases: {
    prefixes: [
      'Rechnung ',
      'Rechnungsnr. ',
      'Rg.-Nr. ',
      'RE ',
      'INV ',
      'Invoice ',
      'factuur ',
      'Factuurnr: ',
      'Facture no ',
      'Fattura n. ',
    ],
    suffixes: ['', '', ' danke', ' Hosting', ', vielen Dank', ' bedankt', ' KdNr 20815', ' merci'],
    vague: ['', 'Hosting', 'Webhosting', 'Server', 'Danke', 'wie vereinbart', 'Abo', 'Domains'],
  },
  traffic: northwindTraffic,
  billing: {
    identifier: 'northwind-identifier',
    secret: 'northwind-secret',
    gateway: 'banktransfer',
    currency: { id: '1', code: 'EUR', prefix: '', suffix: ' EUR' },
  },
};

const FIRST_NUMBER = 17;
