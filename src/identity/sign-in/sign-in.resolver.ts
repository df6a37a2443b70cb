import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Public } from '../../platform/graphql/authorization';
import type { SignIn } from './sign-in.service';

@InputType('SignInInput')
class SignInInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Slug of the tenant; needed only when the same e-mail address and password open several.',
  })
  tenant?: string;
}

@ObjectType('SignInPayload', { simpleResolvers: true })
@Public()
class SignInPayload {
  @Field(() => String, {
    description: 'Send it as `Authorization: Bearer <token>`. An RS256 JWT (RFC 9068); verify it with /.well-known/jwks.json.',
  })
  accessToken!: string;

  @Field(() => Date, { description: 'In UTC, some minutes ahead.' })
  expiresAt!: Date;
}

@Resolver()
export class SignInResolver {
  constructor(private readonly service: SignIn) {}

  @Mutation(() => SignInPayload, { description: 'Exchanges an e-mail address and a password for an access token.' })
  @Public()
  signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() { requestId }: Scope): Promise<SignInPayload> {
    return this.service.signIn(input, requestId);
  }
}
