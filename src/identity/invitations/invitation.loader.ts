import type { InferAttributes } from 'sequelize';

import { pageOf } from '../../platform/database/page';
import type { Scope } from '../../platform/database/scope';
import { columns, raw, sql, tenant } from '../../platform/database/sql';
import { oneByKey } from '../../platform/graphql/loader';
import type { Page, PageArgs } from '../../platform/graphql/page.type';
import type { InvitationFilter, InvitationState } from './invitation.input';
import { Invitation } from './invitation.model';

/** An invitation without what only its recipient may know. */
export type InvitationRecord = Omit<InferAttributes<Invitation>, 'tokenHash'>;

export const invitationById = oneByKey<InvitationRecord>(
  (scope, ids) =>
    scope.rows(
      sql`select ${columns(Invitation, 'i', ['tokenHash'])} from invitations i where i.tenant_id = ${tenant} and i.id = any(${ids})`,
    ),
  ({ id }) => id,
);

/** A page of invitations, the newest first. @throws BAD_USER_INPUT */
export const listInvitations = (scope: Scope, { open }: InvitationFilter, args: PageArgs): Promise<Page<InvitationRecord>> =>
  pageOf(
    scope,
    {
      select: columns(Invitation, 'i', ['tokenHash']),
      from: raw('invitations i'),
      alias: 'i',
      where: [
        sql`i.tenant_id = ${tenant}`,
        ...(open === undefined ? [] : [sql`(i.accepted_at is null and i.revoked_at is null) = ${open}`]),
      ],
      ordering: { name: 'created', column: 'i.created_at', type: 'timestamptz', descending: true },
    },
    args,
  );

/** How far it is at a time. */
export function stateOf(invitation: InvitationRecord, now: Date): InvitationState {
  if (invitation.acceptedAt) return 'ACCEPTED';
  if (invitation.revokedAt) return 'REVOKED';
  if (invitation.expiresAt <= now) return 'EXPIRED';
  if (invitation.sentAt) return 'SENT';
  return invitation.errorCode !== null && invitation.nextAttemptAt === null ? 'FAILED' : 'SENDING';
}
