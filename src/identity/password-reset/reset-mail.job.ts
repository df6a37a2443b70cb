import { MINUTE_MS } from '../../platform/clock';
import { newId } from '../../platform/database/ids';
import type { Job } from '../../platform/jobs/job';
import { newSingleUseToken } from '../invitations/single-use-token';
import { passwordResetMail } from '../mails/mails';
import { type MailingParts, userMail, userMailJob } from '../mails/user-mail';
import { PasswordReset } from './password-reset.model';

/** How long a reset can be used after it was mailed. */
export const RESET_MINUTES = 30;

/** Mails a reset. The token is made when the mail is: nothing in the queue is worth stealing. Whoever waits has asked again after an hour. */
export const sendPasswordReset = userMail('identity.send-password-reset', 6);

/** Safe to repeat: each attempt makes a token of its own, and the one before it dies. */
export const sendPasswordResetJob = (parts: MailingParts): Job =>
  userMailJob(sendPasswordReset, parts, async (scope, transaction, { user, tenant }) => {
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
