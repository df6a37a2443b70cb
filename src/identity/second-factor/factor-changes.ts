import type { Transaction } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import { badInput, conflict, notFound, unauthenticated } from '../../platform/errors';
import { passkeyIds, userIds } from '../ids';
import { tell } from '../mails/notices';
import { authorityOf, grantOf, requireToGovern } from '../roles/authority';
import { User } from '../users/user.model';
import { type FactorHolder, hasFactor, lockFactors } from './factors';
import { requireStepUp } from './freshness';
import { person } from './person';
import type { SecondFactorParts } from './second-factor';

/**
 * How a user loses factors: by their own hand, or by an administrator's.
 * @requirement SEC-011
 */
export class FactorChanges {
  constructor(private readonly parts: SecondFactorParts) {}

  /** @throws STEP_UP_REQUIRED; CONFLICT when there is none, or when it is the last factor of a user who must have one */
  removeTotp(scope: Scope): Promise<void> {
    return this.#change(scope, async (transaction, holder) => {
      if (!holder.totp) throw conflict('There is no authenticator app to remove');
      await this.parts.totp.removeAll(transaction, holder.id);
      await this.#removed(scope, transaction, { ...holder, totp: false }, { method: 'TOTP' });
      await tell(scope, transaction, holder.id, 'totp-removed');
    });
  }

  /** @throws STEP_UP_REQUIRED; NOT_FOUND; CONFLICT when it is the last factor of a user who must have one */
  removePasskey(scope: Scope, id: string): Promise<void> {
    const passkey = passkeyIds.decode(id);
    return this.#change(scope, async (transaction, holder) => {
      if (!(await this.parts.passkeys.remove(transaction, holder.id, passkey))) throw notFound('Passkey', id);
      await this.#removed(scope, transaction, { ...holder, passkeys: holder.passkeys - 1 }, { method: 'PASSKEY', passkey: id });
      await tell(scope, transaction, holder.id, 'passkey-removed');
    });
  }

  /** New recovery codes; the earlier ones are worth nothing from now on. @throws STEP_UP_REQUIRED, CONFLICT for a user without a factor */
  async renewRecoveryCodes(scope: Scope): Promise<string[]> {
    return this.#change(scope, async (transaction, holder) => {
      if (!hasFactor(holder)) throw conflict('There is no second factor: enrol one, and it comes with recovery codes');
      const codes = await this.parts.recoveryCodes.renew(transaction, holder.id);
      await tell(scope, transaction, holder.id, 'recovery-codes-renewed');
      scope.record(transaction, { action: 'second-factor.recovery-codes-renewed', object: { type: 'User', id: holder.id } });
      return codes;
    });
  }

  /**
   * Takes all factors of another user away, for one who lost them, and ends their sessions.
   * @throws FORBIDDEN for a user who may something that the actor may not; NOT_FOUND; STEP_UP_REQUIRED
   */
  async reset(scope: Scope, id: string): Promise<void> {
    scope.require('users:update');
    requireStepUp(scope.actor, this.parts.clock.now());
    const userId = userIds.decode(id, 'userId');
    if (userId === scope.actor.userId) throw badInput('userId', 'Your own factors are removed with removeTotp and removePasskey');
    await scope.change(async transaction => {
      const authority = await authorityOf(scope, transaction, 'users:update');
      const holder = await lockFactors(scope, transaction, userId);
      const user = await User.findOne({ where: { id: userId }, transaction });
      if (!holder || !user) throw notFound('User', id);
      requireToGovern(authority, await grantOf(transaction, user));
      await this.#removeAll(scope, transaction, userId);
      await this.parts.sessions.endAllOf(scope, transaction, userId, 'SECOND_FACTOR_RESET');
      await tell(scope, transaction, userId, 'second-factor-reset');
      const before = { totp: holder.totp, passkeys: holder.passkeys, recoveryCodes: holder.recoveryCodesLeft };
      scope.record(transaction, { action: 'second-factor.reset', object: { type: 'User', id: userId }, before });
    });
  }

  #change<T>(scope: Scope, work: (transaction: Transaction, holder: FactorHolder) => Promise<T>): Promise<T> {
    const { userId } = person(scope);
    requireStepUp(scope.actor, this.parts.clock.now());
    return scope.changeAccess(async transaction => {
      const holder = await lockFactors(scope, transaction, userId);
      if (!holder) throw unauthenticated();
      return work(transaction, holder);
    });
  }

  /** Recovery codes stand in for a factor: they go with the last one. */
  async #removed(scope: Scope, transaction: Transaction, left: FactorHolder, before: Readonly<Record<string, string>>): Promise<void> {
    if (!hasFactor(left)) {
      if (left.required) throw conflict('You must have a second factor: enrol another one first');
      await this.parts.recoveryCodes.remove(transaction, left.id);
    }
    scope.record(transaction, { action: 'second-factor.removed', object: { type: 'User', id: left.id }, before });
  }

  async #removeAll(scope: Scope, transaction: Transaction, userId: string): Promise<void> {
    await this.parts.failures.clear(scope, transaction, userId);
    await this.parts.totp.removeAll(transaction, userId);
    await this.parts.passkeys.removeAll(transaction, userId);
    await this.parts.recoveryCodes.remove(transaction, userId);
    await this.parts.challenges.endAllOf(transaction, userId);
  }
}
