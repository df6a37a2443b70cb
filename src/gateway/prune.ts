import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import type { Demand } from './demand';
import { fieldOf, typeUnder } from './selections';

/** A refused selection: what it asks, and where that is written. */
export interface Refused {
  readonly demand: Demand;
  /** `Query.tenant`, or of a filter `MatchFilter.transactionId`. */
  readonly coordinate: string;
}

export interface Site extends Refused {
  /** As the client wrote it. */
  readonly node: FieldNode;
}

/** A document without what is refused, and the places where that stood. */
export interface Pruned {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** By the node that stands in the refused one's place. */
  readonly sites: ReadonlyMap<FieldNode, Site>;
  /** The selection sets with a site, or a mark, somewhere inside. */
  readonly touched: ReadonlySet<SelectionSetNode>;
}

/** Under this key each object of an interface or a union says its type. No client can ask for it: it is no GraphQL name. */
export const TYPE_MARK = '$type';

type RefusedAt = (type: GraphQLObjectType, node: FieldNode) => Refused | undefined;

/**
 * Takes out of an operation what is refused: `users { email }` becomes `users: __typename`, which costs nothing, runs no resolver, and
 * keeps its alias, its directives, its place in fragments and its type conditions, so that it is in the answer exactly where the
 * refused field would have been.
 * @requirement API-003
 */
export const prune = (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, refusedAt: RefusedAt): Pruned =>
  new Pruning(schema, document, refusedAt).of(operation);

class Pruning {
  readonly #sites = new Map<FieldNode, Site>();
  readonly #touched = new Set<SelectionSetNode>();
  readonly #fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly document: DocumentNode,
    private readonly refusedAt: RefusedAt,
  ) {}

  of(operation: OperationDefinitionNode): Pruned {
    const pruned = this.#within(operation, this.schema.getRootType(operation.operation));
    const definitions = this.document.definitions.map(definition => {
      if (definition === operation) return pruned;
      return definition.kind === Kind.FRAGMENT_DEFINITION ? (this.#fragments.get(definition.name.value) ?? definition) : definition;
    });
    return { document: { ...this.document, definitions }, operation: pruned, sites: this.#sites, touched: this.#touched };
  }

  /** The node with its selection set pruned; the very node when nothing in it is refused. */
  #within<Node extends OperationDefinitionNode | FragmentDefinitionNode | InlineFragmentNode>(
    node: Node,
    type: GraphQLNamedType | null | undefined,
  ): Node {
    if (!isCompositeType(type)) return node;
    const selectionSet = this.#selectionSet(node.selectionSet, type);
    return selectionSet === node.selectionSet ? node : { ...node, selectionSet };
  }

  #selectionSet(original: SelectionSetNode, type: GraphQLCompositeType): SelectionSetNode {
    const selections = original.selections.flatMap(selection => this.#selection(selection, type));
    const changed = selections.some((selection, at) => selection !== original.selections[at]);
    const selectionSet = changed ? { ...original, selections } : original;
    if (selections.some(selection => this.#isTouched(selection))) this.#touched.add(selectionSet);
    return selectionSet;
  }

  #isTouched(selection: SelectionNode): boolean {
    if (selection.kind === Kind.FIELD && this.#sites.has(selection)) return true;
    const inside = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
    return inside?.selectionSet !== undefined && this.#touched.has(inside.selectionSet);
  }

  #selection(selection: SelectionNode, type: GraphQLCompositeType): SelectionNode | readonly SelectionNode[] {
    if (selection.kind === Kind.FIELD) return selection.name.value.startsWith('__') ? selection : this.#field(selection, type);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.#within(selection, typeUnder(this.schema, selection, type));
    this.#fragment(selection.name.value);
    return selection;
  }

  #fragment(name: string): void {
    if (this.#fragments.has(name)) return;
    const fragment = this.document.definitions.find(
      (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
    );
    if (!fragment) return;
    // Validation refuses circles; one that came here without must end all the same.
    this.#fragments.set(name, fragment);
    this.#fragments.set(name, this.#within(fragment, this.schema.getType(fragment.typeCondition.name.value)));
  }

  #field(node: FieldNode, type: GraphQLCompositeType): SelectionNode | readonly SelectionNode[] {
    if (isObjectType(type)) return this.#inObject(node, type);
    const possible = this.schema.getPossibleTypes(type);
    if (possible.every(one => !this.refusedAt(one, node))) return this.#allowed(node, type);
    // Some of the types refuse it: each is asked apart.
    return possible.map(one => this.#on(one, this.#inObject(node, one)));
  }

  #on({ name }: GraphQLObjectType, node: FieldNode): InlineFragmentNode {
    const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } } as const;
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [node] };
    if (this.#isTouched(node)) this.#touched.add(selectionSet);
    return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
  }

  #inObject(node: FieldNode, type: GraphQLObjectType): FieldNode {
    const refused = this.refusedAt(type, node);
    return refused ? this.#refuse(node, refused) : this.#allowed(node, type);
  }

  #allowed(node: FieldNode, type: GraphQLCompositeType): FieldNode {
    const field = fieldOf(type, node);
    const returned = field && getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(returned)) return node;
    const pruned = this.#selectionSet(node.selectionSet, returned);
    if (!this.#touched.has(pruned)) return node;
    return { ...node, selectionSet: isAbstractType(returned) ? this.#marked(pruned) : pruned };
  }

  #marked(selectionSet: SelectionSetNode): SelectionSetNode {
    const marked = { ...selectionSet, selections: [MARK, ...selectionSet.selections] };
    this.#touched.add(marked);
    return marked;
  }

  #refuse(node: FieldNode, refused: Refused): FieldNode {
    const { alias = node.name, directives = [] } = node;
    const replacement: FieldNode = { kind: Kind.FIELD, name: TYPENAME, alias, directives };
    this.#sites.set(replacement, { ...refused, node });
    return replacement;
  }
}

const TYPENAME = { kind: Kind.NAME, value: '__typename' } as const;
const MARK: FieldNode = { kind: Kind.FIELD, name: TYPENAME, alias: { kind: Kind.NAME, value: TYPE_MARK } };
