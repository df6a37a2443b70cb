import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  GraphQLError,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

import { decisionsOn } from './requirement';
import { fragmentsOf } from './selections';

/** How deep fields may nest; introspection is deeper by nature and not counted. */
const MAX_DEPTH = 12;
/** How many fields an operation may hold, each counted as often as fragments repeat it: a few that spread each other make millions. */
const MAX_FIELDS = 1_000;
/** How many mutations one operation may hold: each is work of its own. */
const MAX_MUTATIONS = 10;

/**
 * Limits on what one document asks, judged before anything runs: they keep a short document from multiplying into much work.
 * @requirement API-010, SEC-021
 */
export const limitRules: readonly ValidationRule[] = [depthLimit, fieldLimit, mutationLimit, credentialLimit];

function depthLimit(context: ValidationContext) {
  const depthOf = measure(context.getDocument(), Math.max, ({ name, selectionSet }, inner) => {
    if (name.value.startsWith('__')) return 0;
    return 1 + (selectionSet ? inner(selectionSet) : 0);
  });
  return {
    OperationDefinition: (node: OperationDefinitionNode) => {
      if (depthOf(node.selectionSet) > MAX_DEPTH) refuse(context, node, `Fields may nest ${MAX_DEPTH} deep`);
    },
  };
}

function fieldLimit(context: ValidationContext) {
  const countOf = measure(context.getDocument(), sum, ({ selectionSet }, inner) => 1 + (selectionSet ? inner(selectionSet) : 0));
  return {
    OperationDefinition: (node: OperationDefinitionNode) => {
      if (countOf(node.selectionSet) > MAX_FIELDS) refuse(context, node, `An operation may hold ${MAX_FIELDS} fields`);
    },
  };
}

function mutationLimit(context: ValidationContext) {
  const countOf = measure(context.getDocument(), sum, () => 1);
  return {
    OperationDefinition: (node: OperationDefinitionNode) => {
      if (node.operation === OperationTypeNode.MUTATION && countOf(node.selectionSet) > MAX_MUTATIONS)
        refuse(context, node, `An operation may hold ${MAX_MUTATIONS} mutations`);
    },
  };
}

/** Aliases would let one request try ten passwords where each request is counted as one. */
function credentialLimit(context: ValidationContext) {
  const names = credentialMutations(context.getSchema());
  const countOf = measure(context.getDocument(), sum, ({ name }) => Number(names.has(name.value)));
  return {
    OperationDefinition: (node: OperationDefinitionNode) => {
      if (node.operation === OperationTypeNode.MUTATION && countOf(node.selectionSet) > 1)
        refuse(context, node, 'An operation may hold one mutation that takes or gives credentials');
    },
  };
}

const known = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** Those that anybody may ask, and those that give what anybody may read: tokens. */
function credentialMutations(schema: GraphQLSchema): ReadonlySet<string> {
  const isPublic = (node: Parameters<typeof decisionsOn>[1]) => decisionsOn(schema, node).some(({ kind }) => kind === 'public');
  const find = () =>
    Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(field => {
      const returned = getNamedType(field.type);
      return isPublic(field) || (isObjectType(returned) && isPublic(returned)) ? [field.name] : [];
    });
  const names = known.get(schema) ?? new Set(find());
  known.set(schema, names);
  return names;
}

type Measure = (selectionSet: SelectionSetNode) => number;

/**
 * A measure of selection sets, put together from that of each field. Every fragment is measured once: measured at each spread, a few
 * fragments that spread each other twice would take longer than anybody waits.
 */
function measure(
  document: DocumentNode,
  join: (...values: number[]) => number,
  ofField: (field: FieldNode, inner: Measure) => number,
): Measure {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, number>();
  const ofSet: Measure = ({ selections }) => join(0, ...selections.map(ofSelection));
  const ofFragment = (name: string): number => {
    // Another rule reports a circle; this one only must not follow it.
    measured.set(name, 0);
    const fragment = fragments.get(name);
    return fragment ? ofSet(fragment.selectionSet) : 0;
  };
  function ofSelection(selection: SelectionNode): number {
    if (selection.kind === Kind.FIELD) return ofField(selection, ofSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return ofSet(selection.selectionSet);
    const name = selection.name.value;
    const value = measured.get(name) ?? ofFragment(name);
    measured.set(name, value);
    return value;
  }
  return ofSet;
}

const sum = (...values: number[]): number => values.reduce((total, value) => total + value, 0);

function refuse(context: ValidationContext, node: OperationDefinitionNode, message: string): void {
  context.reportError(new GraphQLError(message, { nodes: node }));
}
