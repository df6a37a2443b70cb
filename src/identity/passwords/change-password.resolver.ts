import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Authenticated } from '../../platform/graphql/authorization';
import type { ChangePassword } from './change-password.service';

@InputType('ChangePasswordInput')
class ChangePasswordInput {
  @Field(() => String)
  currentPassword!: string;

  @Field(() => String, { description: '12 to 128 characters of any kind; none that is known from breaches or contains your name.' })
  newPassword!: string;
}

@Resolver()
export class ChangePasswordResolver {
  constructor(private readonly service: ChangePassword) {}

  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Changes your password and ends all your other sessions. Wrong current passwords are counted, and slow the next attempt.',
  })
  @Authenticated()
  async changePassword(@Arg('input', () => ChangePasswordInput) input: ChangePasswordInput, @Ctx() scope: Scope): Promise<boolean> {
    await this.service.change(scope, input.currentPassword, input.newPassword);
    return true;
  }
}
