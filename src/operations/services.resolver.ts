import { Field, Int, ObjectType, Query, Resolver } from 'type-graphql';

import { RequiresScopes } from '../platform/graphql/authorization';
import type { ServiceReport } from '../platform/services/service';

@ObjectType('ServiceHealth', { description: 'How a part of this gateway process is.', simpleResolvers: true })
@RequiresScopes('operations:read')
class ServiceHealthType {
  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'stopped, starting, running or failed' })
  state!: string;

  @Field(() => Boolean)
  healthy!: boolean;

  @Field(() => String, { nullable: true, description: 'For people: what is wrong.' })
  problem!: string | null;

  @Field(() => Date, { nullable: true, description: 'In UTC.' })
  startedAt!: Date | null;

  @Field(() => Int, { nullable: true, description: 'How long its start took, in ms.' })
  startMs!: number | null;
}

@Resolver()
export class ServicesResolver {
  constructor(private readonly report: () => Promise<ServiceReport[]>) {}

  @Query(() => [ServiceHealthType], { nullable: true, description: 'The parts of the gateway process that answers, and how they are.' })
  @RequiresScopes('operations:read')
  services(): Promise<ServiceReport[]> {
    return this.report();
  }
}
