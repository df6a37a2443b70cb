import { isoDate } from '../../src/platform/clock';
import type { Business, SandboxAccount, SandboxInvoice } from '../sandbox/world/world';

/** So many days before today, YYYY-MM-DD. */
export const daysAgo = (days: number): string => isoDate(new Date(Date.now() - days * 86_400_000));

type WireLine = Readonly<Record<string, unknown>>;

let lines = 0;

/** A booked line as a bank sends it: 118.45 EUR came in yesterday from Vance & Brandt, without a reference. */
export function aLine(difference: { readonly amount?: string; readonly currency?: string } & WireLine = {}): WireLine {
  const { amount = '118.45', currency = 'EUR', ...rest } = difference;
  lines += 1;
  return {
    transactionId: `TX-${lines}`,
    internalTransactionId: `int-${lines}`,
    bookingDate: daysAgo(1),
    valueDate: daysAgo(1),
    transactionAmount: { amount, currency },
    debtorName: 'Vance & Brandt',
    debtorAccount: { iban: 'NL91ABNA0417164300' },
    remittanceInformationUnstructured: 'hosting',
    bankTransactionCode: 'PMNT-RCDT-ESCT',
    ...rest,
  };
}

export const anAccount = (difference: Partial<SandboxAccount> = {}): SandboxAccount => ({
  id: '7e1c2f3a-0000-4000-8000-000000000001',
  format: 'SANDBOXFINANCE_SFIN0000',
  iban: 'DE89370400440532013000',
  currency: 'EUR',
  ownerName: 'Northwind Hosting GmbH',
  name: 'Main account',
  balance: '1913.12',
  booked: [],
  pending: [],
  ...difference,
});

export const anInvoice = (difference: Partial<SandboxInvoice> = {}): SandboxInvoice => ({
  id: '801',
  invoicenum: 'NW-2026-801',
  userid: '31',
  date: daysAgo(20),
  duedate: daysAgo(6),
  total: '118.45',
  status: 'Unpaid',
  items: [{ description: 'Managed hosting', amount: difference.total ?? '118.45' }],
  ...difference,
});

export interface BusinessParts {
  readonly slug?: string;
  readonly currency?: string;
  readonly institutionId?: string;
  readonly accounts?: readonly SandboxAccount[];
  readonly invoices?: readonly SandboxInvoice[];
}

/** A hosting business with two clients, one empty account and no invoices, unless told otherwise. */
export const aBusiness = ({
  slug = 'northwind',
  currency = 'EUR',
  institutionId = 'SANDBOXFINANCE_SFIN0000',
  accounts = [anAccount()],
  invoices = [],
}: BusinessParts = {}): Business => ({
  slug,
  name: `${slug} Hosting`,
  country: 'DE',
  currency,
  institutionId,
  accounts,
  truth: [],
  whmcs: {
    identifier: `identifier-of-${slug}`,
    secret: `secret-of-${slug}`,
    gateway: 'banktransfer',
    currency: { id: '1', code: currency, prefix: '', suffix: ` ${currency}` },
    clients: [
      { id: '31', firstname: 'Ottilie', lastname: 'Vance', companyname: 'Vance & Brandt', email: 'ottilie@vance.example' },
      { id: '32', firstname: 'Ruben', lastname: 'Darcy', companyname: '', email: 'ruben@darcy.example' },
    ],
    invoices,
  },
});

/** Another tenant at another bank, with an account and an invoice of the same numbers: nothing of the two may ever meet. */
export const anotherBusiness = (difference: BusinessParts = {}): Business =>
  aBusiness({
    slug: 'aurora',
    institutionId: 'SANDBOXFINANCE_GB_SFIN0001',
    accounts: [anAccount({ id: '7e1c2f3a-0000-4000-8000-000000000002', iban: 'DE02120300000000202051', ownerName: 'Aurora Cloud Ltd' })],
    invoices: [anInvoice()],
    ...difference,
  });
