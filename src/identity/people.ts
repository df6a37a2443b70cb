import type { Config } from '../config/config';
import type { Clock } from '../platform/clock';
import type { Database } from '../platform/database/database';
import type { Logger } from '../platform/logging/logger';
import { mailerOf } from '../platform/mail/mailers';
import type { Module } from '../platform/module';
import { customRoleIds, invitationIds, userIds } from './ids';
import { Acceptance } from './invitations/acceptance.service';
import { AcceptanceResolver } from './invitations/acceptance.resolver';
import { invitationById } from './invitations/invitation.loader';
import { Invitation } from './invitations/invitation.model';
import { InvitationResolver, TenantInvitationsResolver } from './invitations/invitation.resolver';
import { Invitations } from './invitations/invitations.service';
import { sendInvitationJob } from './invitations/send-invitation.job';
import { noticeJobs } from './mails/notices';
import { findAccountsJob } from './password-reset/find-accounts.job';
import { PasswordReset } from './password-reset/password-reset.model';
import { PasswordResetResolver } from './password-reset/password-reset.resolver';
import { PasswordResets } from './password-reset/password-reset.service';
import { sendPasswordResetJob } from './password-reset/reset-mail.job';
import type { Plans } from './plans/plans.service';
import { CustomRole } from './roles/custom-role.model';
import { customRoleById } from './roles/role.loader';
import { RoleResolver } from './roles/role.resolver';
import { Roles } from './roles/roles.service';
import type { SecondFactors } from './second-factor/second-factor';
import type { Sessions } from './sessions/sessions';
import type { Throttle } from './sign-in/throttle';
import { userById } from './users/user.loader';
import { User } from './users/user.model';
import { UserDetailsResolver } from './users/user-details.resolver';
import { TenantResolver, UserResolver } from './users/user.resolver';
import { Users } from './users/users.service';

export interface PeopleParts {
  readonly database: Database;
  readonly sessions: Sessions;
  readonly secondFactors: SecondFactors;
  readonly throttle: Throttle;
  readonly plans: Plans;
  /** The mail server, and where links in mails lead. */
  readonly config: Pick<Config, 'mail' | 'production' | 'http'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface People extends Pick<Module, 'models' | 'resolvers' | 'entities' | 'jobs'> {
  readonly invitations: Invitations;
}

/** Users with their roles, invitations and password resets. */
export function people({ database, sessions, secondFactors, throttle, plans, config, clock, log }: PeopleParts): People {
  const mailer = mailerOf(config, log);
  const invitations = new Invitations(mailer, plans, clock);
  const resets = new PasswordResets({ database, sessions, mailer, throttle, clock, log });
  const mailing = { database, mailer, clock, log, appUrl: config.http.appUrl.replace(/\/+$/, '') };
  return {
    invitations,
    models: [User, CustomRole, Invitation, PasswordReset],
    resolvers: [
      new TenantResolver(),
      new UserDetailsResolver(),
      new UserResolver(new Users(sessions, plans, clock)),
      new RoleResolver(new Roles(sessions, plans)),
      new TenantInvitationsResolver(),
      new InvitationResolver(invitations, clock),
      new AcceptanceResolver(new Acceptance({ database, sessions, secondFactors, plans, clock })),
      new PasswordResetResolver(resets),
    ],
    entities: [
      { ids: userIds, byId: userById },
      { ids: customRoleIds, byId: customRoleById },
      { ids: invitationIds, byId: invitationById },
    ],
    jobs: [sendInvitationJob(mailing), findAccountsJob(database), sendPasswordResetJob(mailing), ...noticeJobs(mailing)],
  };
}
