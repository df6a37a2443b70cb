import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

import type { Choices } from './choices';

/** Where the values of a generated operation come from. */
export interface Pool {
  /** An id for a place such as `approveMatch.input.matchId`: one's own, another tenant's, one of nobody, or no id at all. */
  id(choices: Choices, place: string): string;
  cursor(choices: Choices): string;
  text(choices: Choices, place: string): string;
}

const MAX_DEPTH = 4;

/** A random operation over the whole schema: any root fields, any of their arguments and selections, with aliases and repetitions. */
export function anOperation(schema: GraphQLSchema, choices: Choices, pool: Pool, leaveOut: ReadonlySet<string>): string {
  const mutation = choices.percent(30);
  const type = mutation ? schema.getMutationType() : schema.getQueryType();
  const fields = Object.values(type?.getFields() ?? {}).filter(({ name }) => !leaveOut.has(name));
  const count = mutation ? 1 : 1 + choices.upTo(3);
  const writer = new Writer(schema, choices, pool);
  const roots = Array.from({ length: count }, (_, at) => writer.field(choices.one(fields), `r${at}: `, MAX_DEPTH, ''));
  return `${mutation ? 'mutation' : 'query'} { ${roots.join(' ')} }`;
}

class Writer {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly choices: Choices,
    private readonly pool: Pool,
  ) {}

  field(field: GraphQLField<unknown, unknown>, alias: string, depth: number, place: string): string {
    const args = field.args.filter(argument => isRequiredArgument(argument) || this.choices.percent(45));
    const values = args.map(argument => `${argument.name}: ${this.argument(argument, `${place}${field.name}.${argument.name}`)}`);
    const list = values.length === 0 ? '' : `(${values.join(', ')})`;
    return `${alias}${field.name}${list}${this.selection(getNamedType(field.type), depth, `${place}${field.name}.`)}`;
  }

  private selection(type: GraphQLNamedType, depth: number, place: string): string {
    if (isLeafType(type)) return '';
    if (isAbstractType(type)) {
      const one = this.choices.one(this.schema.getPossibleTypes(type));
      return ` { __typename ... on ${one.name}${this.selection(one, depth, place)} }`;
    }
    if (!isObjectType(type)) return '';
    const fields = Object.values(type.getFields());
    const chosen = fields.filter(field => this.wants(field, depth));
    const again = chosen.filter(() => this.choices.percent(10)).map(field => this.field(field, `again_${field.name}: `, depth - 1, place));
    return ` { __typename ${[...chosen.map(field => this.field(field, '', depth - 1, place)), ...again].join(' ')} }`;
  }

  private wants(field: GraphQLField<unknown, unknown>, depth: number): boolean {
    if (isLeafType(getNamedType(field.type))) return this.choices.percent(75);
    return depth > 0 && this.choices.percent(field.name === 'nodes' || field.name === 'edges' ? 90 : 40);
  }

  private argument({ name, type }: GraphQLArgument | GraphQLInputField, place: string): string {
    if (name === 'after' || name === 'before') return JSON.stringify(this.pool.cursor(this.choices));
    return this.value(type, place);
  }

  private value(type: GraphQLInputType, place: string): string {
    if (isNonNullType(type)) return this.value(type.ofType, place);
    if (isListType(type)) return `[${Array.from({ length: this.choices.upTo(3) }, () => this.value(type.ofType, place)).join(', ')}]`;
    if (isEnumType(type)) return this.choices.one(type.getValues()).name;
    if (isInputObjectType(type)) return this.object(Object.values(type.getFields()), place);
    return this.scalar(type.name, place);
  }

  private object(fields: readonly GraphQLInputField[], place: string): string {
    const given = fields.filter(field => isRequiredInputField(field) || this.choices.percent(40));
    return `{ ${given.map(field => `${field.name}: ${this.argument(field, `${place}.${field.name}`)}`).join(', ')} }`;
  }

  private scalar(name: string, place: string): string {
    if (name === 'ID') return JSON.stringify(this.pool.id(this.choices, place));
    if (name === 'String') return JSON.stringify(this.pool.text(this.choices, place));
    return this.choices.one(SCALARS[name] ?? ['"2026-01-01"', '"2026-11-01T00:00:00.000Z"']);
  }
}

const SCALARS: Readonly<Record<string, readonly string[]>> = {
  Int: ['0', '1', '2', '50', '100', '-1', '2147483647'],
  Float: ['0', '0.5', '0.9', '1'],
  Boolean: ['true', 'false'],
  JSON: ['{}'],
  JSONObject: ['{}'],
};
