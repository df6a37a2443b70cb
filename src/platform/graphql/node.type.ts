import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description: 'Anything with a global id (Relay: Object Identification).',
  autoRegisterImplementations: false,
  resolveType: (value: { __typename: string }) => value.__typename,
})
export class NodeType {
  @Field(() => ID, { description: 'Global, opaque, stable id; its prefix tells the type.' })
  id!: string;
}
