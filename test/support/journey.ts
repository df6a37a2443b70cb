import type { TestApp, TestTenant } from './app';

const START = `mutation ($input: StartConnectionInput!) {
  startConnection(input: $input) { connection { id status } consentUrl reference expiresAt }
}`;
const COMPLETE = `mutation ($input: CompleteConnectionInput!) {
  completeConnection(input: $input) { connection { id status } syncRun { id state } }
}`;

export interface StartedConnection {
  readonly connection: { readonly id: string; readonly status: string };
  readonly consentUrl: string;
  readonly reference: string;
}

export interface CompletedConnection {
  readonly connection: { readonly id: string; readonly status: string };
  readonly syncRun: { readonly id: string; readonly state: string };
}

/** The owner begins a connection. */
export async function startConnection(tenant: TestTenant, institutionId = 'SANDBOXFINANCE_SFIN0000'): Promise<StartedConnection> {
  const { data, errors } = await tenant.as('OWNER')<{ startConnection: StartedConnection }>(START, { input: { institutionId } });
  if (!data) throw new Error(`startConnection: ${JSON.stringify(errors)}`);
  return data.startConnection;
}

/** The owner gives the consent at the bank, without coming back. */
export async function consent({ consentUrl }: StartedConnection): Promise<void> {
  await fetch(consentUrl, { redirect: 'manual' });
}

/** The owner begins a connection, consents, and completes it with the reference; the first synchronisation waits in the queue. */
export async function connect(tenant: TestTenant, institutionId?: string): Promise<CompletedConnection> {
  const started = await startConnection(tenant, institutionId);
  await consent(started);
  const { data, errors } = await tenant.as('OWNER')<{ completeConnection: CompletedConnection }>(COMPLETE, {
    input: { reference: started.reference },
  });
  if (!data) throw new Error(`completeConnection: ${JSON.stringify(errors)}`);
  return data.completeConnection;
}

/** Connects and synchronises. */
export async function synced(app: TestApp, tenant: TestTenant, institutionId?: string): Promise<CompletedConnection> {
  const completed = await connect(tenant, institutionId);
  await app.runJobs();
  return completed;
}

/** Imports the invoices of the tenant's WHMCS. */
export async function imported(app: TestApp, tenant: TestTenant): Promise<void> {
  await tenant.as('OWNER')('mutation { importInvoices { invoiceImport { id } } }');
  await app.runJobs();
}

/** Proposes matches. */
export async function reconciled(app: TestApp, tenant: TestTenant): Promise<void> {
  await tenant.as('OWNER')('mutation { runReconciliation { reconciliationRun { id } } }');
  await app.runJobs();
}

/** Everything up to the proposals: connected, synchronised, imported, reconciled. */
export async function proposed(app: TestApp, tenant: TestTenant, institutionId?: string): Promise<void> {
  await synced(app, tenant, institutionId);
  await imported(app, tenant);
  await reconciled(app, tenant);
}

export interface MatchNode {
  readonly id: string;
  readonly state: string;
  readonly tied: boolean;
  readonly confidence: number;
  readonly amount: { readonly amountMinor: string; readonly currency: string };
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly applicationAttempts: number;
  readonly billingTransactionId: string;
  readonly transaction: { readonly id: string; readonly remittance: string; readonly matchState: string };
  readonly invoice: { readonly id: string; readonly number: string; readonly externalId: string; readonly status: string };
}

const MATCHES = `{ matches(first: 100) { nodes { id state tied confidence amount { amountMinor currency } errorCode errorMessage applicationAttempts
  billingTransactionId transaction { id remittance matchState } invoice { id number externalId status } } } }`;

/** All matches of the tenant, the surest first. */
export async function matchesOf(tenant: TestTenant): Promise<readonly MatchNode[]> {
  const { data, errors } = await tenant.as('OWNER')<{ matches: { nodes: MatchNode[] } }>(MATCHES);
  if (!data) throw new Error(`matches: ${JSON.stringify(errors)}`);
  return data.matches.nodes;
}
