import 'reflect-metadata';

import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { execute, type ExecutionResult, type GraphQLSchema, type OperationDefinitionNode, parse, validate } from 'graphql';

import { createApp } from '../src/app';
import { loadConfig } from '../src/config/config';
import { authorize } from '../src/gateway/authorize';
import { authorizedExecutor } from '../src/gateway/executor';
import { fuse } from '../src/gateway/fuse';
import type { Subgraph } from '../src/gateway/subgraph';
import { permissionsOf } from '../src/identity/roles/permissions';
import type { Principal } from '../src/platform/auth/principal';
import { systemClock } from '../src/platform/clock';
import { newId } from '../src/platform/database/ids';
import { Scope } from '../src/platform/database/scope';
import type { Sql } from '../src/platform/database/sql';
import { createLogger } from '../src/platform/logging/logger';
import { percentile, type Result } from './results';

const ROWS = 50;
const PAIRS = 9;
const ROUNDS = 300;
const OPERATIONS = 2;
const WARM_UP = 50;

const DOCUMENT = parse(`{ transactions(first: ${ROWS}) { nodes { id status bookedOn valueOn counterpartyName counterpartyIban remittance
  matchState createdAt amount { amountMinor currency decimal formatted } connection { id institutionName status }
  account { id iban currency name } matches { id state confidence tied evidence { signal explanation contribution }
  invoice { id number status dueOn total { formatted } customer { name } } } } pageInfo { hasNextPage endCursor } } }`);

type Run = (scope: Scope) => Promise<ExecutionResult>;

/**
 * What authorization adds to an operation: a page of transactions with their connections, accounts, matches and invoices, executed over the
 * fused schema as it runs, on rows in memory; with a database the share is smaller. CPU time, since the machine may have other work; the
 * ways take turns by chance, and ratios are of neighbours. Two schemas of the same make differ by a percent from how they lie in memory:
 * so there are several of each.
 */
export async function measure(): Promise<Result> {
  const subgraphs = await theSubgraphs();
  const pairs: Figures[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) pairs.push(await measurePair(fuse(subgraphs), authorize(fuse(subgraphs), systemClock)));
  const added = pairs.map(({ addedPercent }) => addedPercent);
  const round = (value: number) => Number(value.toFixed(2));
  return {
    name: 'authorization-cost',
    title: `CPU time of a page of ${ROWS} transactions, rows in memory, ${PAIRS} times the median of ${ROUNDS} rounds; the goal is 2 % added`,
    figures: {
      'fields in the answer': pairs[0]?.fields ?? 0,
      'without authorization, us': Math.round(median(pairs.map(({ without }) => without))),
      'with authorization, us': Math.round(median(pairs.map(({ whole }) => whole))),
      'added, percent, median': round(median(added)),
      'added, percent, least': round(Math.min(...added)),
      'added, percent, most': round(Math.max(...added)),
    },
  };
}

const median = (values: readonly number[]): number => percentile(values, 50);

interface Figures {
  readonly fields: number;
  /** CPU time of an operation, in microseconds. */
  readonly without: number;
  readonly whole: number;
  readonly addedPercent: number;
}

async function measurePair(schema: GraphQLSchema, guarded: GraphQLSchema): Promise<Figures> {
  const [mistake] = validate(guarded, DOCUMENT);
  if (mistake) throw mistake;
  const operation = DOCUMENT.definitions[0] as OperationDefinitionNode;
  const executor = authorizedExecutor(guarded);
  const without: Run = async scope => execute({ schema, document: DOCUMENT, contextValue: scope });
  const whole: Run = scope => executor({ document: DOCUMENT, operation, operationName: undefined, variables: {}, scope });
  const fields = await check([without, whole]);
  for (const run of [without, whole]) for (let time = 0; time < WARM_UP; time += 1) await run(aScope());
  const rounds: { without: number; whole: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await oneRound(without, whole));
  return {
    fields,
    without: median(rounds.map(figures => figures.without)),
    whole: median(rounds.map(figures => figures.whole)),
    addedPercent: 100 * (median(rounds.map(figures => figures.whole / figures.without)) - 1),
  };
}

