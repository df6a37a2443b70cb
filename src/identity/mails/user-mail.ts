import type { Transaction } from 'sequelize';
import { z } from 'zod';

import { jobPrincipal } from '../../platform/auth/principal';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { Scope } from '../../platform/database/scope';
import { enqueue } from '../../platform/jobs/enqueue';
import { delayMs, mayPass, recordFailure } from '../../platform/jobs/failure';
import { type Job, job, type JobInput, type JobSpec } from '../../platform/jobs/job';
import type { Logger } from '../../platform/logging/logger';
import type { Mail, Mailer } from '../../platform/mail/mailer';
import { Tenant } from '../tenants/tenant.model';
import { User } from '../users/user.model';

/** What every job that mails something to a user is told. */
export interface UserMailInput extends JobInput {
  readonly userId: string;
  /** From 1. */
  readonly attempt: number;
}

export interface MailingParts {
  readonly database: Database;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the browser app, without a slash at its end. */
  readonly appUrl: string;
}

export interface Recipient {
  readonly user: User;
  readonly tenant: Tenant;
}

/** Makes the mail, in the transaction in which its recipient was read. */
export type Compose = (scope: Scope, transaction: Transaction, recipient: Recipient) => Promise<Mail> | Mail;

export const userMail = (name: string, attempts: number): JobSpec<UserMailInput> => ({
  name,
  input: z.object({ tenantId: z.uuid(), userId: z.uuid(), attempt: z.int().min(1) }),
  attempts,
});

/** Mails an active user of a tenant that is not closed; a failure that may pass is tried again, with growing delay. */
export const userMailJob = (spec: JobSpec<UserMailInput>, { database, mailer, log }: MailingParts, compose: Compose): Job =>
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
      await scope.changeAccess(transaction => enqueueMail(transaction, spec, { ...input, attempt: attempt + 1 }, runAt));
    }
  });

/** One of each kind waits for a user: asking again takes the place of what waits. */
export const enqueueMail = (transaction: Transaction, spec: JobSpec<UserMailInput>, input: UserMailInput, runAt?: Date): Promise<void> =>
  enqueue(transaction, spec, input, { key: `${spec.name}:${input.userId}`, ...(runAt && { runAt }) });

async function recipientOf(transaction: Transaction, { tenantId, userId }: UserMailInput): Promise<Recipient | null> {
  const tenant = await Tenant.findByPk(tenantId, { transaction });
  const user = await User.findOne({ where: { id: userId, disabledAt: null }, transaction });
  return user && tenant && tenant.status !== 'CLOSED' ? { user, tenant } : null;
}
