import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Public } from '../../platform/graphql/authorization';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import type { SecondFactorChallenge } from '../second-factor/demand';
import { SecondFactorChallengeType } from '../second-factor/second-factor.type';
import { type SessionTokens, SessionTokensType } from '../sessions/session-tokens.type';
import type { SignedIn } from '../sign-in/sign-in.service';
import type { Acceptance } from './acceptance.service';
import { AcceptInvitationInput } from './invitation.input';

@ObjectType('AcceptInvitationPayload', { description: 'As signIn: one of the two is there.', simpleResolvers: true })
@Public()
class AcceptInvitationPayload {
  @Field(() => SessionTokensType, { nullable: true, description: 'Null when a second factor is demanded.' })
  tokens!: SessionTokens | null;

  @Field(() => SecondFactorChallengeType, {
    nullable: true,
    description: 'What is still to be done, where the tenant or the role demands a second factor.',
  })
  secondFactor!: SecondFactorChallenge | null;
}

@Resolver()
export class AcceptanceResolver {
  constructor(private readonly service: Acceptance) {}

  @Mutation(() => AcceptInvitationPayload, {
    description: 'Makes a user of whoever holds the token of an invitation, once, and signs the user in.',
  })
  @Public()
  acceptInvitation(@Arg('input', () => AcceptInvitationInput) input: AcceptInvitationInput, @Ctx() scope: Scope): Promise<SignedIn> {
    return this.service.accept(scope, withoutNulls(input));
  }
}
