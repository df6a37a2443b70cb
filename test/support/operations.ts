import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

interface RootOperation {
  /** Mutation.approveMatch */
  readonly coordinate: string;
  readonly field: string;
  readonly document: string;
}

/** The value of an ID that stands at a place such as `approveMatch.input.matchId`. */
type IdOf = (place: string) => string;

const anId: IdOf = () => 'txn_00000000000000000000000000';

/** The shortest operation for each root field of the schema: required arguments alone, and of the answer its count or its type. */
export const rootOperations = (schema: GraphQLSchema, idOf: IdOf = anId): RootOperation[] =>
  rootFields(schema).map(({ kind, field }) =>
    operation(
      kind,
      field,
      field.args.filter(argument => isRequiredArgument(argument)),
      idOf,
    ),
  );

/** One operation for each place of each root field where an ID can be given. */
export const idOperations = (schema: GraphQLSchema): ((idOf: IdOf) => RootOperation & { readonly place: string })[] =>
  rootFields(schema).flatMap(({ kind, field }) =>
    field.args.flatMap(argument =>
      placesOfIds(`${field.name}.${argument.name}`, argument).map(place => (idOf: IdOf) => ({
        place,
        ...operation(kind, field, given(field, argument), idOf, place),
      })),
    ),
  );

const given = (field: GraphQLField<unknown, unknown>, argument: GraphQLArgument) =>
  field.args.filter(other => other === argument || isRequiredArgument(other));

function rootFields(schema: GraphQLSchema) {
  return [schema.getQueryType(), schema.getMutationType()].flatMap(type =>
    type ? Object.values(type.getFields()).map(field => ({ kind: type.name, field })) : [],
  );
}

function operation(
  kind: string,
  field: GraphQLField<unknown, unknown>,
  args: readonly GraphQLArgument[],
  idOf: IdOf,
  also = '',
): RootOperation {
  const values = args.map(argument => `${argument.name}: ${literal(`${field.name}.${argument.name}`, argument.type, idOf, also)}`);
  const list = values.length === 0 ? '' : `(${values.join(', ')})`;
  const type = getNamedType(field.type);
  const counted = isObjectType(type) && 'totalCount' in type.getFields();
  const selection = isLeafType(type) ? '' : ` { ${counted ? 'totalCount' : '__typename'} }`;
  return { coordinate: `${kind}.${field.name}`, field: field.name, document: `${kind.toLowerCase()} { ${field.name}${list}${selection} }` };
}

function literal(place: string, type: GraphQLInputType, idOf: IdOf, also: string): string {
  if (isNonNullType(type)) return literal(place, type.ofType, idOf, also);
  if (isListType(type)) return `[${literal(place, type.ofType, idOf, also)}]`;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      field => isRequiredInputField(field) || also.startsWith(`${place}.${field.name}`),
    );
    return `{ ${fields.map(field => `${field.name}: ${literal(`${place}.${field.name}`, field.type, idOf, also)}`).join(', ')} }`;
  }
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (type.name === 'ID') return JSON.stringify(idOf(place));
  const values: Readonly<Record<string, string>> = { String: '"DE"', Int: '1', Float: '1', Boolean: 'true' };
  return values[type.name] ?? '"2026-01-01"';
}

function placesOfIds(place: string, { type }: Pick<GraphQLArgument | GraphQLInputField, 'type'>): string[] {
  const named = getNamedType(type);
  if (isInputObjectType(named)) return Object.values(named.getFields()).flatMap(field => placesOfIds(`${place}.${field.name}`, field));
  return named.name === 'ID' ? [place] : [];
}
