import { z } from 'zod';

import { type Clock, DAY_MS, systemClock } from '../../platform/clock';
import { ProviderError } from '../../platform/http/provider-error';
import { parseMoney } from '../../platform/money';
import type {
  BankAccount,
  BankBalance,
  BankInstitution,
  BankLines,
  BankProvider,
  Consent,
  ConsentRequest,
  ConsentStatus,
  StartedConsent,
} from '../bank-provider';
import { BankDataClient, type ClientOptions, segment } from './client';
import { PROVIDER } from './errors';
import {
  Account,
  AccountDetails,
  AccountTransactions,
  Agreement,
  Balance,
  Balances,
  CreatedRequisition,
  Institution,
  Requisition,
} from './schema';
import { dayOf, ibanOf, textOf, translateLines } from './translate';

/** GoCardless Bank Account Data v2 (developer.gocardless.com/bank-account-data): a consent is an agreement and a requisition. */
export const gocardlessBankData = (options: ClientOptions): BankProvider =>
  new GoCardlessBankData(new BankDataClient(options), options.clock ?? systemClock);

class GoCardlessBankData implements BankProvider {
  readonly name = PROVIDER;

  constructor(
    private readonly client: BankDataClient,
    private readonly clock: Clock,
  ) {}

  async institutions(country: string): Promise<readonly BankInstitution[]> {
    const query = { country: country.toLowerCase() };
    const all = await this.client.call(z.array(z.unknown()), { method: 'GET', path: '/institutions/', query });
    return all.flatMap(one => Institution.safeParse(one).data ?? []).map(institutionOf);
  }

  async institution(id: string): Promise<BankInstitution> {
    return institutionOf(await this.client.call(Institution, { method: 'GET', path: `/institutions/${segment(id)}/` }));
  }

  /** The longest history and the longest consent that the bank and the API allow. */
  async startConsent({ institution, redirectUrl, reference }: ConsentRequest): Promise<StartedConsent> {
    const agreement = await this.client.call(Agreement, {
      method: 'POST',
      path: '/agreements/enduser/',
      json: {
        institution_id: institution.id,
        max_historical_days: Math.min(institution.historyDays, MAX_DAYS),
        access_valid_for_days: Math.min(institution.consentDays, MAX_DAYS),
        access_scope: ['balances', 'details', 'transactions'],
      },
    });
    const { id, link } = await this.client.call(CreatedRequisition, {
      method: 'POST',
      path: '/requisitions/',
      json: { redirect: redirectUrl, institution_id: institution.id, agreement: agreement.id, reference },
    });
    const expiresAt = new Date(this.clock.now().getTime() + agreement.access_valid_for_days * DAY_MS);
    return { consentId: id, link, expiresAt };
  }

  async consent(consentId: string): Promise<Consent> {
    const requisition = await this.client.call(Requisition, { method: 'GET', path: requisitionPath(consentId) });
    return { status: STATUSES[requisition.status], reference: requisition.reference, accountIds: requisition.accounts };
  }

  async revokeConsent(consentId: string): Promise<void> {
    try {
      await this.client.call(z.unknown(), { method: 'DELETE', path: requisitionPath(consentId) });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.failure !== 'not_found') throw error;
    }
  }

  async account(accountId: string): Promise<BankAccount> {
    const account = await this.client.call(Account, { method: 'GET', path: accountPath(accountId) });
    return accountOf(account, await this.details(accountId));
  }

  async balances(accountId: string): Promise<readonly BankBalance[]> {
    const { balances } = await this.client.call(Balances, { method: 'GET', path: accountPath(accountId, 'balances/'), metered: true });
    return balances.flatMap(balanceOf);
  }

  async lines(accountId: string, from: string, to: string): Promise<BankLines> {
    const { transactions } = await this.client.call(AccountTransactions, {
      method: 'GET',
      path: accountPath(accountId, 'transactions/'),
      query: { date_from: from, date_to: to },
      metered: true,
    });
    return translateLines(transactions);
  }

  /** Some banks refuse the details of some accounts for good; an account can do without them. */
  private async details(accountId: string): Promise<AccountDetails['account'] | undefined> {
    try {
      const { account } = await this.client.call(AccountDetails, {
        method: 'GET',
        path: accountPath(accountId, 'details/'),
        metered: true,
      });
      return account;
    } catch (error) {
      if (error instanceof ProviderError && error.failure === 'rejected') return undefined;
      throw error;
    }
  }
}

/** The API's own bounds of both `max_historical_days` and `access_valid_for_days`. */
const MAX_DAYS = 730;

/** developer.gocardless.com/bank-account-data/statuses; ID and ER stand in the schema only. */
const STATUSES: Readonly<Record<Requisition['status'], ConsentStatus>> = {
  CR: 'pending',
  GC: 'pending',
  UA: 'pending',
  SA: 'pending',
  GA: 'pending',
  ID: 'pending',
  LN: 'linked',
  RJ: 'rejected',
  ER: 'rejected',
  EX: 'expired',
  SU: 'expired',
};

const requisitionPath = (id: string): string => `/requisitions/${segment(id)}/`;
const accountPath = (id: string, part = ''): string => `/accounts/${segment(id)}/${part}`;

const institutionOf = (institution: Institution): BankInstitution => ({
  id: institution.id,
  name: institution.name,
  bic: textOf(institution.bic),
  logoUrl: textOf(institution.logo),
  countries: institution.countries.map(country => country.toUpperCase()),
  historyDays: institution.transaction_total_days,
  consentDays: institution.max_access_valid_for_days,
});

const accountOf = (account: Account, details: AccountDetails['account'] | undefined): BankAccount => ({
  id: account.id,
  iban: ibanOf(account.iban) ?? ibanOf(details?.iban),
  currency: textOf(details?.currency)?.toUpperCase() ?? null,
  name: textOf(details?.name) ?? textOf(details?.displayName) ?? textOf(details?.product) ?? textOf(account.name),
  ownerName: textOf(details?.ownerName) ?? textOf(account.owner_name),
});

/** Balances are shown, never counted with: one that cannot be read is left out. */
function balanceOf(raw: unknown): BankBalance[] {
  try {
    const { balanceAmount, balanceType, referenceDate } = Balance.parse(raw);
    return [{ type: balanceType, amount: parseMoney(balanceAmount.amount, balanceAmount.currency), on: dayOf(referenceDate) }];
  } catch {
    return [];
  }
}
