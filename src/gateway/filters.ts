import { getDirective } from '@graphql-tools/utils';
import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
} from 'graphql';

/** What one key of a filter, or one value of an order, tells of the items of a list. */
export interface Telling {
  /** For people and errors: `MatchFilter.transactionId`, `MatchOrder.CONFIDENCE_ASC`. */
  readonly coordinate: string;
  /** Names of fields of the item type. */
  readonly fields: readonly string[];
  /** Whether the arguments of the list make use of it. */
  readonly usedIn: (args: ListArguments) => boolean;
}

/** As GraphQL coerced them, or before: enums have the same values inside as outside. */
export interface ListArguments {
  readonly filter?: unknown;
  readonly orderBy?: unknown;
}

/**
 * The filters and orders of a list, each with the fields that it tells of. The rule: a key of the argument `filter` is named as the field,
 * or names others with @filtersOn; a value of the argument `orderBy` is the field's name in capitals and _ASC or _DESC.
 */
export const tellingsOf = (schema: GraphQLSchema, { args }: GraphQLField<unknown, unknown>): Telling[] =>
  args.flatMap(argument => [...filterKeys(schema, argument), ...orderValues(argument)]);

/** The type of the items of a list or of a connection. */
export function itemTypeOf({ type }: GraphQLField<unknown, unknown>): GraphQLNamedType {
  const returned = getNamedType(type);
  const nodes = isObjectType(returned) ? returned.getFields()['nodes'] : undefined;
  return nodes ? getNamedType(nodes.type) : returned;
}

function filterKeys(schema: GraphQLSchema, { name, type }: GraphQLArgument): Telling[] {
  const input = getNamedType(type);
  if (name !== 'filter' || !isInputObjectType(input)) return [];
  return Object.values(input.getFields()).map(key => ({
    coordinate: `${input.name}.${key.name}`,
    fields: written(schema, key) ?? [key.name],
    usedIn: ({ filter }) => typeof filter === 'object' && filter !== null && ((filter as Keys)[key.name] ?? null) !== null,
  }));
}

type Keys = Readonly<Record<string, unknown>>;

const written = (schema: GraphQLSchema, key: GraphQLInputField): readonly string[] | undefined =>
  getDirective(schema, key, 'filtersOn')?.[0]?.['fields'] as readonly string[] | undefined;

function orderValues({ name, type, defaultValue }: GraphQLArgument): Telling[] {
  const order = getNamedType(type);
  if (name !== 'orderBy' || !isEnumType(order)) return [];
  return order.getValues().map(value => ({
    coordinate: `${order.name}.${value.name}`,
    fields: [fieldNamedBy(value.name)],
    usedIn: ({ orderBy }) => (orderBy ?? defaultValue) === value.value,
  }));
}

/** BOOKED_ON_DESC orders by bookedOn. */
const fieldNamedBy = (value: string): string =>
  value
    .replace(/_(ASC|DESC)$/, '')
    .toLowerCase()
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
