import { Field, ID, InputType, ObjectType } from 'type-graphql';

import { Authenticated } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { NodeType } from '../../platform/graphql/node.type';

@InputType('RefreshSessionInput')
export class RefreshSessionInput {
  @Field(() => String)
  refreshToken!: string;
}

@InputType('EndSessionInput')
export class EndSessionInput {
  @Field(() => ID)
  sessionId!: string;
}

@ObjectType('Session', {
  description: 'A sign-in of a user in one browser or program.',
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@Authenticated()
export class SessionType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'The User-Agent header of the sign-in, as it was sent.' })
  userAgent!: string;

  @Field(() => String, { nullable: true, description: 'Where the sign-in came from: the first 24 bits of an IPv4, 48 of an IPv6 address.' })
  network!: string | null;

  @Field(() => [String], { description: 'How the user was authenticated, in the words of RFC 8176: pwd, otp, hwk, mfa.' })
  methods!: readonly string[];

  @Field(() => Date, { description: 'When the user was last authenticated, in UTC.' })
  authenticatedAt!: Date;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'The last sign-in or refresh, in UTC.' })
  lastSeenAt!: Date;

  @Field(() => Date, { description: 'When the session ends at the latest, in UTC.' })
  expiresAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was ended before that, in UTC.' })
  endedAt!: Date | null;
}
