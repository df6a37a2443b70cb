import { Field, ID, InputType } from 'type-graphql';

@InputType('InstantRange', { description: 'A span of time, its begin included and its end not; an open end is left out.' })
export class InstantRangeInput {
  @Field(() => Date, { nullable: true, description: 'In UTC.' })
  from?: Date;

  @Field(() => Date, { nullable: true, description: 'In UTC.' })
  to?: Date;
}

@InputType('AuditEntryFilter', { description: 'All that is given must hold.' })
export class AuditEntryFilter {
  @Field(() => String, { nullable: true, description: 'Exactly as an entry shows it.' })
  actor?: string;

  @Field(() => [String], { nullable: true, description: 'One of these, each exactly as an entry shows it: match.approved.' })
  action?: string[];

  @Field(() => ID, { nullable: true, description: 'The id of the changed object, as an entry shows it.' })
  object?: string;

  @Field(() => InstantRangeInput, { nullable: true })
  recordedAt?: InstantRangeInput;

  @Field(() => String, { nullable: true })
  requestId?: string;
}
