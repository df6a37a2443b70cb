import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Public } from '../../platform/graphql/authorization';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import type { PasswordResets } from './password-reset.service';
import { RESET_MINUTES } from './reset-mail.job';

@InputType('RequestPasswordResetInput')
class RequestPasswordResetInput {
  @Field(() => String)
  email!: string;

  @Field(() => String, { nullable: true, description: 'Slug of the tenant; needed only by who is a user of more than five.' })
  tenant?: string;
}

@InputType('ResetPasswordInput')
class ResetPasswordInput {
  @Field(() => String, { description: 'From the link in the mail.' })
  token!: string;

  @Field(() => String, { description: 'At least 12 characters, none of the common ones.' })
  password!: string;
}

@ObjectType('RequestPasswordResetPayload', { simpleResolvers: true })
@Public()
class RequestPasswordResetPayload {
  @Field(() => Int, { description: 'How long the link in the mail works, in minutes. A mail goes out if the address is known.' })
  validMinutes!: number;
}

@ObjectType('ResetPasswordPayload', { simpleResolvers: true })
@Public()
class ResetPasswordPayload {
  @Field(() => Boolean, {
    description: 'Always true: the new password is set, all sessions have ended, and signIn takes the new password.',
  })
  done!: boolean;
}

@Resolver()
export class PasswordResetResolver {
  constructor(private readonly service: PasswordResets) {}

  @Mutation(() => RequestPasswordResetPayload, {
    description: 'Mails a link for a new password to whoever is known by this address. The answer is the same if nobody is.',
  })
  @Public()
  async requestPasswordReset(
    @Arg('input', () => RequestPasswordResetInput) input: RequestPasswordResetInput,
    @Ctx() scope: Scope,
  ): Promise<RequestPasswordResetPayload> {
    const { email, tenant } = withoutNulls(input);
    await this.service.request(scope, email, tenant);
    return { validMinutes: RESET_MINUTES };
  }

  @Mutation(() => ResetPasswordPayload, {
    description: 'Sets a new password with the token of a mailed link, once. Ends all sessions; signIn comes next, with its second factor.',
  })
  @Public()
  async resetPassword(
    @Arg('input', () => ResetPasswordInput) { token, password }: ResetPasswordInput,
    @Ctx() scope: Scope,
  ): Promise<ResetPasswordPayload> {
    await this.service.reset(scope, token, password);
    return { done: true };
  }
}
