import {
  getNamedType,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

import type { Scope } from '../platform/database/scope';
import { PayymoError } from '../platform/errors';
import type { Reference } from '../platform/graphql/entity';
import type { EntityOwner } from '../platform/module';
import { refusalOf } from './authorize';
import { rulesOf } from './rules';

type Resolver = GraphQLFieldResolver<unknown, Scope>;

/** An entity of which nothing but the key is known in this process: what crosses the border between two subgraphs. */
export class EntityKey implements Reference {
  constructor(
    readonly __typename: string,
    readonly id: string,
  ) {}
}

/** The global id of an entity, whether it is the owner's row or only a key. */
export const keyOf = (owner: EntityOwner, source: unknown): string =>
  source instanceof EntityKey ? source.id : owner.ids.encode((source as Reference).id);

/** A field that a subgraph adds to another's entity: it is given the key, never the owner's row. */
export const contributeTo =
  (owner: EntityOwner, resolver: Resolver): Resolver =>
  (source, args, context, info) =>
    resolver(new EntityKey(owner.ids.typeName, keyOf(owner, source)), args, context, info);

/** Lets a field that returns references to another subgraph's entity, or to an interface, return the entities themselves. */
export function resolveReferences(
  resolver: Resolver,
  type: GraphQLOutputType,
  owned: ReadonlySet<string>,
  owners: ReadonlyMap<string, EntityOwner>,
): Resolver {
  const named = getNamedType(type);
  const foreign = isObjectType(named) && owners.has(named.name) && !owned.has(named.name);
  if (!foreign && !isAbstractType(named)) return resolver;
  const resolveOne = (value: unknown, scope: Scope, info: GraphQLResolveInfo) => {
    const { typeName, id } = referenceIn(value, named.name);
    const owner = owners.get(typeName);
    if (!owner) throw new Error(`${typeName} is no entity`);
    const refusal = foreign ? undefined : refusalTo(typeName, scope, info);
    if (refusal) return refusal;
    return foreign && onlyKeyAsked(info) ? new EntityKey(typeName, id) : load(owner, scope, id, !foreign);
  };
  return (source, args, scope, info) =>
    after(resolver(source, args, scope, info), result => eachOf(result, value => resolveOne(value, scope, info)));
}

/**
 * Behind an interface the type is known before anything is loaded: who may not see it learns nothing of whether the object exists. The
 * error is returned, not thrown, so that in a list it stands for its own item.
 */
function refusalTo(typeName: string, scope: Scope, { schema, parentType, fieldName }: GraphQLResolveInfo): Error | undefined {
  const rules = rulesOf(schema);
  return rules && refusalOf(rules, typeName, scope, `${parentType.name}.${fieldName}`);
}

function referenceIn(value: unknown, declared: string): { typeName: string; id: string } {
  const { __typename = declared, id } = value as { __typename?: string; id: string };
  return { typeName: __typename, id };
}

async function load(owner: EntityOwner, scope: Scope, id: string, tagged: boolean): Promise<unknown> {
  const row = await owner.byId(scope).load(owner.ids.decode(id));
  // An interface asks the value for its type; the row itself stays as it is, since other fields may share it.
  return tagged && row ? (Object.create(row, { __typename: { value: owner.ids.typeName } }) as object) : row;
}

const after = (value: unknown, then: (settled: unknown) => unknown): unknown => (value instanceof Promise ? value.then(then) : then(value));

const eachOf = (value: unknown, one: (item: unknown) => unknown): unknown => {
  if (Array.isArray(value)) return value.map(item => (item === null ? null : one(item)));
  return value === null || value === undefined ? value : one(value);
};

const keyOnly = new WeakMap<SelectionSetNode, boolean>();

/** Whether every selection under the field is `id` or `__typename`; remembered for each document. */
function onlyKeyAsked({ fieldNodes }: GraphQLResolveInfo): boolean {
  return fieldNodes.every(({ selectionSet }) => {
    if (!selectionSet) throw new PayymoError('INTERNAL', 'An entity without a selection');
    const known = keyOnly.get(selectionSet) ?? selectionSet.selections.every(isKey);
    keyOnly.set(selectionSet, known);
    return known;
  });
}

const isKey = (selection: SelectionSetNode['selections'][number]): boolean =>
  selection.kind === Kind.FIELD && (selection.name.value === 'id' || selection.name.value === '__typename');
