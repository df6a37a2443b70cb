import { getDirective } from '@graphql-tools/utils';
import { getNamedType, type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';

/** What a field or a type asks of a caller. Of `anyOf`, all of one alternative. */
export type Requirement =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes'; readonly anyOf: Alternatives }
  | { readonly kind: 'policies'; readonly anyOf: Alternatives }
  /** Nobody wrote down who may ask: refused to all, since forgetting must fail closed. */
  | { readonly kind: 'undecided'; readonly coordinate: string };

export type Alternatives = readonly (readonly string[])[];

/** The directives written on a field or a type. */
export function decisionsOn(schema: GraphQLSchema, node: Parameters<typeof getDirective>[1]): Requirement[] {
  const on = (name: string) => getDirective(schema, node, name) ?? [];
  return [
    ...on('public').map(() => ({ kind: 'public' }) as const),
    ...on('authenticated').map(() => ({ kind: 'authenticated' }) as const),
    ...on('requiresScopes').map(({ scopes }) => ({ kind: 'scopes', anyOf: scopes as Alternatives }) as const),
    ...on('policy').map(({ policies }) => ({ kind: 'policies', anyOf: policies as Alternatives }) as const),
  ];
}

/**
 * What a field asks beyond the type that it stands on: by itself, and by the object type that it returns, so that a field whose type
 * needs more than its parent's is refused as one.
 */
export function addedBy(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): Requirement[] {
  const returned = getNamedType(field.type);
  return [...decisionsOn(schema, field), ...(isObjectType(returned) ? decisionsOn(schema, returned) : [])];
}
