import type { Transaction } from 'sequelize';

import { type Clock, DAY_MS } from '../../platform/clock';
import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { conflict, notFound, PayymoError } from '../../platform/errors';
import { enqueue } from '../../platform/jobs/enqueue';
import { NO_FAILURE } from '../../platform/jobs/failure';
import { mailAddress } from '../../platform/mail/mail-address';
import type { Mailer } from '../../platform/mail/mailer';
import { invitationIds } from '../ids';
import type { Plans } from '../plans/plans.service';
import { authorityOf, grantOf, lockPeople, requireToGovern } from '../roles/authority';
import { grantOfRole, type RoleChoice } from '../roles/role-choice';
import { singleLine } from '../users/single-line';
import { User } from '../users/user.model';
import { Invitation, OPEN } from './invitation.model';
import { requireRoomBesideInvited } from './room';
import { INVITATION_DAYS, sendInvitation } from './send-invitation.job';

export const MAX_NAME_LENGTH = 100;

export interface Invitee extends RoleChoice {
  readonly email: string;
  readonly name: string;
}

/**
 * Invites people to a tenant, by mail alone: no secret is ever shown to who invites.
 * @requirement SEC-010
 */
export class Invitations {
  constructor(
    private readonly mailer: Mailer,
    private readonly plans: Pick<Plans, 'room'>,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws FORBIDDEN for a role that permits more than the actor holds; CONFLICT for a user, or somebody who is invited already; NOT_FOUND for an
   *         unknown custom role; BAD_USER_INPUT; NOT_CONFIGURED where no mail can be sent; PLAN_LIMIT_REACHED.
   */
  invite(scope: Scope, invitee: Invitee): Promise<Invitation> {
    scope.require('users:invite');
    this.#requireMailer();
    const inviter = personIn(scope);
    return scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'users:invite');
      requireToGovern(authority, await grantOfRole(scope, transaction, invitee));
      await this.#requireRoom(transaction);
      return this.#create(scope, transaction, invitee, inviter);
    });
  }

  /**
   * Invites the first owner of a tenant that has no user yet, in the place of whoever was invited before: that link is dead at once. The
   * caller decides who may.
   * @throws BAD_USER_INPUT; CONFLICT for a tenant that has a user; NOT_CONFIGURED where no mail can be sent.
   */
  async inviteFirst(scope: Scope, transaction: Transaction, invitee: Pick<Invitee, 'email' | 'name'>): Promise<Invitation> {
    this.#requireMailer();
    await lockPeople(scope, transaction);
    if ((await User.count({ transaction })) > 0) throw conflict('The tenant has users already: they invite the others');
    for (const { id } of await Invitation.findAll({ where: { ...OPEN }, transaction })) await this.#revoke(scope, transaction, id);
    return this.#create(scope, transaction, { ...invitee, role: 'OWNER', customRoleId: null }, null);
  }

  /**
   * Sends the mail again with a new token; the old one is dead from now on. Who resends stands in for the role from now on.
   * @throws NOT_FOUND; CONFLICT when it was accepted or revoked; FORBIDDEN; NOT_CONFIGURED; PLAN_LIMIT_REACHED for one that had expired.
   */
  resend(scope: Scope, id: string): Promise<Invitation> {
    scope.require('users:invite');
    this.#requireMailer();
    const invitedBy = personIn(scope);
    return scope.change(async transaction => {
      const invitation = await this.#governed(scope, transaction, id);
      // One that is good still has its place.
      if (invitation.expiresAt <= this.clock.now()) await this.#requireRoom(transaction);
      const mailings = invitation.mailings + 1;
      const anew = { tokenHash: null, expiresAt: this.#expiry(), sentAt: null, invitedBy, mailings, attempts: 0 };
      await Invitation.update({ ...anew, ...NO_FAILURE }, { where: { id }, transaction });
      await this.#send(scope, transaction, id, mailings);
      scope.record(transaction, { action: 'invitation.resent', object: objectOf(id) });
      return invitation.reload({ transaction });
    });
  }

  /** Takes an invitation back: its token is dead at once. @throws NOT_FOUND; CONFLICT when it was accepted or revoked; FORBIDDEN. */
  revoke(scope: Scope, id: string): Promise<Invitation> {
    scope.require('users:invite');
    return scope.change(async transaction => {
      const invitation = await this.#governed(scope, transaction, id);
      await this.#revoke(scope, transaction, id);
      return invitation.reload({ transaction });
    });
  }

  async #revoke(scope: Scope, transaction: Transaction, id: string): Promise<void> {
    await Invitation.update({ tokenHash: null, revokedAt: this.clock.now(), nextAttemptAt: null }, { where: { id }, transaction });
    scope.record(transaction, { action: 'invitation.revoked', object: objectOf(id) });
  }

  async #create(
    scope: Scope,
    transaction: Transaction,
    { email, name, role, customRoleId }: Invitee,
    invitedBy: string | null,
  ): Promise<Invitation> {
    const address = mailAddress('email', email);
    const called = singleLine('name', name, 1, MAX_NAME_LENGTH);
    await requireStranger(transaction, address);
    const id = newId();
    const values = { id, email: address, name: called, role, customRoleId, invitedBy, expiresAt: this.#expiry() };
    const invitation = await Invitation.create(values, { transaction });
    await this.#send(scope, transaction, id, invitation.mailings);
    scope.record(transaction, { action: 'user.invited', object: objectOf(id), after: { role, customRoleId } });
    return invitation;
  }

  /** An open invitation that the actor could have made. */
  async #governed(scope: Scope, transaction: Transaction, id: string): Promise<Invitation> {
    const authority = await authorityOf(scope, transaction, 'users:invite');
    const invitation = await Invitation.findOne({ where: { id }, transaction });
    if (!invitation) throw notFound('Invitation', invitationIds.encode(id));
    requireToGovern(authority, await grantOf(transaction, invitation));
    if (invitation.acceptedAt) throw conflict('The invitation was accepted already');
    if (invitation.revokedAt) throw conflict('The invitation was revoked already');
    return invitation;
  }

  #requireRoom(transaction: Transaction): Promise<void> {
    return requireRoomBesideInvited(this.plans, transaction, this.clock.now());
  }

  #send(scope: Scope, transaction: Transaction, invitationId: string, mailing: number): Promise<void> {
    return enqueue(transaction, sendInvitation, { tenantId: scope.actor.tenantId, invitationId, mailing }, { key: invitationId });
  }

  #expiry(): Date {
    return new Date(this.clock.now().getTime() + INVITATION_DAYS * DAY_MS);
  }

  #requireMailer(): void {
    if (this.mailer.available) return;
    throw new PayymoError('NOT_CONFIGURED', 'Invitations go by mail, and no mail server is set up (PAYYMO_SMTP_URL)');
  }
}

/** @throws CONFLICT for a user of the tenant, disabled or not, and for somebody who is invited. */
async function requireStranger(transaction: Transaction, email: string): Promise<void> {
  const user = await User.findOne({ where: { email }, transaction });
  if (user) throw conflict(user.disabledAt ? 'This is a user already, who is disabled: enable the user instead' : 'This is a user already');
  const open = await Invitation.findOne({ where: { email, ...OPEN }, transaction });
  if (open) throw conflict('This address is invited already: resend or revoke that invitation');
}

/** Somebody stands in for the role until it is accepted. @throws FORBIDDEN for a machine. */
function personIn({ actor }: Scope): string {
  if (actor.userId === null) throw new PayymoError('FORBIDDEN', 'People are invited by people');
  return actor.userId;
}

const objectOf = (id: string) => ({ type: 'Invitation', id });
