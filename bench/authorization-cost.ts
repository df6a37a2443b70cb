import 'reflect-metadata';

import { generateKeyPairSync, randomBytes } from 'node:crypto';

import {
  execute,
  type ExecutionResult,
  type GraphQLField,
  type GraphQLSchema,
  isObjectType,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';

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
const SCHEMAS = 3;
const ROUNDS = 300;
const OPERATIONS = 3;
const WARM_UP_ROUNDS = 60;

const DOCUMENT = parse(`{ transactions(first: ${ROWS}) { nodes { id status bookedOn valueOn counterpartyName counterpartyIban remittance
  matchState createdAt amount { amountMinor currency decimal formatted } connection { id institutionName status }
  account { id iban currency name } matches { id state confidence tied evidence { signal explanation contribution }
  invoice { id number status dueOn total { formatted } customer { name } } } } pageInfo { hasNextPage endCursor } } }`);

type Run = (scope: Scope) => Promise<ExecutionResult>;

/**
 * What authorization adds to an operation: a page of transactions with their connections, accounts, matches and invoices, executed over the
 * fused schema as it runs, on rows in memory; with a database the share is smaller. CPU time, since the machine may have other work.
 *
 * Two schemas of the same make differ by some percent from how they lie in memory. So it is one schema whose fields have their guards and are
 * without them in turn; as a check of the measurement itself, the time without is taken twice.
 */
export async function measure(): Promise<Result> {
  const subgraphs = await theSubgraphs();
  const rounds: Round[] = [];
  let fields = 0;
  for (let time = 0; time < SCHEMAS; time += 1) {
    const plain = fuse(subgraphs);
    const ways = waysOf(plain, authorize(plain, systemClock));
    fields = await check(Object.values(ways));
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await oneRound(ways);
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await oneRound(ways));
  }
  const microseconds = (way: Way) => Math.round(median(rounds.map(round => round[way])));
  const added = (way: Way) => Number((100 * (median(rounds.map(round => round[way] / round.without)) - 1)).toFixed(2));
  return {
    name: 'authorization-cost',
    title: `CPU time of a page of ${ROWS} transactions, rows in memory, medians of ${rounds.length} rounds; the goal is 2 % added`,
    figures: {
      'fields in the answer': fields,
      'without authorization, us': microseconds('without'),
      'with authorization, us': microseconds('whole'),
      'added, percent': added('whole'),
      'added by nothing, percent': added('again'),
    },
  };
}

const median = (values: readonly number[]): number => percentile(values, 50);

type Way = 'without' | 'again' | 'whole';
type Round = Readonly<Record<Way, number>>;

/** A way to run the operation, after what makes the schema ready for it. */
interface Runner {
  readonly prepare: () => void;
  readonly run: Run;
}

function waysOf(plain: GraphQLSchema, schema: GraphQLSchema): Readonly<Record<Way, Runner>> {
  const [mistake] = validate(schema, DOCUMENT);
  if (mistake) throw mistake;
  const resolvers = new Map(fieldsOf(plain).map(([coordinate, { resolve }]) => [coordinate, resolve]));
  const fields = fieldsOf(schema).map(([coordinate, field]) => ({ field, guarded: field.resolve, open: resolvers.get(coordinate) }));
  const open = () => {
    for (const { field, open: resolve } of fields) Object.assign(field, { resolve });
  };
  const close = () => {
    for (const { field, guarded: resolve } of fields) Object.assign(field, { resolve });
  };
  const executor = authorizedExecutor(schema);
  const operation = DOCUMENT.definitions[0] as OperationDefinitionNode;
  const without: Runner = { prepare: open, run: async scope => execute({ schema, document: DOCUMENT, contextValue: scope }) };
  const run: Run = scope => executor({ document: DOCUMENT, operation, operationName: undefined, variables: {}, scope });
  return { without, again: without, whole: { prepare: close, run } };
}

type Field = GraphQLField<unknown, unknown>;

const fieldsOf = (schema: GraphQLSchema): (readonly [string, Field])[] =>
  Object.values(schema.getTypeMap())
    .filter(type => isObjectType(type))
    .flatMap(type => Object.values(type.getFields()).map(field => [`${type.name}.${field.name}`, field] as const));

/** In an order by chance: what one leaves to the garbage collector must not always fall to the same other. */
async function oneRound(ways: Readonly<Record<Way, Runner>>): Promise<Round> {
  const order = (Object.keys(ways) as Way[]).map(way => ({ way, at: Math.random() })).sort((a, b) => a.at - b.at);
  const round = { without: 0, again: 0, whole: 0 };
  for (const { way } of order) round[way] = await cpuMicroseconds(ways[way]);
  return round;
}

async function cpuMicroseconds({ prepare, run }: Runner): Promise<number> {
  prepare();
  const scopes = Array.from({ length: OPERATIONS }, aScope);
  const before = process.cpuUsage();
  for (const scope of scopes) await run(scope);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / OPERATIONS;
}

/** All ways give the same whole answer; how many fields it has. */
async function check(ways: readonly Runner[]): Promise<number> {
  const answers: string[] = [];
  for (const { prepare, run } of ways) {
    prepare();
    answers.push(JSON.stringify(await run(aScope())));
  }
  if (new Set(answers).size !== 1 || answers[0]?.includes('"errors":')) throw new Error(`The ways differ or fail: ${answers[0] ?? ''}`);
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
