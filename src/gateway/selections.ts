import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  isUnionType,
  Kind,
} from 'graphql';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** The named fragments of a document. */
export const fragmentsOf = ({ definitions }: DocumentNode): Fragments =>
  new Map(definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])));

/** The field that a selection on a type asks for; undefined for a meta-field and for what validation would refuse. */
export const fieldOf = (type: GraphQLCompositeType, { name }: FieldNode): GraphQLField<unknown, unknown> | undefined =>
  isUnionType(type) ? undefined : type.getFields()[name.value];

/** The type that the selections of a fragment are on. */
export const typeUnder = (
  schema: GraphQLSchema,
  { typeCondition }: InlineFragmentNode | FragmentDefinitionNode,
  parent: GraphQLNamedType,
): GraphQLNamedType | undefined => (typeCondition ? schema.getType(typeCondition.name.value) : parent);

/** The key of a selection in the answer. */
export const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;
