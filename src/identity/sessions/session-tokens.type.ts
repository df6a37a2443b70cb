import { Field, ObjectType, registerEnumType } from 'type-graphql';

import { Public } from '../../platform/graphql/authorization';
import { enumOf } from '../../platform/graphql/enum';

/** How an access token is presented (RFC 6750, section 2.1; RFC 9449, section 7.1). */
export const tokenTypes = ['Bearer', 'DPoP'] as const;
export type TokenType = (typeof tokenTypes)[number];

/** What a session gives its owner. */
export interface SessionTokens {
  readonly accessToken: string;
  /** Of the access token, in UTC. */
  readonly expiresAt: Date;
  readonly tokenType: TokenType;
  /** What the access token permits. */
  readonly scopes: readonly string[];
  /** Null where none is given: after a step-up, and to a client that is bound to no key. */
  readonly refreshToken: string | null;
  /** When the session ends unless it is refreshed before, in UTC. */
  readonly refreshTokenExpiresAt: Date | null;
  /** Row id; for a client without a session its own. */
  readonly sessionId: string;
}

export const TokenTypeEnum = enumOf(tokenTypes);
registerEnumType(TokenTypeEnum, {
  name: 'TokenType',
  description: 'How an access token is presented.',
  valuesConfig: {
    Bearer: { description: '`Authorization: Bearer <token>` (RFC 6750).' },
    DPoP: { description: '`Authorization: DPoP <token>` with a proof of the same key in each request (RFC 9449).' },
  },
});

@ObjectType('SessionTokens', {
  description: 'The tokens of a session. Keep them where no other program reads them.',
  simpleResolvers: true,
})
@Public()
export class SessionTokensType {
  @Field(() => String, { description: 'An RS256 JWT (RFC 9068), valid for some minutes; verify it with /.well-known/jwks.json.' })
  accessToken!: string;

  @Field(() => Date, { description: 'When the access token ends, in UTC.' })
  expiresAt!: Date;

  @Field(() => TokenTypeEnum)
  tokenType!: TokenType;

  @Field(() => String, {
    nullable: true,
    description: 'For refreshSession, once: each refresh gives the next one. Null when the one that you hold stays in use.',
  })
  refreshToken!: string | null;

  @Field(() => Date, { nullable: true, description: 'When the session ends unless it is refreshed before, in UTC.' })
  refreshTokenExpiresAt!: Date | null;
}
