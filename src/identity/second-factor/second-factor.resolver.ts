import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Authenticated, Public, RequiresScopes, RequiresStepUp } from '../../platform/graphql/authorization';
import { userIds } from '../ids';
import { type SessionTokens, SessionTokensType } from '../sessions/session-tokens.type';
import { type UserRecord, userById } from '../users/user.loader';
import { UserType } from '../users/user.type';
import type { FactorChanges } from './factor-changes';
import { givenFactor } from './given-factor';
import type { SecondFactors } from './second-factor';
import { StepUpInput, VerifySecondFactorInput } from './second-factor.input';
import { ownSecondFactor } from './second-factor.loader';
import { SecondFactorType } from './second-factor.type';

@Resolver(() => UserType)
export class SecondFactorResolver {
  constructor(
    private readonly factors: SecondFactors,
    private readonly changes: FactorChanges,
  ) {}

  @FieldResolver(() => SecondFactorType, { nullable: true, description: 'Of yourself alone: null for anybody else.' })
  secondFactor(@Root() { id }: UserRecord, @Ctx() scope: Scope): Promise<SecondFactorType> | null {
    return id === scope.actor.userId ? ownSecondFactor(scope) : null;
  }

  @Mutation(() => SessionTokensType, {
    nullable: true,
    description: 'Meets the challenge of signIn with a second factor: the session begins. Five failures end the challenge.',
  })
  @Public()
  verifySecondFactor(
    @Arg('input', () => VerifySecondFactorInput) input: VerifySecondFactorInput,
    @Ctx() scope: Scope,
  ): Promise<SessionTokens> {
    return this.factors.verify(scope, input.challenge, givenFactor(input));
  }

  @Mutation(() => SessionTokensType, {
    nullable: true,
    description: 'Gives a second factor anew: for five minutes the new access token opens what changes access itself.',
  })
  @Authenticated()
  stepUp(@Arg('input', () => StepUpInput) input: StepUpInput, @Ctx() scope: Scope): Promise<SessionTokens> {
    return this.factors.stepUp(scope, givenFactor(input));
  }

  @Mutation(() => SecondFactorType, {
    nullable: true,
    description: 'Removes your authenticator app; with your last factor its recovery codes go too. Not where a second factor is demanded.',
  })
  @Authenticated()
  @RequiresStepUp()
  async removeTotp(@Ctx() scope: Scope): Promise<SecondFactorType> {
    await this.changes.removeTotp(scope);
    return ownSecondFactor(scope);
  }

  @Mutation(() => SecondFactorType, {
    nullable: true,
    description: 'Removes a passkey of yours; with your last factor its recovery codes go too. Not where a second factor is demanded.',
  })
  @Authenticated()
  @RequiresStepUp()
  async removePasskey(@Arg('id', () => ID) id: string, @Ctx() scope: Scope): Promise<SecondFactorType> {
    await this.changes.removePasskey(scope, id);
    return ownSecondFactor(scope);
  }

  @Mutation(() => [String], {
    nullable: true,
    description: 'Ten new recovery codes, shown once; the earlier ones are worth nothing from now on.',
  })
  @Authenticated()
  @RequiresStepUp()
  renewRecoveryCodes(@Ctx() scope: Scope): Promise<string[]> {
    return this.changes.renewRecoveryCodes(scope);
  }

  @Mutation(() => UserType, {
    nullable: true,
    description: 'Takes all factors of another user away, for one who lost them, and ends their sessions. You must hold what they hold.',
  })
  @RequiresScopes('users:update')
  @RequiresStepUp()
  async resetSecondFactor(@Arg('userId', () => ID) userId: string, @Ctx() scope: Scope): Promise<UserRecord | null> {
    await this.changes.reset(scope, userId);
    return userById(scope).load(userIds.decode(userId));
  }
}
