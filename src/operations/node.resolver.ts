import { Arg, type ClassType, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';

import { badInput } from '../platform/errors';
import { Authenticated } from '../platform/graphql/authorization';
import { EntityReference } from '../platform/graphql/entity';
import type { GlobalIds } from '../platform/graphql/global-id';
import { NodeType } from '../platform/graphql/node.type';

interface NodeReference {
  readonly __typename: string;
  readonly id: string;
}

/**
 * Finds any object by its global id: the id's prefix tells whose it is.
 * @requirement API-008
 */
@Resolver(() => NodeType)
export class NodeResolver {
  readonly #byPrefix: ReadonlyMap<string, GlobalIds>;

  constructor(ids: readonly GlobalIds[]) {
    this.#byPrefix = new Map(ids.map(of => [of.prefix, of]));
  }

  @Query(() => NodeType, { nullable: true, description: 'Any object by its global id; null when there is no such in your tenant.' })
  @Authenticated()
  node(@Arg('id', () => ID) id: string): NodeReference {
    const of = this.#byPrefix.get(id.slice(0, id.indexOf('_')));
    if (!of) throw badInput('id', 'This is not a global id of ours');
    of.decode(id);
    return { __typename: of.typeName, id };
  }
}

/** A reference type for each entity, so that the subgraph can name them all: `type Invoice implements Node @key(fields: "id", resolvable: false)`. */
export function referenceType({ typeName }: GlobalIds): ClassType {
  @ObjectType(typeName, { implements: NodeType, simpleResolvers: true })
  @EntityReference()
  @Authenticated()
  class EntityStub extends NodeType {
    @Field(() => ID)
    override id!: string;
  }
  return EntityStub;
}
