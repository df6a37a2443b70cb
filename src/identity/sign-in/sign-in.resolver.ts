import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Public } from '../../platform/graphql/authorization';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { SignInInput, SignInPayload } from './sign-in.type';
import type { SignedIn, SignIn } from './sign-in.service';

@Resolver()
export class SignInResolver {
  constructor(private readonly service: Pick<SignIn, 'signIn'>) {}

  @Mutation(() => SignInPayload, {
    description: 'Exchanges an e-mail address and a password for a session, or for the demand of a second factor.',
  })
  @Public()
  async signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() { caller, requestId }: Scope): Promise<SignInPayload> {
    return payloadOf(await this.service.signIn(withoutNulls(input), caller, requestId));
  }
}

const NO_TOKENS = { accessToken: null, expiresAt: null, tokenType: null, refreshToken: null, refreshTokenExpiresAt: null };

/** As GraphQL shows what came of a sign-in. */
export const payloadOf = ({ tokens, secondFactor }: SignedIn): SignInPayload => ({ ...(tokens ?? NO_TOKENS), secondFactor });
