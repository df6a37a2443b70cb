import { Field, ID, InputType, registerEnumType } from 'type-graphql';

import { FiltersOn } from '../../platform/graphql/authorization';
import { enumOf } from '../../platform/graphql/enum';
import type { UserRole } from '../roles/permissions';
import { RoleEnum } from '../roles/role.type';

export const invitationStates = ['SENDING', 'SENT', 'FAILED', 'EXPIRED', 'ACCEPTED', 'REVOKED'] as const;
export type InvitationState = (typeof invitationStates)[number];
export const InvitationStateEnum = enumOf(invitationStates);
registerEnumType(InvitationStateEnum, {
  name: 'InvitationState',
  description: 'How far an invitation is.',
  valuesConfig: {
    SENDING: { description: 'The mail is not out yet; errorMessage says why an attempt failed, nextAttemptAt when the next one is.' },
    SENT: { description: 'The mail was taken by the mail server.' },
    FAILED: { description: 'The mail could not be sent; errorMessage says why. Resend or revoke it.' },
    EXPIRED: { description: 'Nobody accepted in time. Resend or revoke it.' },
    ACCEPTED: { description: 'Somebody became a user.' },
    REVOKED: { description: 'Taken back.' },
  },
});

@InputType('InvitationFilter', { description: 'All given conditions hold.' })
export class InvitationFilter {
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is neither accepted nor revoked. One that expired is open: it can be resent.',
  })
  @FiltersOn('acceptedAt', 'revokedAt')
  open?: boolean;
}

@InputType('InviteUserInput')
export class InviteUserInput {
  @Field(() => String, { description: 'Where the invitation goes; becomes what the user signs in with.' })
  email!: string;

  @Field(() => String, { description: '1 to 100 characters; who accepts can change it.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'None that permits more than you hold.' })
  role!: UserRole;

  @Field(() => ID, { nullable: true, description: 'Goes with the role CUSTOM.' })
  customRoleId?: string;
}

@InputType('AcceptInvitationInput')
export class AcceptInvitationInput {
  @Field(() => String, { description: 'From the link in the mail.' })
  token!: string;

  @Field(() => String, { description: 'At least 12 characters, none of the common ones.' })
  password!: string;

  @Field(() => String, { nullable: true, description: 'The name to go by, if it is to be another than the invitation says.' })
  name?: string;
}
