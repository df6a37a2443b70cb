import { table } from './table';
import type { Walk } from './walk';

interface Line {
  readonly bookedOn: string;
  readonly status: string;
  readonly remittance: string;
  readonly counterpartyName: string | null;
  readonly amount: { readonly formatted: string };
  readonly account: { readonly id: string; readonly name: string | null };
}

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly Line[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const QUERY = `query ($connection: ID!, $after: String) {
  transactions(first: 100, after: $after, filter: { connectionId: $connection }) {
    totalCount
    nodes { bookedOn status remittance counterpartyName amount { formatted } account { id name } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What the sandbox shows of this business, at least: each of its accounts is in the format of another bank. */
const LEAST_LINES = 200;
const LEAST_ACCOUNTS = 10;
const SHOWN_LINES = 5;

/** Reads all lines of the connection, page by page. */
export async function readTransactions(walk: Walk, connectionId: string): Promise<void> {
  const { narrator } = walk;
  narrator.step('Read the transactions');
  const { lines, totalCount, pages } = await allLines(walk, connectionId);
  narrator.check(lines.length === totalCount, `${totalCount} lines`, `${pages} pages hold ${lines.length}`);
  narrator.check(lines.length >= LEAST_LINES, `at least ${LEAST_LINES} lines`, `there are ${lines.length}`);
  const accounts = countByAccount(lines);
  narrator.check(accounts.length >= LEAST_ACCOUNTS, `lines of ${LEAST_ACCOUNTS} accounts`, `there are ${accounts.length}`);
  narrator.tell(`${totalCount} lines on ${pages} pages, of ${accounts.length} accounts, each in the format of another bank:`);
  narrator.tell(...table(accounts.map(([name, count]) => [String(count).padStart(5), name])));
  narrator.tell('The latest:', ...table(lines.slice(0, SHOWN_LINES).map(rowOf)));
}

async function allLines({ client }: Walk, connection: string) {
  const lines: Line[] = [];
  let from: { readonly after?: string | null } = {};
  for (let pages = 1; ; pages += 1) {
    const { transactions } = await client.ask<{ transactions: Page }>(QUERY, { connection, ...from });
    lines.push(...transactions.nodes);
    if (!transactions.pageInfo.hasNextPage) return { lines, pages, totalCount: transactions.totalCount };
    from = { after: transactions.pageInfo.endCursor };
  }
}

/** Name and number of lines of each account, in the order of their first line. */
export function countByAccount(lines: readonly Pick<Line, 'account'>[]): (readonly [string, number])[] {
  const counts = new Map<string, readonly [string, number]>();
  for (const { account } of lines) {
    const [name, count] = counts.get(account.id) ?? [account.name ?? account.id, 0];
    counts.set(account.id, [name, count + 1]);
  }
  return [...counts.values()];
}

const rowOf = ({ bookedOn, status, amount, counterpartyName, remittance }: Line): readonly string[] => [
  bookedOn,
  status,
  amount.formatted,
  counterpartyName ?? '-',
  remittance,
];
