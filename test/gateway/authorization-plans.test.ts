import { makeExecutableSchema } from '@graphql-tools/schema';
import { type DocumentNode, type GraphQLResolveInfo, type OperationDefinitionNode, parse } from 'graphql';

import { authorize } from '../../src/gateway/authorize';
import { authorizedExecutor } from '../../src/gateway/executor';
import { MAX_VARIANTS, OperationPlan } from '../../src/gateway/operation-plan';
import { RecentlyUsed } from '../../src/gateway/recently-used';
import { Rules } from '../../src/gateway/rules';
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
