import { Field, InputType, ObjectType } from 'type-graphql';

import { Public } from '../../platform/graphql/authorization';
import type { SecondFactorChallenge } from '../second-factor/demand';
import { SecondFactorChallengeType } from '../second-factor/second-factor.type';
import { type TokenType, TokenTypeEnum } from '../sessions/session-tokens.type';

@InputType('SignInInput')
export class SignInInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Slug of the tenant; needed when the same e-mail address and password open several, and by users of more than two.',
  })
  tenant?: string;
}

@ObjectType('SignInPayload', {
  description: 'The tokens of a new session; or, with all of them null, the second factor that is demanded first.',
  simpleResolvers: true,
})
@Public()
export class SignInPayload {
  @Field(() => String, {
    nullable: true,
    description: 'Send it as `Authorization: <tokenType> <token>`. An RS256 JWT (RFC 9068); verify it with /.well-known/jwks.json.',
  })
  accessToken!: string | null;

  @Field(() => Date, { nullable: true, description: 'When the access token ends: in UTC, some minutes ahead.' })
  expiresAt!: Date | null;

  @Field(() => TokenTypeEnum, { nullable: true, description: 'DPoP when the request carried a DPoP proof.' })
  tokenType!: TokenType | null;

  @Field(() => String, {
    nullable: true,
    description:
      'For refreshSession, once: each refresh gives the next one. It works only with what came with the sign-in: the same client ' +
      'certificate, the same DPoP key, or else the cookie that this answer sets.',
  })
  refreshToken!: string | null;

  @Field(() => Date, { nullable: true, description: 'When the session ends unless it is refreshed before, in UTC.' })
  refreshTokenExpiresAt!: Date | null;

  @Field(() => SecondFactorChallengeType, { nullable: true, description: 'Null when the password was enough.' })
  secondFactor!: SecondFactorChallenge | null;
}
