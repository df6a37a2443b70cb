import {
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isNonNullType,
  isObjectType,
} from 'graphql';

import { itemTypeOf, tellingsOf } from '../../src/gateway/filters';
import { addedBy, decisionsOn, type Requirement } from '../../src/gateway/requirement';

type Field = GraphQLField<unknown, unknown>;

interface DecidedField {
  readonly coordinate: string;
  readonly type: GraphQLObjectType;
  readonly field: Field;
  /** Written on the type and on the field. */
  readonly decisions: readonly Requirement[];
  /** All that is asked at the field: these, and what the type that it returns needs. */
  readonly asked: readonly Requirement[];
}

/** Every field of every object type, with who may ask for it. */
export const fieldsOf = (schema: GraphQLSchema): DecidedField[] =>
  Object.values(schema.getTypeMap())
    .filter((type: GraphQLNamedType): type is GraphQLObjectType => isObjectType(type) && !isMeta(type))
    .flatMap(type => Object.values(type.getFields()).map(field => decidedField(schema, type, field)));

/** What a federation router adds to a subgraph is not ours to decide on. */
const isMeta = ({ name }: GraphQLNamedType): boolean => name.startsWith('__') || name === '_Service';

function decidedField(schema: GraphQLSchema, type: GraphQLObjectType, field: Field): DecidedField {
  const ofType = decisionsOn(schema, type);
  return {
    coordinate: `${type.name}.${field.name}`,
    type,
    field,
    decisions: [...ofType, ...decisionsOn(schema, field)],
    asked: [...ofType, ...addedBy(schema, field)],
  };
}

/** The scopes that a field asks for, in any alternative. */
export const scopesIn = (requirements: readonly Requirement[]): readonly string[] => [
  ...new Set(requirements.flatMap(requirement => (requirement.kind === 'scopes' ? requirement.anyOf.flat() : []))),
];

/** Whether a caller who may have the object can be refused the field. */
export function isNarrower(schema: GraphQLSchema, { type, field }: DecidedField): boolean {
  const held = decisionsOn(schema, type);
  const signedIn = held.some(({ kind }) => kind !== 'public');
  return addedBy(schema, field).some(needed => {
    if (needed.kind === 'public' || (needed.kind === 'authenticated' && signedIn)) return false;
    return !held.some(requirement => JSON.stringify(requirement) === JSON.stringify(needed));
  });
}

/** The fields that a refusal would take more with it than themselves: they should be nullable. */
export const brittleFields = (schema: GraphQLSchema): string[] =>
  fieldsOf(schema)
    .filter(decided => isNonNullType(decided.field.type) && isNarrower(schema, decided))
    .map(({ coordinate }) => coordinate);

/** The filters and orders that name no field of what they filter or order: they are refused to everybody. */
export const danglingFilters = (schema: GraphQLSchema): string[] =>
  fieldsOf(schema).flatMap(({ field }) => {
    const item = getNamedType(itemTypeOf(field));
    const names: readonly string[] = isObjectType(item) ? Object.keys(item.getFields()) : [];
    return tellingsOf(schema, field).flatMap(({ coordinate, fields }) =>
      fields.length > 0 && fields.every(name => names.includes(name)) ? [] : [coordinate],
    );
  });
