import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

import type { Pruned, Site } from './prune';
import { type Fragments, fieldOf, fragmentsOf, keyOf, typeUnder } from './selections';

/** What there is to do at one key of an object in the answer: it is refused, or something under it is. */
export interface Entry {
  readonly type: GraphQLOutputType;
  readonly site?: Site;
  readonly shape: Shape;
}

/** The keys at which an object in the answer has to be looked at, by its type. Made while answers come, and kept. */
export class Shape {
  readonly #byType = new Map<GraphQLObjectType, ReadonlyMap<string, Entry>>();
  readonly #fragments: Fragments;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly pruned: Pruned,
    private readonly selectionSets: readonly SelectionSetNode[],
    fragments?: Fragments,
  ) {
    this.#fragments = fragments ?? fragmentsOf(pruned.document);
  }

  of(type: GraphQLObjectType): ReadonlyMap<string, Entry> {
    const known = this.#byType.get(type) ?? this.#entries(type);
    this.#byType.set(type, known);
    return known;
  }

  #entries(type: GraphQLObjectType): ReadonlyMap<string, Entry> {
    const nodes = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    for (const selectionSet of this.selectionSets) this.#collect(selectionSet, type, nodes, spread);
    return new Map([...nodes].flatMap(([key, all]) => this.#entry(type, all).map(entry => [key, entry] as const)));
  }

  /** By directive a selection may not have been made: then its key is not in the answer either. */
  #collect({ selections }: SelectionSetNode, type: GraphQLObjectType, into: Map<string, FieldNode[]>, spread: Set<string>): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) into.set(keyOf(selection), [...(into.get(keyOf(selection)) ?? []), selection]);
      else {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#spread(selection.name.value, spread) : selection;
        if (fragment && this.#applies(fragment, type)) this.#collect(fragment.selectionSet, type, into, spread);
      }
    }
  }

  /** Once for an object, however often it is spread. */
  #spread(name: string, spread: Set<string>): FragmentDefinitionNode | undefined {
    if (spread.has(name)) return undefined;
    spread.add(name);
    return this.#fragments.get(name);
  }

  #applies(fragment: Parameters<typeof typeUnder>[1], type: GraphQLObjectType): boolean {
    const condition = typeUnder(this.schema, fragment, type);
    return condition === type || (isAbstractType(condition) && this.schema.isSubType(condition, type));
  }

  #entry(type: GraphQLObjectType, nodes: readonly FieldNode[]): Entry[] {
    const site = nodes.map(node => this.pruned.sites.get(node)).find(found => found !== undefined);
    const inside = nodes.flatMap(({ selectionSet }) => (selectionSet && this.pruned.touched.has(selectionSet) ? [selectionSet] : []));
    const [node] = nodes;
    const field = node && fieldOf(type, site?.node ?? node);
    if (!field || (!site && inside.length === 0)) return [];
    return [{ type: field.type, shape: new Shape(this.schema, this.pruned, inside, this.#fragments), ...(site && { site }) }];
  }
}
