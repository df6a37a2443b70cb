import { createHash } from 'node:crypto';

import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  getNamedType,
  type GraphQLFieldConfig,
  GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLUnionType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';

/** A field that was resolved: `Match.transaction` at matches.nodes.0.transaction. */
export interface Resolved {
  readonly coordinate: string;
  readonly path: string;
}

/**
 * A schema whose every field answers without a database: what it answers is settled by where in the answer it stands, so that two
 * executions agree. Now and then that is null, where it may be. `resolved` takes each field that was resolved.
 */
export function imagined(schema: GraphQLSchema, resolved: Resolved[]): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field: GraphQLFieldConfig<unknown, unknown>, name, typeName) => ({
      ...field,
      resolve: (_source, _args, _context, info: GraphQLResolveInfo) => {
        const path = responsePathAsArray(info.path).join('.');
        resolved.push({ coordinate: `${typeName}.${name}`, path });
        return valueOf(schema, field.type, path);
      },
    }),
    [MapperKind.INTERFACE_TYPE]: type => new GraphQLInterfaceType({ ...type.toConfig(), resolveType: nameOf }),
    [MapperKind.UNION_TYPE]: type => new GraphQLUnionType({ ...type.toConfig(), resolveType: nameOf }),
  });
}

const nameOf = (value: unknown): string => (value as { __typename: string }).__typename;

/** From 0 to `below` - 1, by the path. */
const chance = (path: string, below: number): number => createHash('md5').update(path).digest().readUInt16BE() % below;

function valueOf(schema: GraphQLSchema, type: GraphQLOutputType, path: string): unknown {
  if (isNonNullType(type)) return valueOfPresent(schema, type.ofType, path);
  return chance(`null ${path}`, 8) === 0 ? null : valueOfPresent(schema, type, path);
}

function valueOfPresent(schema: GraphQLSchema, type: GraphQLOutputType, path: string): unknown {
  if (!isListType(type)) return namedValue(schema, getNamedType(type), path);
  return Array.from({ length: chance(`length ${path}`, 3) }, (_, at) => valueOf(schema, type.ofType, `${path}.${at}`));
}

function namedValue(schema: GraphQLSchema, type: GraphQLNamedType, path: string): unknown {
  if (isObjectType(type)) return { __typename: type.name };
  if (isAbstractType(type)) {
    const types = schema.getPossibleTypes(type);
    return { __typename: types[chance(`type ${path}`, types.length)]?.name };
  }
  if (isEnumType(type)) return type.getValues()[0]?.value;
  // A text that is also the name of a type, so that nothing can be told apart by it.
  return SCALARS[type.name] ?? 'Transaction';
}

const SCALARS: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 0.5,
  Boolean: true,
  DateTimeISO: new Date('2026-01-01T00:00:00Z'),
  LocalDate: '2026-01-01',
  JSONObject: {},
};
