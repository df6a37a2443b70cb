import type { Transaction } from 'sequelize';

import { jobPrincipal, type Principal } from '../../platform/auth/principal';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { Scope } from '../../platform/database/scope';
import { badInput, TenantClosed } from '../../platform/errors';
import { enqueue } from '../../platform/jobs/enqueue';
import type { Logger } from '../../platform/logging/logger';
import { mailAddress } from '../../platform/mail/mail-address';
import type { Mailer } from '../../platform/mail/mailer';
import { readSingleUseToken } from '../invitations/single-use-token';
import { tell } from '../mails/notices';
import { hashPassword } from '../passwords/password';
import { requireGoodPassword } from '../passwords/password-policy';
import { networkOf } from '../sessions/network';
import type { Sessions } from '../sessions/sessions';
import type { Bucket, Throttle } from '../sign-in/throttle';
import { singleLine } from '../users/single-line';
import { User } from '../users/user.model';
import { findAccounts, lookUpKey, NO_TENANT } from './find-accounts.job';
import { PasswordReset } from './password-reset.model';

const MAX_SLUG_LENGTH = 63;

export interface PasswordResetParts {
  readonly database: Database;
  readonly sessions: Pick<Sessions, 'endAllOf'>;
  readonly mailer: Mailer;
  readonly throttle: Pick<Throttle, 'take' | 'forget'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who sent the request. */
type Request = Pick<Scope, 'caller' | 'requestId'>;

/**
 * A way back in for who forgot the password: a link by mail, once, for half an hour. It replaces the password alone; a second factor is
 * demanded as ever.
 * @requirement SEC-021
 */
export class PasswordResets {
  constructor(private readonly parts: PasswordResetParts) {}

  /**
   * Asks for the mail. Known or not, an address takes the same path: one job that looks for its accounts, away from the request.
   * @param tenant Slug; asks for the account of this one alone. Without it, five accounts of an address get a mail.
   * @throws BAD_USER_INPUT for what is no address, or no slug; RATE_LIMITED.
   */
  async request({ caller, requestId }: Request, email: string, tenant?: string): Promise<void> {
    const { database, mailer, throttle, log } = this.parts;
    const address = mailAddress('email', email);
    const slug = tenant === undefined ? null : singleLine('tenant', tenant, 1, MAX_SLUG_LENGTH);
    await throttle.take([mailsTo(address), { kind: 'network', of: `password-reset ${networkOf(caller.address) ?? 'unknown'}` }]);
    if (!mailer.available) {
      log.warn('a password reset was asked for, and no mail server is set up (PAYYMO_SMTP_URL)');
      return;
    }
    const scope = new Scope(database, jobPrincipal(NO_TENANT, 'request-password-reset'), requestId);
    await scope.changeAccess(transaction =>
      enqueue(transaction, findAccounts, { tenantId: NO_TENANT, email: address, slug }, { key: lookUpKey(address, slug) }),
    );
  }

  /**
   * Sets a new password with the token of the mail, and ends all sessions. It signs nobody in.
   * @throws BAD_USER_INPUT in the same words for a token that is unknown, used, replaced or too old; and for a password that is not good.
   */
  async reset({ caller, requestId }: Request, token: string, password: string): Promise<void> {
    const known = readSingleUseToken(token);
    if (!known) throw notGood();
    const { database, throttle } = this.parts;
    const asking = new Scope(database, jobPrincipal(known.tenantId, 'reset-password'), requestId, caller);
    const user = await unlessClosed(() => asking.changeAccess(transaction => this.#holder(known.hash, transaction)));
    await requireGoodPassword(password, user);
    const passwordHash = await hashPassword(password);
    const scope = new Scope(database, actingAs(user), requestId, caller);
    await unlessClosed(() => scope.changeAccess(transaction => this.#replace(scope, transaction, known.hash, passwordHash)));
    await throttle.forget([mailsTo(user.email), { kind: 'account', of: user.email }]);
  }

  /** Whose token it is. */
  async #holder(tokenHash: string, transaction: Transaction): Promise<User> {
    const reset = await PasswordReset.findOne({ where: { tokenHash }, transaction });
    const user = reset && (await User.findOne({ where: { id: reset.userId, disabledAt: null }, transaction }));
    if (!user || reset.expiresAt <= this.parts.clock.now()) throw notGood();
    return user;
  }

  async #replace(scope: Scope, transaction: Transaction, tokenHash: string, passwordHash: string): Promise<void> {
    const { id } = await this.#holder(tokenHash, transaction);
    // Of two who hold the token, one deletes the row.
    if ((await PasswordReset.destroy({ where: { tokenHash }, transaction })) === 0) throw notGood();
    await this.parts.sessions.endAllOf(scope, transaction, id, 'PASSWORD_RESET');
    await User.update({ passwordHash }, { where: { id }, transaction });
    await tell(scope, transaction, id, 'password-reset');
    scope.record(transaction, { action: 'user.password-reset', object: { type: 'User', id } });
  }
}

/** Counted apart from sign-ins: mails to one address, whoever asks for them. */
const mailsTo = (email: string): Bucket => ({ kind: 'password', of: `password-reset ${email}` });

/** For the audit trail: whoever holds the token acts for the user. */
const actingAs = ({ id, tenantId }: User): Principal => ({ ...jobPrincipal(tenantId, 'reset-password'), actor: `user:${id}` });

async function unlessClosed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TenantClosed ? notGood() : error;
  }
}

const notGood = () => badInput('token', 'This link is unknown, used or too old: ask for a new one');
