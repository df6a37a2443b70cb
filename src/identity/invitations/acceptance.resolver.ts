import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Public } from '../../platform/graphql/authorization';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { payloadOf } from '../sign-in/sign-in.resolver';
import { SignInPayload } from '../sign-in/sign-in.type';
import type { Acceptance } from './acceptance.service';
import { AcceptInvitationInput } from './invitation.input';

@Resolver()
export class AcceptanceResolver {
  constructor(private readonly service: Acceptance) {}

  @Mutation(() => SignInPayload, {
    description: 'Makes a user of whoever holds the token of an invitation, once, and signs the user in.',
  })
  @Public()
  async acceptInvitation(
    @Arg('input', () => AcceptInvitationInput) input: AcceptInvitationInput,
    @Ctx() scope: Scope,
  ): Promise<SignInPayload> {
    return payloadOf(await this.service.accept(scope, withoutNulls(input)));
  }
}
