import type { Transaction } from 'sequelize';
import { z } from 'zod';

import { jobPrincipal } from '../../platform/auth/principal';
import { type Clock, MINUTE_MS } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { enqueue } from '../../platform/jobs/enqueue';
import { delayMs, mayPass, recordFailure } from '../../platform/jobs/failure';
import { type Job, job, type JobInput, type JobSpec } from '../../platform/jobs/job';
import type { Logger } from '../../platform/logging/logger';
import type { Mail, Mailer } from '../../platform/mail/mailer';
import { passwordChangedMail, passwordResetMail } from '../invitations/mails';
import { newSingleUseToken } from '../invitations/single-use-token';
import { Tenant } from '../tenants/tenant.model';
import { User } from '../users/user.model';
import { PasswordReset } from './password-reset.model';

/** How long a reset can be used after it was mailed. */
export const RESET_MINUTES = 30;

interface ResetMailInput extends JobInput {
  readonly userId: string;
  /** From 1. */
  readonly attempt: number;
}

const ResetMailInput = z.object({ tenantId: z.uuid(), userId: z.uuid(), attempt: z.int().min(1) });

/** Mails a reset. The token is made when the mail is: nothing in the queue is worth stealing. Whoever waits has asked again after an hour. */
export const sendPasswordReset: JobSpec<ResetMailInput> = { name: 'identity.send-password-reset', input: ResetMailInput, attempts: 6 };

/** Tells the user that a reset was used. */
export const tellPasswordChanged: JobSpec<ResetMailInput> = { name: 'identity.tell-password-changed', input: ResetMailInput, attempts: 12 };

export interface ResetMailParts {
  readonly database: Database;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the browser app, without a slash at its end. */
  readonly appUrl: string;
}

/** Safe to repeat: each attempt makes a token of its own, and the one before it dies. */
export const sendPasswordResetJob = (parts: ResetMailParts): Job =>
  mailJob(sendPasswordReset, parts, async (scope, transaction, { user, tenant }) => {
    const { clock, appUrl } = parts;
    const { token, hash } = newSingleUseToken(tenant.id);
    const expiresAt = new Date(clock.now().getTime() + RESET_MINUTES * MINUTE_MS);
    await PasswordReset.destroy({ where: { userId: user.id }, transaction });
    await PasswordReset.create({ id: newId(), userId: user.id, tokenHash: hash, expiresAt }, { transaction });
    scope.record(transaction, { action: 'password-reset.mailed', object: { type: 'User', id: user.id } });
    // After the #, which no browser sends to a server.
    const link = `${appUrl}/reset-password#token=${token}`;
    return passwordResetMail({ to: user.email, business: tenant.name, link, minutes: RESET_MINUTES });
  });

/** Safe to repeat: it says the same again. */
export const tellPasswordChangedJob = (parts: ResetMailParts): Job =>
  mailJob(tellPasswordChanged, parts, (_scope, _transaction, { user, tenant }) =>
    Promise.resolve(passwordChangedMail({ to: user.email, business: tenant.name })),
  );

interface Recipient {
  readonly user: User;
  readonly tenant: Tenant;
}

type Compose = (scope: Scope, transaction: Transaction, recipient: Recipient) => Promise<Mail>;

/** Mails an active user of a tenant that is not closed; a failure that may pass is tried again, with growing delay. */
const mailJob = (spec: JobSpec<ResetMailInput>, { database, mailer, log }: ResetMailParts, compose: Compose): Job =>
  job(spec, async input => {
    const { tenantId, userId, attempt } = input;
    const scope = new Scope(database, jobPrincipal(tenantId, spec.name), `${spec.name}:${userId}`);
    const mail = await scope.changeAccess(async transaction => {
      const recipient = await recipientOf(transaction, input);
      return recipient ? compose(scope, transaction, recipient) : null;
    });
    if (!mail) return;
    try {
      await mailer.send(mail);
    } catch (error) {
      recordFailure(log, error, 'a mail to a user could not be sent', { userId, job: spec.name, attempt });
      if (!mayPass(error) || attempt >= spec.attempts) return;
      // The queue goes by the time of day.
      const runAt = new Date(Date.now() + delayMs(error, attempt));
      const again = { ...input, attempt: attempt + 1 };
      await scope.changeAccess(transaction => enqueue(transaction, spec, again, { key: keyOf(spec, userId), runAt }));
    }
  });

/** One of each kind waits for a user: asking again takes the place of what waits. */
export const keyOf = ({ name }: JobSpec<ResetMailInput>, userId: string): string => `${name}:${userId}`;

async function recipientOf(transaction: Transaction, { tenantId, userId }: ResetMailInput): Promise<Recipient | null> {
  const tenant = await Tenant.findByPk(tenantId, { transaction });
  const user = await User.findOne({ where: { id: userId, disabledAt: null }, transaction });
  return user && tenant && tenant.status !== 'CLOSED' ? { user, tenant } : null;
}
