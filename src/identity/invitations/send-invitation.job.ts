import type { Transaction } from 'sequelize';
import { z } from 'zod';

import { jobPrincipal } from '../../platform/auth/principal';
import { DAY_MS } from '../../platform/clock';
import { Scope } from '../../platform/database/scope';
import { enqueue } from '../../platform/jobs/enqueue';
import { delayMs, mayPass, NO_FAILURE, recordFailure } from '../../platform/jobs/failure';
import { type Job, job, type JobInput, type JobSpec } from '../../platform/jobs/job';
import { invitationMail } from '../mails/mails';
import type { MailingParts } from '../mails/user-mail';
import { Tenant } from '../tenants/tenant.model';
import { User } from '../users/user.model';
import { Invitation, OPEN } from './invitation.model';
import { newSingleUseToken } from './single-use-token';

/** How long an invitation can be accepted after it was sent. */
export const INVITATION_DAYS = 7;

interface SendInvitationInput extends JobInput {
  readonly invitationId: string;
  /** Which mailing it is for: resending makes this job's work void. */
  readonly mailing: number;
}

/** The token is made when the mail is: nothing in the queue is worth stealing. */
export const sendInvitation: JobSpec<SendInvitationInput> = {
  name: 'identity.send-invitation',
  input: z.object({ tenantId: z.uuid(), invitationId: z.uuid(), mailing: z.int() }),
  attempts: 12,
};

/**
 * Mails an invitation. Safe to repeat: each attempt makes a token of its own, and the one before it dies.
 * @requirement SEC-010
 */
export const sendInvitationJob = (parts: MailingParts): Job => job(sendInvitation, input => new Mailing(parts, input).run());

interface Prepared {
  readonly invitation: Invitation;
  readonly business: string;
  readonly inviter: string | null;
  readonly token: string;
}

class Mailing {
  readonly #scope: Scope;

  constructor(
    private readonly parts: MailingParts,
    private readonly input: SendInvitationInput,
  ) {
    this.#scope = new Scope(parts.database, jobPrincipal(input.tenantId, sendInvitation.name), input.invitationId);
  }

  async run(): Promise<void> {
    // Of a suspended tenant it waits until the tenant is resumed: nobody could accept.
    const prepared = await this.#scope.change(transaction => this.#prepare(transaction));
    if (!prepared) return;
    const { mailer, clock, appUrl } = this.parts;
    const { invitation, token, ...names } = prepared;
    try {
      await mailer.send(invitationMail({ ...names, to: invitation.email, link: linkTo(appUrl, token), days: INVITATION_DAYS }));
    } catch (error) {
      await this.#failed(error, invitation.attempts);
      return;
    }
    await this.#scope.changeAccess(transaction => this.#save({ sentAt: clock.now(), ...NO_FAILURE }, transaction));
  }

  /** Null when there is nothing to send any more. */
  async #prepare(transaction: Transaction): Promise<Prepared | null> {
    const invitation = await Invitation.findOne({ where: this.#current(), transaction, lock: true });
    const tenant = await Tenant.findByPk(this.input.tenantId, { transaction });
    const { clock } = this.parts;
    if (!invitation || !tenant) return null;
    const { token, hash } = newSingleUseToken(this.input.tenantId);
    const expiresAt = new Date(clock.now().getTime() + INVITATION_DAYS * DAY_MS);
    const attempts = invitation.attempts + 1;
    await this.#save({ tokenHash: hash, expiresAt, attempts, nextAttemptAt: null }, transaction);
    const inviter = invitation.invitedBy === null ? null : await User.findOne({ where: { id: invitation.invitedBy }, transaction });
    return { invitation: await invitation.reload({ transaction }), business: tenant.name, inviter: inviter?.name ?? null, token };
  }

  async #failed(error: unknown, attempts: number): Promise<void> {
    const { log } = this.parts;
    const { invitationId, mailing } = this.input;
    const failure = recordFailure(log, error, 'an invitation could not be mailed', { invitationId, mailing, attempts });
    await this.#scope.changeAccess(async transaction => {
      const again = mayPass(error) && attempts < sendInvitation.attempts;
      // The queue goes by the time of day.
      const nextAttemptAt = again ? new Date(Date.now() + delayMs(error, attempts)) : null;
      const saved = await this.#save({ ...failure, nextAttemptAt }, transaction);
      // The key is the invitation's: once it was resent meanwhile, this job would take the place of the one that is to send it.
      if (saved && nextAttemptAt) await enqueue(transaction, sendInvitation, this.input, { key: invitationId, runAt: nextAttemptAt });
    });
  }

  /** False once there is another mailing, or the invitation is closed. */
  async #save(values: Partial<Invitation>, transaction: Transaction): Promise<boolean> {
    const [changed] = await Invitation.update(values, { where: this.#current(), transaction });
    return changed > 0;
  }

  /** Of this mailing and still open. */
  #current() {
    return { id: this.input.invitationId, mailings: this.input.mailing, ...OPEN };
  }
}

/** After the #, which no browser sends to a server: the token gets into no access log and no Referer. */
const linkTo = (appUrl: string, token: string): string => `${appUrl}/accept-invitation#token=${token}`;
