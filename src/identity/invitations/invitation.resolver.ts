import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';

import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { RequiresScopes, RequiresStepUp } from '../../platform/graphql/authorization';
import { type Page, PageArgs } from '../../platform/graphql/page.type';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { customRoleIds, invitationIds } from '../ids';
import { customRoleById, type CustomRoleRecord } from '../roles/role.loader';
import { CustomRoleType } from '../roles/role.type';
import type { TenantRecord } from '../tenants/tenant.loader';
import { TenantType } from '../tenants/tenant.type';
import { type UserRecord, userById } from '../users/user.loader';
import { UserType } from '../users/user.type';
import { InvitationFilter, type InvitationState, InvitationStateEnum, InviteUserInput } from './invitation.input';
import { type InvitationRecord, listInvitations, stateOf } from './invitation.loader';
import { InvitationConnectionType, InvitationType } from './invitation.type';
import type { Invitations } from './invitations.service';

@Resolver(() => TenantType)
export class TenantInvitationsResolver {
  @FieldResolver(() => InvitationConnectionType, {
    nullable: true,
    description: 'The newest first; null for a tenant that is not your own.',
  })
  @RequiresScopes('users:read')
  invitations(
    @Root() { id }: TenantRecord,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('filter', () => InvitationFilter, { nullable: true }) filter?: InvitationFilter,
  ): Promise<Page<InvitationRecord>> | null {
    if (id !== scope.actor.tenantId) return null;
    return listInvitations(scope, withoutNulls(filter ?? {}), withoutNulls(page));
  }
}

@Resolver(() => InvitationType)
export class InvitationResolver {
  constructor(
    private readonly service: Invitations,
    private readonly clock: Clock,
  ) {}

  @Mutation(() => InvitationType, { nullable: true, description: 'Invites somebody by mail to become a user with a role.' })
  @RequiresScopes('users:invite')
  @RequiresStepUp()
  inviteUser(@Arg('input', () => InviteUserInput) input: InviteUserInput, @Ctx() scope: Scope): Promise<InvitationRecord> {
    const { customRoleId, ...invitee } = withoutNulls(input);
    const custom = customRoleId === undefined ? null : customRoleIds.decode(customRoleId, 'input.customRoleId');
    return this.service.invite(scope, { ...invitee, customRoleId: custom });
  }

  @Mutation(() => InvitationType, { nullable: true, description: 'Mails an open invitation again, with a new link: the old one is dead.' })
  @RequiresScopes('users:invite')
  @RequiresStepUp()
  resendInvitation(@Arg('invitationId', () => ID) invitationId: string, @Ctx() scope: Scope): Promise<InvitationRecord> {
    return this.service.resend(scope, invitationIds.decode(invitationId, 'invitationId'));
  }

  @Mutation(() => InvitationType, { nullable: true, description: 'Takes an open invitation back: its link is dead at once.' })
  @RequiresScopes('users:invite')
  revokeInvitation(@Arg('invitationId', () => ID) invitationId: string, @Ctx() scope: Scope): Promise<InvitationRecord> {
    return this.service.revoke(scope, invitationIds.decode(invitationId, 'invitationId'));
  }

  @FieldResolver(() => InvitationStateEnum)
  state(@Root() invitation: InvitationRecord): InvitationState {
    return stateOf(invitation, this.clock.now());
  }

  @FieldResolver(() => CustomRoleType, { nullable: true, description: 'With the role CUSTOM.' })
  customRole(@Root() { customRoleId }: InvitationRecord, @Ctx() scope: Scope): Promise<CustomRoleRecord | null> | null {
    return customRoleId === null ? null : customRoleById(scope).load(customRoleId);
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'Who invited, or resent; null when it was the platform.' })
  invitedBy(@Root() { invitedBy }: InvitationRecord, @Ctx() scope: Scope): Promise<UserRecord | null> | null {
    return invitedBy === null ? null : userById(scope).load(invitedBy);
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'Who came of it.' })
  user(@Root() { userId }: InvitationRecord, @Ctx() scope: Scope): Promise<UserRecord | null> | null {
    return userId === null ? null : userById(scope).load(userId);
  }
}
