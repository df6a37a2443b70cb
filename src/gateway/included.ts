import {
  type DirectiveNode,
  type FieldNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type SelectionSetNode,
} from 'graphql';

import type { Variables } from './list-arguments';
import type { Fragments } from './selections';

/** The fields right in a selection set, through its fragments, that @skip and @include leave in. */
export const includedFields = ({ selections }: SelectionSetNode, fragments: Fragments, variables: Variables): FieldNode[] =>
  selections.flatMap(selection => {
    if (!isIncluded(selection, variables)) return [];
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment ? includedFields(fragment.selectionSet, fragments, variables) : [];
  });

const isIncluded = (node: { readonly directives?: readonly DirectiveNode[] }, variables: Variables): boolean =>
  getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false;
