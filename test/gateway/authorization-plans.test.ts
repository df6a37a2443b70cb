import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  type DocumentNode,
  getNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type OperationDefinitionNode,
  parse,
} from 'graphql';

import { authorize } from '../../src/gateway/authorize';
import { Demand } from '../../src/gateway/demand';
import { authorizedExecutor } from '../../src/gateway/executor';
import { MAX_VARIANTS, OperationPlan } from '../../src/gateway/operation-plan';
import { RecentlyUsed } from '../../src/gateway/recently-used';
import { prune } from '../../src/gateway/prune';
import { Rules } from '../../src/gateway/rules';
import { type Shape, Shapes } from '../../src/gateway/shape';
import { jobPrincipal } from '../../src/platform/auth/principal';
import { Scope } from '../../src/platform/database/scope';
import { DIRECTIVES } from '../support/protected-library';

const fields = Array.from({ length: 10 }, (_, n) => `f${n}`);
const seen: GraphQLResolveInfo[] = [];
const schema = authorize(
  makeExecutableSchema({
    typeDefs: `${DIRECTIVES} type Query { ${fields.map(name => `${name}: Int @requiresScopes(scopes: [["${name}:read"]])`).join(' ')} }`,
    resolvers: {
      Query: {
        f0: (_source, _args, _scope, info: GraphQLResolveInfo) => {
          seen.push(info);
          return 0;
        },
      },
    },
  }),
);
const principal = (...names: readonly string[]) => ({ ...jobPrincipal('', 'test'), scopes: new Set(names.map(name => `${name}:read`)) });
const operationOf = (document: DocumentNode) => document.definitions[0] as OperationDefinitionNode;
const planFor = (source: string) => {
  const document = parse(source);
  return new OperationPlan(schema, new Rules(schema, { now: () => new Date() }), document, operationOf(document));
};

/** Goes to every place of the answer, as an answer that has it all would. */
function visit(shape: Shape, type: GraphQLObjectType): number {
  const inside = [...shape.of(type).values()].filter(({ site }) => !site);
  return inside.reduce((places, entry) => places + visit(entry.shape, getNamedType(entry.type) as GraphQLObjectType), 1);
}

describe('what is kept of an answer', () => {
  const tree = makeExecutableSchema({ typeDefs: 'type Query { node: Node } type Node { node: Node secret: Int }' });
  const times = (count: number, inside: string) => Array.from({ length: count }, (_, at) => `a${at}: node { ${inside} }`).join(' ');

  it('grows with the document, not with the answer that fragments make of it [API-010]', () => {
    const document = parse(
      `{ ${times(9, '...F')} } fragment F on Node { ${times(9, '...G')} } fragment G on Node { ${times(9, 'secret')} }`,
    );
    const demand = new Demand([], () => new Date());
    const pruned = prune(tree, document, operationOf(document), (_type, { name }) =>
      name.value === 'secret' ? { demand, coordinate: 'Node.secret' } : undefined,
    );
    const shapes = new Shapes(tree, pruned);

    const places = visit(shapes.of([pruned.operation.selectionSet]), tree.getType('Query') as GraphQLObjectType);

    expect(places).toBe(1 + 9 + 81 + 729);
    expect(shapes.size).toBe(1 + 9 + 9 + 9 + 1);
  });
});

describe('the plan of an operation', () => {
  it('runs the very document that was sent when nothing of it is refused [API-003]', async () => {
    const document = parse('{ f0 }');
    const run = authorizedExecutor(schema);
    const operation = operationOf(document);
    const scope = new Scope({} as never, principal('f0'), 'test');

    await run({ document, operation, operationName: undefined, variables: undefined, scope });

    expect(seen.at(-1)?.operation).toBe(operation);
    expect(seen.at(-1)?.fieldNodes[0]).toBe(operation.selectionSet.selections[0]);
  });

  it('is made once for all who lack the same, whatever else they may [API-003]', () => {
    const plan = planFor('{ f0 f1 f2 }');

    const one = plan.redactionFor(principal('f0'), {});

    expect(one).toBeDefined();
    expect(plan.redactionFor(principal('f0', 'f8', 'f9'), {})).toBe(one);
    expect(plan.redactionFor(principal('f1'), {})).not.toBe(one);
    expect(plan.redactionFor(principal('f0', 'f1', 'f2'), {})).toBeUndefined();
    expect(plan.variants).toBe(2);
  });

  it('keeps a bounded number of variants, whatever callers come [API-010]', () => {
    const plan = planFor(`{ ${fields.join(' ')} }`);
    for (let set = 0; set < 1000; set += 1) plan.redactionFor(principal(...fields.filter((_, bit) => (set >> bit) % 2 === 1)), {});

    expect(plan.variants).toBe(MAX_VARIANTS);
  });

  it('refuses to run over a schema that nothing guards [SEC-017]', () => {
    expect(() => authorizedExecutor(makeExecutableSchema({ typeDefs: 'type Query { x: Int }' }))).toThrow('not guarded');
  });
});

describe('RecentlyUsed', () => {
  it('forgets what was not used for longest [API-010]', () => {
    const kept = new RecentlyUsed<string, string>(2);
    const made: string[] = [];
    const get = (key: string) =>
      kept.get(key, () => {
        made.push(key);
        return key;
      });

    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) get(key);

    expect(made).toEqual(['a', 'b', 'c', 'b']);
    expect(kept.size).toBe(2);
  });
});
