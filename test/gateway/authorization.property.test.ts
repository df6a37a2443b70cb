import fc from 'fast-check';
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getNamedType,
  type GraphQLSchema,
  isAbstractType,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';

import { authorize } from '../../src/gateway/authorize';
import { authorizedExecutor, type Executor } from '../../src/gateway/executor';
import { fuse } from '../../src/gateway/fuse';
import { permissions } from '../../src/identity/roles/permissions';
import { jobPrincipal, type Principal } from '../../src/platform/auth/principal';
import { Scope } from '../../src/platform/database/scope';
import { Choices } from '../isolation/choices';
import { fieldsOf } from '../support/decisions';
import { everyModule } from '../support/every-module';
import { imagined, type Resolved } from '../support/imagined-schema';
import { refusalsIn } from '../support/protected-library';
import { aRandomDocument } from '../support/random-documents';

const RUNS = 400;
const NOW = new Date('2026-11-22T12:00:00Z');

/** Somebody with any permissions and any way of having signed in; null for nobody. */
const principals: fc.Arbitrary<Principal | null> = fc.option(
  fc.record({ scopes: fc.subarray([...permissions]), steppedUp: fc.boolean() }).map(({ scopes, steppedUp }) => ({
    ...jobPrincipal('', 'test'),
    userId: 'somebody',
    methods: steppedUp ? (['pwd', 'otp'] as const) : (['pwd'] as const),
    authenticatedAt: NOW,
    scopes: new Set<string>(scopes),
  })),
  { freq: 12 },
);

describe('whatever is asked by whomever', () => {
  let schema: GraphQLSchema;
  let pruning: Executor;
  /** Who may see an object behind an interface depends on what it is: that is asked of the field first. */
  let behindInterfaces: readonly string[];
  const resolved: Resolved[] = [];
  beforeAll(async () => {
    const clock = { now: () => NOW };
    schema = authorize(imagined(fuse(await (await everyModule()).subgraphs()), resolved), clock);
    pruning = authorizedExecutor(schema);
    behindInterfaces = fieldsOf(schema).flatMap(({ coordinate, field }) => (isAbstractType(getNamedType(field.type)) ? [coordinate] : []));
  });

  const run = async (work: () => Promise<ExecutionResult>) => {
    resolved.length = 0;
    const result = await work();
    return { data: JSON.stringify(result.data), refusals: refusalsIn(result), resolved: [...resolved] };
  };
  /** As without any plan: the guards of the fields alone. */
  const guarded = (document: DocumentNode, variableValues: Record<string, unknown>, principal: Principal | null) =>
    run(async () => execute({ schema, document, variableValues, contextValue: new Scope({} as never, principal, 'test') }));
  const pruned = (document: DocumentNode, variables: Record<string, unknown>, principal: Principal | null) => {
    const operation = document.definitions[0] as OperationDefinitionNode;
    return run(() =>
      pruning({ document, operation, operationName: undefined, variables, scope: new Scope({} as never, principal, 'test') }),
    );
  };

  it('the answer without what is refused is the one that the guards give, and nothing refused is resolved [API-003] [SEC-017]', async () => {
    const seen = { valid: 0, refused: 0, whole: 0 };
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 20, maxLength: 400 }), principals, async (bytes, principal) => {
        const { source, variables } = aRandomDocument(schema, new Choices(bytes));
        const document = parse(source);
        fc.pre(validate(schema, document).length === 0);
        const expected = await guarded(document, variables, principal);
        const actual = await pruned(document, variables, principal);

        expect(actual.data).toBe(expected.data);
        expect(coordinates(actual.refusals)).toEqual(coordinates(expected.refusals));
        // One error for each selection, wherever it stands in lists.
        expect(new Set(actual.refusals.map(selectionOf)).size).toBe(actual.refusals.length);
        // What the guards refused at run time was taken out before: the same fields were resolved, none more.
        expect(actual.resolved).toEqual(expected.resolved);
        const places = new Set(expected.refusals.map(([path]) => path));
        expect(actual.resolved.filter(({ coordinate, path }) => places.has(path) && !behindInterfaces.includes(coordinate))).toEqual([]);
        seen.valid += 1;
        seen[actual.refusals.length > 0 ? 'refused' : 'whole'] += 1;
      }),
      { numRuns: RUNS },
    );

    // That the property means something: of each kind there were many.
    expect(seen.valid).toBe(RUNS);
    expect(seen.refused).toBeGreaterThan(RUNS / 5);
    expect(seen.whole).toBeGreaterThan(RUNS / 20);
  });
});

const coordinates = (refusals: readonly unknown[][]): string[] => [...new Set(refusals.map(([, ...what]) => what.join(' ')))].sort();

/** The place in the operation: the path without the positions in lists, and what was refused there. */
const selectionOf = ([path, , coordinate]: unknown[]): string => `${String(path).replace(/\.\d+/g, '')} ${String(coordinate)}`;
