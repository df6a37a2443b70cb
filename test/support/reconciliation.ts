import type { SandboxInvoice } from '../sandbox/world/world';
import type { TestApp, TestTenant } from './app';
import { aLine, anInvoice } from './business';
import { imported, type MatchNode, reconciled } from './journey';

/** The accounts of aBusiness and anotherBusiness. */
export const ACCOUNTS: Readonly<Record<string, string>> = {
  northwind: '7e1c2f3a-0000-4000-8000-000000000001',
  aurora: '7e1c2f3a-0000-4000-8000-000000000002',
};

let numbers = 1000;

/** An invoice with a number and a total of its own: nothing but its number leads to it. */
export function anInvoiceToPay(difference: Partial<SandboxInvoice> = {}): SandboxInvoice {
  numbers += 1;
  return anInvoice({ id: String(numbers), invoicenum: `NW-2026-${numbers}`, total: `${numbers}.45`, ...difference });
}

/** A line that pays the whole invoice and quotes its number; who paid it is not told. */
export const aPaymentOf = (invoice: SandboxInvoice, difference: Parameters<typeof aLine>[0] = {}) =>
  aLine({
    amount: invoice.total,
    debtorName: undefined,
    debtorAccount: undefined,
    remittanceInformationUnstructured: `Rechnung ${invoice.invoicenum}`,
    ...difference,
  });

export interface Dealings {
  readonly invoices?: readonly SandboxInvoice[];
  readonly lines?: readonly ReturnType<typeof aLine>[];
}

/** Invoices are written and money comes in; both are fetched, but not matched yet. The tenant must be connected. */
export async function fetched(app: TestApp, tenant: TestTenant, { invoices = [], lines = [] }: Dealings): Promise<void> {
  for (const invoice of invoices) app.whmcs.addInvoice(tenant.slug, invoice);
  app.bank.addLines(ACCOUNTS[tenant.slug] ?? '', lines);
  const { data } = await tenant.as('OWNER')<{ connections: { nodes: { id: string }[] } }>('{ connections { nodes { id } } }');
  const connectionId = data?.connections.nodes[0]?.id;
  await tenant.as('OWNER')('mutation ($id: ID!) { syncConnection(input: { connectionId: $id }) { syncRun { id } } }', { id: connectionId });
  await imported(app, tenant);
}

/** The same, and the proposals are made. */
export async function dealt(app: TestApp, tenant: TestTenant, dealings: Dealings): Promise<void> {
  await fetched(app, tenant, dealings);
  await reconciled(app, tenant);
}

/** A proposed match of a payment with the one invoice that it pays. */
export async function aProposal(app: TestApp, tenant: TestTenant): Promise<FullMatch> {
  const [match] = await proposals(app, tenant, 1);
  if (!match) throw new Error('Nothing was proposed');
  return match;
}

/** So many of them. */
export async function proposals(app: TestApp, tenant: TestTenant, count: number): Promise<readonly FullMatch[]> {
  const invoices = Array.from({ length: count }, () => anInvoiceToPay());
  await dealt(app, tenant, { invoices, lines: invoices.map(invoice => aPaymentOf(invoice)) });
  const ids = new Set(invoices.map(({ id }) => id));
  return (await newestMatches(tenant)).filter(({ invoice }) => ids.has(invoice.externalId));
}

export interface FullMatch extends MatchNode {
  readonly reason: string | null;
  readonly decidedBy: { readonly id: string } | null;
  readonly appliedAt: string | null;
  readonly nextAttemptAt: string | null;
  readonly evidence: readonly { readonly signal: string; readonly contribution: number; readonly explanation: string }[];
}

const FIELDS = `id state tied confidence amount { amountMinor currency } reason decidedBy { id } appliedAt nextAttemptAt errorCode errorMessage
  applicationAttempts billingTransactionId evidence { signal contribution explanation }
  transaction { id remittance matchState } invoice { id number externalId status }`;

/** The latest hundred matches. */
export async function newestMatches(tenant: TestTenant): Promise<readonly FullMatch[]> {
  const { data, errors } = await tenant.as('OWNER')<{ matches: { nodes: FullMatch[] } }>(
    `{ matches(first: 100, orderBy: CREATED_AT_DESC) { nodes { ${FIELDS} } } }`,
  );
  if (!data) throw new Error(`matches: ${JSON.stringify(errors)}`);
  return data.matches.nodes;
}

/** The matches with an invoice, by its id in WHMCS. */
export const matchesWith = async (tenant: TestTenant, { id }: Pick<SandboxInvoice, 'id'>): Promise<readonly FullMatch[]> =>
  (await newestMatches(tenant)).filter(({ invoice }) => invoice.externalId === id);

/** A match as it stands now. */
export async function matchNow(tenant: TestTenant, { id }: Pick<MatchNode, 'id'>): Promise<FullMatch> {
  const { data, errors } = await tenant.as('OWNER')<{ node: FullMatch }>(
    `query ($id: ID!) { node(id: $id) { ... on Match { ${FIELDS} } } }`,
    { id },
  );
  if (!data) throw new Error(`node: ${JSON.stringify(errors)}`);
  return data.node;
}

type Decision = 'approveMatch' | 'rejectMatch' | 'retryMatch';

/** The document of a decision on a match. */
export const decision = (name: Decision): string => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { match { ${FIELDS} } } }`;
};

/** The owner decides; undefined when it went well, else the code of the error. */
export async function decide(
  tenant: TestTenant,
  name: Decision,
  { id }: Pick<MatchNode, 'id'>,
  further: Record<string, unknown> = {},
): Promise<string | undefined> {
  const { errors } = await tenant.as('OWNER')(decision(name), { input: { matchId: id, ...further } });
  return errors?.[0]?.extensions.code;
}

/** What WHMCS has booked under a match. */
export const bookedUnder = (app: TestApp, tenant: TestTenant, { billingTransactionId }: Pick<MatchNode, 'billingTransactionId'>) =>
  app.whmcs.payments(tenant.slug).filter(({ transid }) => transid === billingTransactionId);
