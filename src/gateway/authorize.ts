import { getDirective, MapperKind, mapSchema } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLObjectType, type GraphQLSchema } from 'graphql';

import type { Scope } from '../platform/database/scope';
import { forbidden, unauthenticated } from '../platform/errors';

/** What a field asks of its caller. */
export type Requirement =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes'; readonly anyOf: readonly (readonly string[])[] };

/**
 * Puts a synchronous check in front of every field that is not public, so that it holds whichever way the field is reached.
 * The decisions on a field and on its type both hold, as in federation. A field without any is refused to all: forgetting fails closed.
 * @requirement API-003
 */
export const authorize = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field: GraphQLFieldConfig<unknown, Scope>, fieldName, typeName, within) =>
      guarded(field, checkOf(`${typeName}.${fieldName}`, requirementsOf(within, field, within.getType(typeName) as GraphQLObjectType))),
  });

/** The written decisions on a field: its type's and its own. */
export const requirementsOf = (schema: GraphQLSchema, field: GraphQLFieldConfig<unknown, Scope>, type: GraphQLObjectType): Requirement[] =>
  [decisionOn(schema, type), decisionOn(schema, field)].filter(decision => decision !== undefined);

function decisionOn(schema: GraphQLSchema, node: Parameters<typeof getDirective>[1]): Requirement | undefined {
  const [scopes] = getDirective(schema, node, 'requiresScopes') ?? [];
  if (scopes) return { kind: 'scopes', anyOf: scopes['scopes'] as string[][] };
  if (getDirective(schema, node, 'authenticated')) return { kind: 'authenticated' };
  return getDirective(schema, node, 'public') ? { kind: 'public' } : undefined;
}

type Check = (scope: Scope) => void;

function guarded(field: GraphQLFieldConfig<unknown, Scope>, check: Check | undefined): GraphQLFieldConfig<unknown, Scope> {
  if (!check) return field;
  const resolve = field.resolve ?? defaultFieldResolver;
  return {
    ...field,
    resolve: (source, args, scope, info) => {
      check(scope);
      return resolve(source, args, scope, info);
    },
  };
}

/** Undefined for what anybody may ask. */
function checkOf(coordinate: string, requirements: readonly Requirement[]): Check | undefined {
  if (requirements.length === 0) {
    return () => {
      throw new Error(`${coordinate} carries no decision on who may ask for it`);
    };
  }
  if (requirements.every(({ kind }) => kind === 'public')) return undefined;
  const scopes = requirements.filter(requirement => requirement.kind === 'scopes');
  return ({ principal }) => {
    if (!principal) throw unauthenticated();
    for (const { anyOf } of scopes) {
      if (!anyOf.some(all => all.every(scope => principal.scopes.has(scope)))) throw forbidden(anyOf[0]?.join(' and ') ?? coordinate);
    }
  };
}
