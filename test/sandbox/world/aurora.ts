import { auroraTraffic } from './aurora-traffic';
import type { BusinessPlan } from './build-business';
import { bankOfIreland } from './formats/bank-of-ireland';
import { revolut } from './formats/revolut';
import { sandboxFinance } from './formats/sandbox-finance';
import { UK_COMPANY_NAMES, UK_FIRST_NAMES, UK_LAST_NAMES, UK_LEGAL_FORMS, UK_TRADES } from './names';

/**
 * A smaller host in Britain that took over a part of Northwind's customers with their invoices: it goes on with `inherited`
 * numbers before it uses its own. The ids of its installation begin where Northwind's do.
 */
export const aurora = (inherited: readonly string[]): BusinessPlan => ({
  business: { slug: 'aurora', name: 'Aurora Cloud', country: 'GB', currency: 'GBP', institutionId: 'SANDBOXFINANCE_GB_SFIN0001' },
  owner: 'Aurora Cloud Ltd',
  accounts: [
    { format: sandboxFinance, elsewhere: { institution: 'SANDBOXFINANCE_GB_SFIN0001', country: 'GB' } },
    { format: revolut, elsewhere: { institution: 'REVOLUT_REVOGB21', country: 'GB' } },
    { format: bankOfIreland },
  ],
  linesPerAccount: 20,
  names: {
    firstNames: UK_FIRST_NAMES,
    lastNames: UK_LAST_NAMES,
    companyNames: UK_COMPANY_NAMES,
    trades: UK_TRADES,
    legalForms: UK_LEGAL_FORMS,
    countries: ['GB'],
  },
  customers: { companies: 12, persons: 8 },
  fates: {
    exact: 6,
    noisy: 4,
    wrapped: 0,
    'bare-number': 2,
    'payer-name': 3,
    'shortened-name': 2,
    partial: 1,
    overpayment: 1,
    'two-invoices': 1,
    'other-currency': 1,
    tie: 1,
    open: 13,
    Paid: 2,
    Cancelled: 1,
    Refunded: 0,
  },
  numberOf: (index, year) => inherited[index] ?? `AC-${year}-${String(FIRST_NUMBER + index).padStart(5, '0')}`,
  phrases: {
    prefixes: ['Invoice ', 'INV ', 'inv no ', 'Bill ', 'Re: ', 'Payment for '],
    suffixes: ['', '', ' thanks', ' hosting', ' with thanks'],
    vague: ['', 'Hosting', 'Web hosting', 'Server', 'Thanks', 'as agreed'],
  },
  traffic: auroraTraffic,
  billing: {
    identifier: 'aurora-identifier',
    secret: 'aurora-secret',
    gateway: 'banktransfer',
    currency: { id: '1', code: 'GBP', prefix: '£', suffix: '' },
  },
});

const FIRST_NUMBER = 300;
