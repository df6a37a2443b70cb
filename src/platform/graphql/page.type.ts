import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';

import type { Permission } from '../auth/principal';
import { Authenticated, RequiresScopes } from './authorization';
import { Shareable } from './entity';

/** How many items a page may hold. */
export const MAX_PAGE_SIZE = 100;
export const DEFAULT_PAGE_SIZE = 25;

@ObjectType('PageInfo', { description: 'Where a page lies in its list (Relay: Cursor Connections).', simpleResolvers: true })
@Shareable()
@Authenticated()
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether there is more after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there is more before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last item; null on an empty page.' })
  endCursor!: string | null;
}

/** The arguments of every list: forward with first and after, or backward with last and before. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many from the start, 1 to ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE_SIZE} when neither first nor last is given.`,
  })
  first?: number;

  @Field(() => String, { nullable: true, description: 'Only what follows this cursor.' })
  after?: string;

  @Field(() => Int, { nullable: true, description: `How many from the end, 1 to ${MAX_PAGE_SIZE}.` })
  last?: number;

  @Field(() => String, { nullable: true, description: 'Only what precedes this cursor.' })
  before?: string;
}

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** A page of a list. `totalCount` runs only when it is asked for. */
export interface Page<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfoType;
  readonly totalCount: () => Promise<number>;
}

/**
 * The connection type of a node type: `TransactionConnection` with its `TransactionEdge`. They need the same scopes as the node type, so
 * that neither a count nor a cursor tells of what one may not see.
 */
export function connectionType<Node extends object>(
  name: string,
  nodeType: () => ClassType<Node>,
  ...scopes: readonly Permission[]
): ClassType<Page<Node>> {
  const Decision = () => (scopes.length === 0 ? Authenticated() : RequiresScopes(...scopes));

  @ObjectType(`${name}Edge`, { description: `A ${name} and its place in a list.`, simpleResolvers: true })
  @Decision()
  class EdgeType {
    @Field(() => String, { description: 'Opaque; give it back as after or before.' })
    cursor!: string;

    @Field(() => nodeType())
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.`, simpleResolvers: true })
  @Decision()
  class ConnectionType {
    @Field(() => [EdgeType])
    edges!: EdgeType[];

    @Field(() => [nodeType()], { description: 'The items without their cursors.' })
    nodes!: Node[];

    @Field(() => PageInfoType)
    pageInfo!: PageInfoType;

    @Field(() => Int, { description: 'How many items the whole list has; counted only when asked for.' })
    totalCount!: () => Promise<number>;
  }
  return ConnectionType;
}
