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

/**
 * The shapes of the answer to one document. What lies under the same selections has the same shape, so that there are no more of them than
 * selections in the document, however often fragments repeat those.
 */
export class Shapes {
  readonly fragments: Fragments;
  readonly #numbers = new Map<SelectionSetNode, number>();
  readonly #known = new Map<string, Shape>();

  constructor(
    readonly schema: GraphQLSchema,
    readonly pruned: Pruned,
  ) {
    this.fragments = fragmentsOf(pruned.document);
  }

  get size(): number {
    return this.#known.size;
  }

  /** Of an object that is asked for all of these selections. */
  of(selectionSets: readonly SelectionSetNode[]): Shape {
    const key = selectionSets.map(selectionSet => this.#numberOf(selectionSet)).join();
    const shape = this.#known.get(key) ?? new Shape(this, selectionSets);
    this.#known.set(key, shape);
    return shape;
  }

  #numberOf(selectionSet: SelectionSetNode): number {
    const number = this.#numbers.get(selectionSet) ?? this.#numbers.size;
    this.#numbers.set(selectionSet, number);
    return number;
  }
}

/** The keys at which an object in the answer has to be looked at, by its type. Made while answers come, and kept. */
export class Shape {
  readonly #byType = new Map<GraphQLObjectType, ReadonlyMap<string, Entry>>();

  constructor(
    private readonly shapes: Shapes,
    private readonly selectionSets: readonly SelectionSetNode[],
  ) {}

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
    return this.shapes.fragments.get(name);
  }

  #applies(fragment: Parameters<typeof typeUnder>[1], type: GraphQLObjectType): boolean {
    const condition = typeUnder(this.shapes.schema, fragment, type);
    return condition === type || (isAbstractType(condition) && this.shapes.schema.isSubType(condition, type));
  }

  #entry(type: GraphQLObjectType, nodes: readonly FieldNode[]): Entry[] {
    const site = nodes.map(node => this.shapes.pruned.sites.get(node)).find(found => found !== undefined);
    const inside = nodes.flatMap(({ selectionSet }) =>
      selectionSet && this.shapes.pruned.touched.has(selectionSet) ? [selectionSet] : [],
    );
    const [node] = nodes;
    const field = node && fieldOf(type, site?.node ?? node);
    if (!field || (!site && inside.length === 0)) return [];
    return [{ type: field.type, shape: this.shapes.of(inside), ...(site && { site }) }];
  }
}
