import {
  type DocumentNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** How deep fields may nest; introspection is deeper by nature and not counted. */
const MAX_DEPTH = 12;
/** How many mutations one operation may hold: each is work of its own. */
const MAX_MUTATIONS = 10;

/**
 * Limits on what one document asks, judged before anything runs: they keep a short document from multiplying into much work.
 * @requirement API-010
 */
export const limitRules: readonly ValidationRule[] = [depthLimit, mutationLimit];

function depthLimit(context: ValidationContext) {
  const fragments = fragmentsOf(context.getDocument());
  return {
    OperationDefinition: (node: OperationDefinitionNode) => {
      if (depthOf(node.selectionSet, fragments, []) > MAX_DEPTH) refuse(context, node, `Fields may nest ${MAX_DEPTH} deep`);
    },
  };
}

function mutationLimit(context: ValidationContext) {
  const fragments = fragmentsOf(context.getDocument());
  return {
    OperationDefinition: (node: OperationDefinitionNode) => {
      if (node.operation !== OperationTypeNode.MUTATION) return;
      if (countOf(node.selectionSet, fragments, []) > MAX_MUTATIONS)
        refuse(context, node, `An operation may hold ${MAX_MUTATIONS} mutations`);
    },
  };
}

type Fragments = ReadonlyMap<string, SelectionSetNode>;

const fragmentsOf = ({ definitions }: DocumentNode): Fragments =>
  new Map(definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [])));

/** `path` holds the fragments that we are in: another rule reports a circle, this one only must not follow it. */
function depthOf({ selections }: SelectionSetNode, fragments: Fragments, path: readonly string[]): number {
  const depths = selections.map(selection => {
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value.startsWith('__')) return 0;
      return 1 + (selection.selectionSet ? depthOf(selection.selectionSet, fragments, path) : 0);
    }
    return within(selection, fragments, path, depthOf);
  });
  return Math.max(0, ...depths);
}

function countOf({ selections }: SelectionSetNode, fragments: Fragments, path: readonly string[]): number {
  return selections.reduce(
    (count, selection) => count + (selection.kind === Kind.FIELD ? 1 : within(selection, fragments, path, countOf)),
    0,
  );
}

type Fragment = Exclude<SelectionSetNode['selections'][number], { kind: Kind.FIELD }>;
type Measure = (selectionSet: SelectionSetNode, fragments: Fragments, path: readonly string[]) => number;

function within(fragment: Fragment, fragments: Fragments, path: readonly string[], measure: Measure): number {
  if (fragment.kind === Kind.INLINE_FRAGMENT) return measure(fragment.selectionSet, fragments, path);
  const name = fragment.name.value;
  const selectionSet = fragments.get(name);
  return !selectionSet || path.includes(name) ? 0 : measure(selectionSet, fragments, [...path, name]);
}

function refuse(context: ValidationContext, node: OperationDefinitionNode, message: string): void {
  context.reportError(new GraphQLError(message, { nodes: node }));
}
