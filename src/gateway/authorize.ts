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
 * A field without a decision of its own has its type's; one without any is refused to all: forgetting fails closed.
 */
export const authorize = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field, fieldName, typeName, within) => {
      const requirement = requirementOf(within, field, within.getType(typeName) as GraphQLObjectType);
      return requirement?.kind === 'public' ? field : guarded(field, `${typeName}.${fieldName}`, requirement);
    },
  });

/** The written decision on a field: its own, else its type's. */
export function requirementOf(
  schema: GraphQLSchema,
  field: GraphQLFieldConfig<unknown, unknown>,
  type: GraphQLObjectType,
): Requirement | undefined {
  return decisionOn(schema, field) ?? decisionOn(schema, type);
}

function decisionOn(schema: GraphQLSchema, node: Parameters<typeof getDirective>[1]): Requirement | undefined {
  const [scopes] = getDirective(schema, node, 'requiresScopes') ?? [];
  if (scopes) return { kind: 'scopes', anyOf: scopes['scopes'] as string[][] };
  if (getDirective(schema, node, 'authenticated')) return { kind: 'authenticated' };
  return getDirective(schema, node, 'public') ? { kind: 'public' } : undefined;
}

function guarded(
  field: GraphQLFieldConfig<unknown, Scope>,
  coordinate: string,
  requirement: Requirement | undefined,
): GraphQLFieldConfig<unknown, Scope> {
  const resolve = field.resolve ?? defaultFieldResolver;
  const check = checkOf(coordinate, requirement);
  return {
    ...field,
    resolve: (source, args, scope, info) => {
      check(scope);
      return resolve(source, args, scope, info);
    },
  };
}

function checkOf(coordinate: string, requirement: Requirement | undefined): (scope: Scope) => void {
  if (!requirement || requirement.kind === 'public') {
    return () => {
      throw new Error(`${coordinate} carries no decision on who may ask for it`);
    };
  }
  return ({ principal }) => {
    if (!principal) throw unauthenticated();
    if (requirement.kind === 'scopes' && !requirement.anyOf.some(all => all.every(scope => principal.scopes.has(scope)))) {
      throw forbidden(requirement.anyOf[0]?.join(' and ') ?? coordinate);
    }
  };
}
