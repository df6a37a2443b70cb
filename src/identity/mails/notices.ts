import type { Transaction } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import type { Job } from '../../platform/jobs/job';
import { noticeMail } from './mails';
import { enqueueMail, type MailingParts, userMail, userMailJob } from './user-mail';

/** What can happen to somebody's way in, as the mail says it. */
const NOTICES = {
  'password-reset': 'Your password was changed by a link that we had mailed. All sessions have ended.',
  'password-changed': 'Your password was changed. All your other sessions have ended.',
  'totp-enrolled': 'An authenticator app was set up as your second factor.',
  'totp-removed': 'Your authenticator app was removed: its codes open nothing any more.',
  'passkey-registered': 'A passkey was added as your second factor.',
  'passkey-removed': 'A passkey of yours was removed: it opens nothing any more.',
  'recovery-code-used': 'One of your recovery codes was used in the place of a second factor.',
  'recovery-codes-renewed': 'Your recovery codes were made anew: the earlier ones open nothing any more.',
  'second-factor-reset': 'An administrator took away all your second factors. All sessions have ended.',
} as const satisfies Readonly<Record<string, string>>;

export type Notice = keyof typeof NOTICES;

const ATTEMPTS = 12;
const specOf = (notice: Notice) => userMail(`identity.tell-${notice}`, ATTEMPTS);

/**
 * Tells a user by mail that their way in was changed (OWASP ASVS 5.0, 6.3.7): who did not do it hears of it. In the transaction of the change.
 * @requirement SEC-011, SEC-021
 */
export const tell = ({ actor: { tenantId } }: Scope, transaction: Transaction, userId: string, notice: Notice): Promise<void> =>
  enqueueMail(transaction, specOf(notice), { tenantId, userId, attempt: 1 });

/** Safe to repeat: each says the same again. */
export const noticeJobs = (parts: MailingParts): Job[] =>
  Object.entries(NOTICES).map(([notice, happened]) =>
    userMailJob(specOf(notice as Notice), parts, (_scope, _transaction, { user, tenant }) =>
      noticeMail({ to: user.email, business: tenant.name, happened }),
    ),
  );
