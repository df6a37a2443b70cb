import { type Clock, DAY_MS } from '../../../src/platform/clock';
import type { BankProvider } from '../../../src/providers/bank-provider';
import type { ClientOptions } from '../../../src/providers/gocardless-bank-data/client';
import { gocardlessBankData } from '../../../src/providers/gocardless-bank-data/provider';
import { type GoCardlessSandbox, type GoCardlessSandboxOptions, startGoCardlessSandbox } from '../../sandbox/gocardless-bank-data/server';
import type { Business, SandboxAccount } from '../../sandbox/world/world';

export const SECRET_ID = 'b1c7f0a2-5d3e-4f69-8a11-7c2e90d4b6f3';
export const SECRET_KEY = 'mR8vLq2TzXw5NcHj7YbKd4GpSf9AeU3o';
export const ACCOUNT = '6f0d2b1c-8e47-4a35-9c60-1d5b7e3fa924';
export const SAVINGS = 'a2947c5e-31bd-4d08-b7f6-e80c52d91b43';
export const BANK = 'FJORDBANK_FJBKNO22';

/** A clock that tests move. */
export class MovableClock implements Clock {
  private time = Date.parse('2026-03-10T09:00:00Z');

  now(): Date {
    return new Date(this.time);
  }

  forward(ms: number): void {
    this.time += ms;
  }

  forwardDays(days: number): void {
    this.forward(days * DAY_MS);
  }
}

export const anAccount = (difference: Partial<SandboxAccount> = {}): SandboxAccount => ({
  id: ACCOUNT,
  format: 'COMMERZBANK_COBADEFF',
  iban: 'DE05370400440021874650',
  currency: 'EUR',
  ownerName: 'Halvorsen Hosting AS',
  name: 'Operating account',
  balance: '8214.07',
  booked: [aWireLine()],
  pending: [],
  ...difference,
});

export const aWireLine = (difference: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  transactionId: '77120-04',
  bookingDate: '2026-03-02',
  transactionAmount: { amount: '61.50', currency: 'EUR' },
  debtorName: 'Birgitta Solheim',
  remittanceInformationUnstructured: 'Invoice HH-2041',
  ...difference,
});

/** Banks at FJORDBANK with two accounts, one of which has the format of Commerzbank and one that of Belfius. */
export const aBusiness = (
  accounts: readonly SandboxAccount[] = [anAccount(), anAccount({ id: SAVINGS, format: 'BELFIUS_GKCCBEBB' })],
): Business => ({
  slug: 'halvorsen',
  name: 'Halvorsen Hosting',
  country: 'NO',
  currency: 'EUR',
  institutionId: BANK,
  accounts,
  truth: [],
  whmcs: {
    identifier: '',
    secret: '',
    gateway: 'banktransfer',
    currency: { id: '1', code: 'EUR', prefix: '', suffix: '' },
    clients: [],
    invoices: [],
  },
});

export const startSandbox = (options: Partial<GoCardlessSandboxOptions> = {}): Promise<GoCardlessSandbox> =>
  startGoCardlessSandbox({ secretId: SECRET_ID, secretKey: SECRET_KEY, businesses: [aBusiness()], ...options });

export const bankOf = ({ url }: GoCardlessSandbox, options: Partial<ClientOptions> = {}): BankProvider =>
  gocardlessBankData({ baseUrl: url, secretId: SECRET_ID, secretKey: SECRET_KEY, timeoutMs: 2_000, ...options });

let consents = 0;

/** Goes the user's way to a linked consent. */
export async function connect(bank: BankProvider, institutionId = BANK): Promise<string> {
  const institution = await bank.institution(institutionId);
  consents += 1;
  const request = { institution, redirectUrl: 'https://gateway.example/connect', reference: `reference-${consents}` };
  const { consentId, link } = await bank.startConsent(request);
  await fetch(link, { redirect: 'manual' });
  return consentId;
}

export const pathsOf = ({ requests }: GoCardlessSandbox): string[] => requests.map(({ method, path }) => `${method} ${path}`);