/** In an order by chance: what one leaves to the garbage collector must not always fall to the other. */
async function oneRound(without: Run, whole: Run): Promise<{ without: number; whole: number }> {
  if (Math.random() < 0.5) return { without: await cpuMicroseconds(without), whole: await cpuMicroseconds(whole) };
  const first = await cpuMicroseconds(whole);
  return { without: await cpuMicroseconds(without), whole: first };
}

async function cpuMicroseconds(run: Run): Promise<number> {
  const scopes = Array.from({ length: OPERATIONS }, aScope);
  const before = process.cpuUsage();
  for (const scope of scopes) await run(scope);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / OPERATIONS;
}

/** All ways give the same whole answer; how many fields it has. */
async function check(ways: readonly Run[]): Promise<number> {
  const answers = await Promise.all(ways.map(async run => JSON.stringify(await run(aScope()))));
  if (new Set(answers).size !== 1 || answers[0]?.includes('"errors"')) throw new Error(`The ways differ or fail: ${answers[0] ?? ''}`);
  return (answers[0]?.match(/":/g) ?? []).length;
}

async function theSubgraphs(): Promise<readonly Subgraph[]> {
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PAYYMO_SIGNING_KEY: generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    PAYYMO_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    GOCARDLESS_BANK_DATA_SECRET_ID: 'none',
    GOCARDLESS_BANK_DATA_SECRET_KEY: 'none',
  });
  const log = createLogger({ level: 'silent', environment: 'test', service: 'bench', format: 'json' });
  return (await createApp({ config, log })).subgraphs();
}

const TENANT = newId();

/** A person with the role of an accountant; each request has a principal of its own, as over HTTP. */
const aScope = (): Scope => {
  const principal: Principal = {
    ...{ tenantId: TENANT, userId: newId(), clientId: null, sessionId: newId(), actor: 'user:bench' },
    ...{ scopes: new Set(permissionsOf.OWNER), authenticatedAt: new Date(), methods: ['pwd'] },
  };
  return new ScopeInMemory({} as never, principal, 'bench');
};

/** Gives every statement the rows of its table. */
class ScopeInMemory extends Scope {
  override rows<Row>(statement: Sql): Promise<Row[]> {
    const [, table = ''] = / from (\w+) /.exec(statement.strings.join(' ')) ?? [];
    return Promise.resolve([...(TABLES[table] ?? [])] as Row[]);
  }
}

const AT = new Date('2026-11-01T08:00:00Z');
const ids = { connection: newId(), account: newId(), customer: newId() };
const each = <Row>(make: (id: { readonly transaction: string; readonly invoice: string }, at: number) => Row): Row[] => ROW_IDS.map(make);
const ROW_IDS = Array.from({ length: ROWS }, () => ({ transaction: newId(), invoice: newId() }));

const TABLES: Readonly<Record<string, readonly object[]>> = {
  transactions: each(({ transaction }, at) => ({
    ...{ id: transaction, cursorKey: '2026-10-31', accountId: ids.account, connectionId: ids.connection, status: 'BOOKED' },
    ...{ bookedOn: '2026-10-31', valueOn: '2026-10-31', amountMinor: String(10_000 + at), currency: 'EUR', matchState: 'PROPOSED' },
    ...{ counterpartyName: `Payer ${at}`, counterpartyIban: 'NL91ABNA0417164300', remittance: `Rechnung NW-2026-${at}`, createdAt: AT },
  })),
  connections: [{ id: ids.connection, institutionName: 'Sandbox Finance', status: 'ACTIVE' }],
  accounts: [{ id: ids.account, iban: 'DE89370400440532013000', currency: 'EUR', name: 'Main account' }],
  matches: each(({ transaction, invoice }) => ({
    ...{ id: newId(), transactionId: transaction, invoiceId: invoice, state: 'PROPOSED', confidence: 9_500, tied: false },
    evidence: [{ signal: 'REFERENCE', explanation: 'The text names the invoice', contribution: 9_000, data: {} }],
  })),
  invoices: each(({ invoice }, at) => ({
    ...{ id: invoice, number: `NW-2026-${at}`, status: 'UNPAID', dueOn: '2026-11-05', totalMinor: '10000', currency: 'EUR' },
    customerId: ids.customer,
  })),
  customers: [{ id: ids.customer, name: 'Ottilie Vance' }],
};
