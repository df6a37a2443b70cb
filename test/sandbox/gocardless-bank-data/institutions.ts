import type { Business, SandboxAccount } from '../world/world';

/** A bank that the sandbox offers, and the accounts that consenting there links. */
export interface SandboxInstitution {
  readonly id: string;
  readonly name: string;
  readonly countries: readonly string[];
  readonly historyDays: number;
  readonly consentDays: number;
  readonly accounts: readonly SandboxAccount[];
}

/** Every business's own bank with all its accounts, and each bank whose format an account of the first business has. */
export function institutionsOf(businesses: readonly Business[]): readonly SandboxInstitution[] {
  const own = businesses.map(({ institutionId, country, accounts }) => ({ ...factsOf(institutionId, [country]), accounts }));
  const [first] = businesses;
  const formats = new Set(first?.accounts.map(({ format }) => format));
  const others = [...formats].map(format => ({
    ...factsOf(format, first === undefined ? [] : [first.country]),
    accounts: first?.accounts.filter(account => account.format === format) ?? [],
  }));
  return [...own, ...others.filter(({ id }) => !own.some(bank => bank.id === id))];
}

/** The shape of an institution in the API: the numbers of days are strings there. */
export const wireInstitution = ({ id, name, countries, historyDays, consentDays }: SandboxInstitution) => ({
  id,
  name,
  bic: bicOf(id),
  transaction_total_days: String(historyDays),
  countries,
  logo: `https://cdn-logos.gocardless.com/ais/${id}.png`,
  max_access_valid_for_days: String(consentDays),
});

export const wireInstitutionDetail = (institution: SandboxInstitution) => ({
  ...wireInstitution(institution),
  supported_features: ['account_selection', 'business_accounts', 'pending_transactions', 'private_accounts'],
  identification_codes: [],
});

/** Name, countries, and the days of history and of consent. */
const FACTS: Readonly<Record<string, readonly [name: string, countries: readonly string[], historyDays: number, consentDays: number]>> = {
  ABNAMRO_ABNANL2A: ['ABN AMRO', ['NL'], 540, 180],
  BANKOFIRELAND_B365_BOFIGB2B: ['Bank of Ireland', ['GB'], 90, 90],
  BELFIUS_GKCCBEBB: ['Belfius', ['BE'], 365, 180],
  BOURSOBANK_BOUSFRPPXXX: ['BoursoBank', ['FR'], 90, 180],
  BPER_RETAIL_BPMOIT22: ['BPER Banca', ['IT'], 90, 180],
  COMMERZBANK_COBADEFF: ['Commerzbank', ['DE'], 390, 180],
  ING_INGDDEFF: ['ING', ['DE'], 390, 90],
  REVOLUT_REVOLT21: ['Revolut', ['BE', 'DE', 'ES', 'FR', 'IE', 'IT', 'LT', 'NL', 'PL'], 730, 90],
  SPK_MARBURG_BIEDENKOPF_HELADEF1MAR: ['Sparkasse Marburg-Biedenkopf', ['DE'], 390, 90],
  SSK_DUSSELDORF_DUSSDEDDXXX: ['Stadtsparkasse Düsseldorf', ['DE'], 390, 90],
};

function factsOf(id: string, countries: readonly string[]): Omit<SandboxInstitution, 'accounts'> {
  const [name, knownCountries, historyDays, consentDays] = FACTS[id] ?? [nameOf(id), countries, 90, 180];
  return { id, name, countries: knownCountries, historyDays, consentDays };
}

/** SANDBOXFINANCE_SFIN0000 is "Sandbox Finance", as with the provider. */
const nameOf = (id: string): string => (id.startsWith('SANDBOXFINANCE') ? `Sandbox Finance${id.includes('_GB_') ? ' UK' : ''}` : id);

const bicOf = (id: string): string => id.split('_').at(-1) ?? id;
