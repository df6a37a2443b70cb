import type { Transaction } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { badInput, conflict, PayymoError, unauthenticated } from '../../platform/errors';
import { tell } from '../mails/notices';
import type { Sessions } from '../sessions/sessions';
import type { Throttle } from '../sign-in/throttle';
import { hashPassword, passwordFits } from './password';
import { requireGoodPassword } from './password-policy';

export interface ChangePasswordParts {
  readonly sessions: Pick<Sessions, 'endAllOf'>;
  readonly throttle: Pick<Throttle, 'attempt'>;
}

interface Account {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/**
 * Lets people change their own password: whoever has nothing but their access token cannot.
 * @requirement SEC-021
 */
export class ChangePassword {
  constructor(private readonly parts: ChangePasswordParts) {}

  /**
   * Ends all other sessions of the user, and every sign-in and password reset that is under way.
   * @throws BAD_USER_INPUT for a wrong current password and for a new one that is not good; RATE_LIMITED after wrong ones; FORBIDDEN for
   * a machine; CONFLICT when the password was changed at the same time.
   */
  async change(scope: Scope, currentPassword: string, newPassword: string): Promise<void> {
    const { userId } = scope.actor;
    if (userId === null) throw new PayymoError('FORBIDDEN', 'Only people have a password');
    const account = await accountOf(scope, userId);
    await this.#requireCurrent(userId, account, currentPassword);
    await requireGoodPassword(newPassword, account, 'input.newPassword');
    if (newPassword === currentPassword) throw badInput('input.newPassword', 'The new password is the current one');
    const passwordHash = await hashPassword(newPassword);
    await scope.changeAccess(transaction => this.#replace(scope, transaction, userId, { old: account.passwordHash, new: passwordHash }));
  }

  /** Counted like a sign-in, and by itself: a stolen access token must not lead to the password, nor keep its owner from signing in. */
  async #requireCurrent(userId: string, { passwordHash }: Account, password: string): Promise<void> {
    const buckets = [{ kind: 'password', of: userId }] as const;
    const fits = await this.parts.throttle.attempt(buckets, () => passwordFits(passwordHash, password), Boolean);
    if (!fits) throw badInput('input.currentPassword', 'This is not the current password');
  }

  async #replace(scope: Scope, transaction: Transaction, id: string, hash: { readonly old: string; readonly new: string }): Promise<void> {
    const changed = await scope.rowsIn(
      transaction,
      sql`update users set password_hash = ${hash.new}, updated_at = now()
      where tenant_id = ${tenant} and id = ${id} and password_hash = ${hash.old} and disabled_at is null returning id`,
    );
    if (changed.length === 0) throw conflict('The password was changed at the same time');
    await scope.rowsIn(transaction, sql`delete from password_resets where tenant_id = ${tenant} and user_id = ${id}`);
    await this.parts.sessions.endAllOf(scope, transaction, id, 'PASSWORD_CHANGED', scope.actor.sessionId);
    await tell(scope, transaction, id, 'password-changed');
    scope.record(transaction, { action: 'user.password-changed', object: { type: 'User', id } });
  }
}

async function accountOf(scope: Scope, userId: string): Promise<Account> {
  const [account] = await scope.rows<Account>(
    sql`select email, name, password_hash as "passwordHash" from users
    where tenant_id = ${tenant} and id = ${userId} and disabled_at is null`,
  );
  if (!account) throw unauthenticated();
  // Checking the password takes long: no connection waits for that.
  await scope.end();
  return account;
}
