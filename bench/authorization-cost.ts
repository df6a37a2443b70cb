import 'reflect-metadata';

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

import { authorize } from '../src/gateway/authorize';
import { authorizedExecutor } from '../src/gateway/executor';
import { fuse } from '../src/gateway/fuse';
import type { Subgraph } from '../src/gateway/subgraph';
import { systemClock } from '../src/platform/clock';
import { Scope } from '../src/platform/database/scope';
import type { Business } from '../test/sandbox/world/world';
import { startApp } from '../test/support/app';
import { aBusiness, aLine, anAccount, anInvoice } from '../test/support/business';
import globalSetup from '../test/support/global-setup';
import globalTeardown from '../test/support/global-teardown';
import { proposed } from '../test/support/journey';
import { percentile, type Result } from './results';
import { anOwner, aScopeInMemory, ROWS } from './rows-in-memory';

const SCHEMAS = 2;
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
 * fused schema as it runs, from PostgreSQL and, as the hardest case, from rows in memory. CPU time of this process, since the machine may have
 * other work.
 *
 * Two schemas of the same make differ by some percent from how they lie in memory. So it is one schema whose fields have their guards and are
 * without them in turn; as a check of the measurement itself, the time without is taken twice.
 */
export async function measure(): Promise<Result> {
  await globalSetup();
  const app = await startApp([aBusinessOf(ROWS)]);
  try {
    const tenant = app.tenant('northwind');
    await proposed(app, tenant);
    const subgraphs = await app.subgraphs();
    const stored = await figuresOf(subgraphs, () => new Scope(app.database, anOwner(tenant.uuid, tenant.userUuids.OWNER), 'bench'));
    const inMemory = await figuresOf(subgraphs, aScopeInMemory);
    return {
      name: 'authorization-cost',
      title: `CPU time of a page of ${ROWS} transactions, medians of ${SCHEMAS * ROUNDS} rounds; the goal is 2 % added`,
      figures: { 'fields in the answer': stored.fields, ...named('from PostgreSQL', stored), ...named('from memory', inMemory) },
    };
  } finally {
    await app.close();
    await globalTeardown();
  }
}

interface Figures {
  readonly fields: number;
  readonly withoutUs: number;
  readonly wholeUs: number;
  readonly addedPercent: number;
  /** By the same once more: how exact the measurement is. */
  readonly controlPercent: number;
}

const named = (rows: string, { withoutUs, wholeUs, addedPercent, controlPercent }: Figures): Result['figures'] => ({
  [`${rows}, without, us`]: withoutUs,
  [`${rows}, with, us`]: wholeUs,
  [`${rows}, added, percent`]: addedPercent,
  [`${rows}, added by nothing, percent`]: controlPercent,
});

async function figuresOf(subgraphs: readonly Subgraph[], aScope: () => Scope): Promise<Figures> {
  const rounds: Round[] = [];
  let fields = 0;
  for (let time = 0; time < SCHEMAS; time += 1) {
    const plain = fuse(subgraphs);
    const ways = waysOf(plain, authorize(plain, systemClock));
    fields = await check(Object.values(ways), aScope);
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await oneRound(ways, aScope);
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await oneRound(ways, aScope));
  }
  const added = (way: Way) => Number((100 * (median(rounds.map(round => round[way] / round.without)) - 1)).toFixed(2));
  return {
    fields,
    withoutUs: Math.round(median(rounds.map(({ without }) => without))),
    wholeUs: Math.round(median(rounds.map(({ whole }) => whole))),
    addedPercent: added('whole'),
    controlPercent: added('again'),
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
async function oneRound(ways: Readonly<Record<Way, Runner>>, aScope: () => Scope): Promise<Round> {
  const order = (Object.keys(ways) as Way[]).map(way => ({ way, at: Math.random() })).sort((a, b) => a.at - b.at);
  const round = { without: 0, again: 0, whole: 0 };
  for (const { way } of order) round[way] = await cpuMicroseconds(ways[way], aScope);
  return round;
}

async function cpuMicroseconds({ prepare, run }: Runner, aScope: () => Scope): Promise<number> {
  prepare();
  const scopes = Array.from({ length: OPERATIONS }, aScope);
  const before = process.cpuUsage();
  for (const scope of scopes) {
    await run(scope);
    await scope.close();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / OPERATIONS;
}

/** All ways give the same whole answer; how many fields it has. */
async function check(ways: readonly Runner[], aScope: () => Scope): Promise<number> {
  const answers: string[] = [];
  for (const { prepare, run } of ways) {
    prepare();
    const scope = aScope();
    answers.push(JSON.stringify(await run(scope)));
    await scope.close();
  }
  if (new Set(answers).size !== 1 || answers[0]?.includes('"errors":')) throw new Error(`The ways differ or fail: ${answers[0] ?? ''}`);
  return (answers[0]?.match(/":/g) ?? []).length;
}

/** A business with so many payments, each of one invoice. */
function aBusinessOf(rows: number): Business {
  const numbers = Array.from({ length: rows }, (_, at) => 900 + at);
  const booked = numbers.map(n =>
    aLine({ amount: `${n}.37`, debtorName: `Payer ${n}`, remittanceInformationUnstructured: `NW-2026-${n}` }),
  );
  return aBusiness({
    accounts: [anAccount({ booked })],
    invoices: numbers.map(n => anInvoice({ id: String(n), total: `${n}.37`, invoicenum: `NW-2026-${n}` })),
  });
}
