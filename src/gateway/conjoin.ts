import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';

import type { Alternatives } from './requirement';

type Decided = ObjectTypeDefinitionNode | FieldDefinitionNode;

/** The directives whose lists are alternatives, each with its argument. */
const LISTS: Readonly<Record<string, string>> = { requiresScopes: 'scopes', policy: 'policies' };

/**
 * Where several subgraphs decide on one type or field, all their decisions must hold, as federation has it. Merging the definitions alone
 * would join the lists, and make of "both" an "either".
 */
export function conjoin(merged: DocumentNode, parts: readonly DocumentNode[]): DocumentNode {
  const written = collect(parts);
  const settled = <Node extends Decided>(node: Node, coordinate: string): Node => ({
    ...node,
    directives: [
      ...(node.directives ?? []).filter(({ name }) => !(name.value in LISTS)),
      ...(written.get(coordinate) ?? new Map()).values(),
    ],
  });
  return visit(merged, {
    ObjectTypeDefinition: type => ({
      ...settled(type, type.name.value),
      fields: (type.fields ?? []).map(field => settled(field, `${type.name.value}.${field.name.value}`)),
    }),
  });
}

type Lists = Map<string, ConstDirectiveNode>;

function collect(parts: readonly DocumentNode[]): ReadonlyMap<string, Lists> {
  const written = new Map<string, Lists>();
  const note = (coordinate: string, { directives = [] }: Decided) => {
    const lists = written.get(coordinate) ?? new Map<string, ConstDirectiveNode>();
    for (const directive of directives) {
      const name = directive.name.value;
      if (name in LISTS) lists.set(name, both(name, lists.get(name), directive));
    }
    written.set(coordinate, lists);
  };
  for (const type of parts.flatMap(({ definitions }) => definitions)) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    note(type.name.value, type);
    for (const field of type.fields ?? []) note(`${type.name.value}.${field.name.value}`, field);
  }
  return written;
}

function both(name: string, first: ConstDirectiveNode | undefined, second: ConstDirectiveNode): ConstDirectiveNode {
  return first ? directiveOf(name, product(alternativesOf(first), alternativesOf(second))) : second;
}

const alternativesOf = ({ arguments: [list] = [] }: ConstDirectiveNode): Alternatives =>
  list ? (valueFromASTUntyped(list.value) as Alternatives) : [];

/** (a or b) and (c or d), as alternatives: a and c, a and d, b and c, b and d; each once. */
function product(left: Alternatives, right: Alternatives): Alternatives {
  const pairs = left.flatMap(one => right.map(other => [...new Set([...one, ...other])].sort()));
  return [...new Map(pairs.map(all => [all.join(' '), all])).values()];
}

function directiveOf(name: string, alternatives: Alternatives): ConstDirectiveNode {
  const values = alternatives.map(all => ({ kind: Kind.LIST, values: all.map(value => ({ kind: Kind.STRING, value }) as const) }) as const);
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: LISTS[name] ?? '' }, value: { kind: Kind.LIST, values } }],
  };
}
