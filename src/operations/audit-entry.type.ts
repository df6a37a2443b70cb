import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';

import { RequiresScopes } from '../platform/graphql/authorization';
import { connectionType } from '../platform/graphql/page.type';

@ObjectType('AuditObject', { description: 'What was changed.', simpleResolvers: true })
@RequiresScopes('audit:read')
export class AuditObjectType {
  @Field(() => String, { description: 'Its type: Match, User.' })
  type!: string;

  @Field(() => ID, { description: 'Its global id; the UUID of its row when its type has no global ids.' })
  id!: string;
}

@ObjectType('AuditEntry', {
  description: 'One change of money, access or configuration, or one refused attempt. Entries are never changed or removed.',
  simpleResolvers: true,
})
@RequiresScopes('audit:read')
export class AuditEntryType {
  @Field(() => String, {
    description: 'Its place in the trail of its tenant, from 1 without gaps; a whole number as a string, since it may exceed 2^53.',
  })
  sequence!: string;

  @Field(() => Date, { description: 'By the clock of the database, in UTC.' })
  recordedAt!: Date;

  @Field(() => String, { description: 'Who: `user:<global id>`, `client:<global id>` or `job:<name>`.' })
  actor!: string;

  @Field(() => String, { description: 'What, as resource.verb: match.approved.' })
  action!: string;

  @Field(() => AuditObjectType, { nullable: true, description: 'To what; null when it was nothing in particular.' })
  object!: AuditObjectType | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: 'The changed values as they were; amounts in minor units.' })
  before!: Readonly<Record<string, unknown>> | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: 'And as they are since; amounts in minor units.' })
  after!: Readonly<Record<string, unknown>> | null;

  @Field(() => String, {
    description: 'The id of the request that did it, as in its answer and in the log; for a job that of its run or object.',
  })
  requestId!: string;

  @Field(() => String, { description: 'SHA-256 over the entry and the hash of the one before, in hexadecimal.' })
  hash!: string;
}

export const AuditEntryConnectionType = connectionType('AuditEntry', () => AuditEntryType, 'audit:read');
