import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

import type { Choices } from '../isolation/choices';

export interface RandomDocument {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const MAX_DEPTH = 4;

/** A random operation over a schema: aliases, fragments of each kind, directives, filters and orders, by literals and by variables. */
export function aRandomDocument(schema: GraphQLSchema, choices: Choices): RandomDocument {
  const mutation = choices.percent(25);
  const root = mutation ? schema.getMutationType() : schema.getQueryType();
  if (!root) throw new Error('The schema has no such root');
  return new Writer(schema, choices).document(mutation ? 'mutation' : 'query', root);
}

/** A value as a literal of GraphQL, and the same as JSON. */
interface Value {
  readonly literal: string;
  readonly json: unknown;
}

class Writer {
  readonly #fragments: string[] = [];
  readonly #declared: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  #keys = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly choices: Choices,
  ) {}

  document(kind: string, root: GraphQLNamedType & GraphQLCompositeType): RandomDocument {
    const selections = this.#selections(root, MAX_DEPTH);
    const declared = this.#declared.length === 0 ? '' : ` (${this.#declared.join(', ')})`;
    return { source: [`${kind}${declared} ${selections}`, ...this.#fragments].join('\n'), variables: this.#variables };
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.choices.upTo(3);
    return `{ ${Array.from({ length: count }, () => this.#selection(type, depth)).join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    if (this.choices.percent(8)) return '__typename';
    if (depth > 0 && this.choices.percent(isAbstractType(type) ? 70 : 20)) return this.#fragment(type, depth - 1);
    const fields = isAbstractType(type) && !('getFields' in type) ? [] : Object.values((type as { getFields(): object }).getFields());
    const usable = (fields as GraphQLField<unknown, unknown>[]).filter(field => depth > 0 || !isCompositeType(getNamedType(field.type)));
    return usable.length === 0 ? '__typename' : this.#field(type, this.choices.one(usable), depth);
  }

  /** Selections under one key must be the same: with arguments each has a key of its own. */
  #field(type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = field.args.filter(argument => isRequiredArgument(argument) || this.#gives(argument));
    const list = args.map(argument => `${argument.name}: ${this.#argument(argument)}`).join(', ');
    const key = args.length > 0 ? `k${(this.#keys += 1)}: ` : this.choices.percent(60) ? `${type.name}_${field.name}: ` : '';
    const returned = getNamedType(field.type);
    const selections = isCompositeType(returned) ? ` ${this.#selections(returned, depth - 1)}` : '';
    return `${key}${field.name}${list && `(${list})`}${this.#directive()}${selections}`;
  }

  #gives({ name }: GraphQLArgument): boolean {
    return this.choices.percent(name === 'filter' || name === 'orderBy' ? 50 : 10);
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const on = this.#narrowed(type);
    const directive = this.#directive();
    if (this.choices.percent(15)) return `...${directive} ${this.#selections(type, depth)}`;
    if (this.choices.percent(50)) return `... on ${on.name}${directive} ${this.#selections(on, depth)}`;
    const name = `F${this.#fragments.length}`;
    // Its place is taken before its selections are written, since they can hold fragments too.
    const at = this.#fragments.push('') - 1;
    this.#fragments[at] = `fragment ${name} on ${on.name} ${this.#selections(on, depth)}`;
    return this.choices.percent(30) ? `...${name}${directive} ...${name}` : `...${name}${directive}`;
  }

  #narrowed(type: GraphQLCompositeType): GraphQLCompositeType {
    if (isAbstractType(type)) return this.choices.one([type, ...this.schema.getPossibleTypes(type)]);
    const interfaces = isObjectType(type) ? type.getInterfaces() : [];
    return interfaces.length > 0 && this.choices.percent(20) ? this.choices.one(interfaces) : type;
  }

  #directive(): string {
    if (!this.choices.percent(15)) return '';
    const given = this.choices.percent(50);
    const condition = this.choices.percent(50) ? String(given) : this.#variable('Boolean!', given);
    return ` @${this.choices.percent(50) ? 'skip' : 'include'}(if: ${condition})`;
  }

  #argument(argument: GraphQLArgument): string {
    const { literal, json } = this.#value(argument.type, 2);
    return this.choices.percent(40) ? this.#variable(String(argument.type), json) : literal;
  }

  #variable(type: string, value: unknown): string {
    const name = `v${this.#declared.length}`;
    this.#declared.push(`$${name}: ${type}`);
    this.#variables[name] = value;
    return `$${name}`;
  }

  #value(type: GraphQLInputType, depth: number): Value {
    if (isNonNullType(type)) return this.#value(type.ofType, depth);
    if (isListType(type)) {
      const item = this.#value(type.ofType, depth);
      return { literal: `[${item.literal}]`, json: [item.json] };
    }
    if (isInputObjectType(type)) return this.#object(Object.values(type.getFields()), depth);
    if (isEnumType(type)) {
      const { name } = this.choices.one(type.getValues());
      return { literal: name, json: name };
    }
    const json = SCALARS[type.name] ?? '2026-01-01';
    return { literal: JSON.stringify(json), json };
  }

  #object(fields: readonly GraphQLInputField[], depth: number): Value {
    const given = fields.filter(field => isRequiredInputField(field) || (depth > 0 && this.choices.percent(35)));
    const values = given.map(field => [field.name, this.#value(field.type, depth - 1)] as const);
    return {
      literal: `{ ${values.map(([name, { literal }]) => `${name}: ${literal}`).join(', ')} }`,
      json: Object.fromEntries(values.map(([name, { json }]) => [name, json])),
    };
  }
}

const SCALARS: Readonly<Record<string, unknown>> = {
  ID: 'txn_00000000000000000000000000',
  String: 'DE',
  Int: 1,
  Float: 1,
  Boolean: true,
  DateTimeISO: '2026-01-01T00:00:00.000Z',
  JSONObject: {},
};
