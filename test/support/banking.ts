import type { SandboxAccount } from '../sandbox/world/world';
import type { Answer, Ask, TestApp, TestTenant } from './app';
import { anAccount } from './business';

export const INSTITUTIONS = 'query ($country: String!) { institutions(country: $country) { id name bic countries historyDays } }';

export const START = `mutation ($input: StartConnectionInput!) {
  startConnection(input: $input) { connection { id status institutionId institutionName } consentUrl reference expiresAt }
}`;

export const COMPLETE = `mutation ($input: CompleteConnectionInput!) {
  completeConnection(input: $input) { connection { id status } syncRun { id state } }
}`;

export const SYNC = `mutation ($connectionId: ID!) { syncConnection(input: { connectionId: $connectionId }) { syncRun { id state } } }`;

const RUN = `query ($id: ID!) { syncRun(id: $id) {
  id state attempts errorCode errorMessage nextAttemptAt startedAt finishedAt accountsTotal accountsDone linesSeen linesNew linesUpdated linesRejected
  connection { id status statusReason } rejectedLines { reason raw }
} }`;

const CONNECTIONS = `{ connections { nodes { id status statusReason latestSync { id state }
  accounts { id iban currency name ownerName syncedThrough balance { amountMinor currency } } } } }`;

const LINES = `query ($after: String) { transactions(first: 100, after: $after, orderBy: BOOKED_ON_ASC) {
  nodes { id status bookedOn valueOn remittance counterpartyName amount { amountMinor currency } account { id } } pageInfo { hasNextPage endCursor }
} }`;

export interface SyncRunNode {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly nextAttemptAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly accountsTotal: number;
  readonly accountsDone: number;
  readonly linesSeen: number;
  readonly linesNew: number;
  readonly linesUpdated: number;
  readonly linesRejected: number;
  readonly connection: { readonly id: string; readonly status: string; readonly statusReason: string | null };
  readonly rejectedLines: readonly { readonly reason: string; readonly raw: string }[];
}

export interface ConnectionNode {
  readonly id: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly latestSync: { readonly id: string; readonly state: string } | null;
  readonly accounts: readonly {
    readonly id: string;
    readonly iban: string | null;
    readonly currency: string | null;
    readonly name: string | null;
    readonly ownerName: string | null;
    readonly syncedThrough: string | null;
    readonly balance: { readonly amountMinor: string; readonly currency: string } | null;
  }[];
}

export interface LineNode {
  readonly id: string;
  readonly status: string;
  readonly bookedOn: string;
  readonly valueOn: string | null;
  readonly remittance: string;
  readonly counterpartyName: string | null;
  readonly amount: { readonly amountMinor: string; readonly currency: string };
  readonly account: { readonly id: string };
}

/** The data of an answer that must have no errors. */
export async function dataOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, errors } = await asked;
  if (!data || errors) throw new Error(`Refused: ${JSON.stringify(errors)}`);
  return data;
}

/** What an operation was refused with: the first error without its request id, which differs each time. */
export async function refusalOf(
  asked: Promise<Answer<unknown>>,
): Promise<{ readonly message: string; readonly code: string } & Record<string, unknown>> {
  const { errors } = await asked;
  const [error] = errors ?? [];
  if (!error) throw new Error('The operation was not refused');
  const { requestId, ...extensions } = error.extensions;
  if (typeof requestId !== 'string') throw new Error('An error without its request id');
  return { message: error.message, ...extensions };
}

/** How far a run is. */
export async function runOf(ask: Ask, id: string): Promise<SyncRunNode> {
  return (await dataOf(ask<{ syncRun: SyncRunNode }>(RUN, { id }))).syncRun;
}

export async function connectionsOf(tenant: TestTenant): Promise<readonly ConnectionNode[]> {
  return (await dataOf(tenant.as('OWNER')<{ connections: { nodes: ConnectionNode[] } }>(CONNECTIONS))).connections.nodes;
}

/** Asks for a synchronisation, without running it. Returns the id of the run. */
export async function requestSync(tenant: TestTenant, connectionId: string): Promise<string> {
  const answer = tenant.as('OWNER')<{ syncConnection: { syncRun: { id: string } } }>(SYNC, { connectionId });
  return (await dataOf(answer)).syncConnection.syncRun.id;
}

/** Asks for a synchronisation, runs it and tells how it went. */
export async function syncAgain(app: TestApp, tenant: TestTenant, connectionId: string): Promise<SyncRunNode> {
  const id = await requestSync(tenant, connectionId);
  await app.runJobs();
  return runOf(tenant.as('OWNER'), id);
}

/** All lines of the tenant, the oldest first. */
export async function linesOf(tenant: TestTenant): Promise<readonly LineNode[]> {
  const ask = tenant.as('OWNER');
  const lines: LineNode[] = [];
  for (let after: string | null = null; ;) {
    const { transactions }: { transactions: LinePage } = await dataOf(ask(LINES, { after }));
    lines.push(...transactions.nodes);
    after = transactions.pageInfo.endCursor;
    if (!transactions.pageInfo.hasNextPage) return lines;
  }
}

interface LinePage {
  readonly nodes: readonly LineNode[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Texts of all lines in alphabetical order, for comparing what is stored with what the bank has. */
export const textsOf = async (tenant: TestTenant): Promise<string[]> => (await linesOf(tenant)).map(({ remittance }) => remittance).sort();

/** Accounts of one bank, as different as their numbers. */
export const manyAccounts = (count: number, bookedOf: (account: number) => SandboxAccount['booked']): SandboxAccount[] =>
  Array.from({ length: count }, (_, at) =>
    anAccount({
      id: `5b0d94e7-0000-4000-8000-${String(at + 1).padStart(12, '0')}`,
      iban: `DE8937040044${String(at + 1).padStart(10, '0')}`,
      name: `Account ${at + 1}`,
      booked: bookedOf(at),
    }),
  );

/** The requests that the bank has been sent since, as `GET /accounts/…`. */
export function watchBank({ bank }: TestApp): () => string[] {
  const before = bank.requests.length;
  return () => bank.requests.slice(before).map(({ method, path }) => `${method} ${path.replace('/api/v2', '')}`);
}
