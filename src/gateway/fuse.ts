import { mergeTypeDefs } from '@graphql-tools/merge';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { createResolversMap } from 'type-graphql';

import type { Scope } from '../platform/database/scope';
import type { EntityOwner } from '../platform/module';
import { conjoin } from './conjoin';
import { contributeTo, keyOf, resolveReferences } from './reference';
import type { Subgraph } from './subgraph';

type Resolver = GraphQLFieldResolver<unknown, Scope>;
type Resolvers = Record<string, Record<string, Resolver> | undefined>;
export type Owners = ReadonlyMap<string, EntityOwner>;

/** What the federation directives mean in one executable schema; @link and friends stay with the subgraphs. */
const DIRECTIVES = parse(`
  directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
  directive @shareable repeatable on OBJECT | FIELD_DEFINITION
  directive @public on FIELD_DEFINITION | OBJECT
  directive @authenticated on FIELD_DEFINITION | OBJECT
  directive @requiresScopes(scopes: [[federation__Scope!]!]!) on FIELD_DEFINITION | OBJECT
  directive @policy(policies: [[federation__Policy!]!]!) on FIELD_DEFINITION | OBJECT
  directive @filtersOn(fields: [String!]!) on INPUT_FIELD_DEFINITION
  scalar federation__Scope
  scalar federation__Policy
`);

/**
 * Fuses subgraphs that live in this process into one executable schema: no planner, no hop, no second serialisation.
 * The fields of an entity are united. A field that returns another subgraph's entity passes through the owner's loader, in one
 * batch, unless only its key was asked for. A field that a subgraph adds to another's entity receives a reference to it.
 * @requirement API-001
 */
export function fuse(subgraphs: readonly Subgraph[]): GraphQLSchema {
  const owners: Owners = new Map(subgraphs.flatMap(({ entities }) => entities.map(entity => [entity.ids.typeName, entity])));
  return makeExecutableSchema({
    // Owners come last, so that their descriptions win over a reference's.
    typeDefs: conjoin(
      mergeTypeDefs([DIRECTIVES, ...subgraphs.map(({ typeDefs }) => typeDefs)]),
      subgraphs.map(({ typeDefs }) => typeDefs),
    ),
    resolvers: subgraphs.map(subgraph => fusedResolvers(subgraph, owners)) as IResolvers<unknown, Scope>[],
    resolverValidationOptions: { requireResolversForResolveType: 'error' },
  });
}

function fusedResolvers(subgraph: Subgraph, owners: Owners): Resolvers {
  const resolvers = createResolversMap(subgraph.schema) as unknown as Resolvers;
  const owned = new Set(subgraph.entities.map(({ ids }) => ids.typeName));
  for (const type of Object.values(subgraph.schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const owner = owners.get(type.name);
    const fields = resolvers[type.name] ?? {};
    for (const [name, field] of Object.entries(type.getFields())) {
      const resolver = fields[name];
      if (!resolver) continue;
      const resolved = resolveReferences(resolver, field.type, owned, owners);
      fields[name] = owner && !owned.has(type.name) ? contributeTo(owner, resolved) : resolved;
    }
    if (owner) settleKey(fields, owner, owned.has(type.name));
    resolvers[type.name] = fields;
  }
  return resolvers;
}

/** The owner says what the id is; the other subgraphs' stubs have no say in it. */
function settleKey(fields: Record<string, Resolver>, owner: EntityOwner, isOwner: boolean): void {
  delete fields['id'];
  if (isOwner) fields['id'] = source => keyOf(owner, source);
}
