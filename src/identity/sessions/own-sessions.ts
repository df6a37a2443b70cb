import type { Transaction } from 'sequelize';

import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { conflict, notFound } from '../../platform/errors';
import type { Loader } from '../../platform/graphql/loader';
import { sessionIds } from '../ids';
import type { Revocations } from '../revocations/revocations';
import { authorityOf, grantOf, requireToGovern } from '../roles/authority';
import { User } from '../users/user.model';
import { activeSessionsOf, sessionById, type SessionRecord } from './session.loader';
import type { Sessions } from './sessions';

/**
 * What people do with sessions that have begun: see and end their own, and administrators those of others.
 * @requirement SEC-009
 */
export class OwnSessions {
  readonly #active: Loader<string, SessionRecord[]>;

  constructor(
    private readonly sessions: Sessions,
    private readonly revocations: Pick<Revocations, 'revoke'>,
    private readonly clock: Clock,
  ) {
    this.#active = activeSessionsOf(clock);
  }

  async active(scope: Scope): Promise<readonly SessionRecord[]> {
    const { userId } = scope.actor;
    return userId === null ? [] : this.activeOf(scope, userId);
  }

  activeOf(scope: Scope, userId: string): Promise<readonly SessionRecord[]> {
    return this.#active(scope).load(userId);
  }

  /** Also in a tenant that is suspended. False for a token without a session. */
  async signOut(scope: Scope): Promise<boolean> {
    const { sessionId: id } = scope.actor;
    if (id === null) return false;
    await scope.changeAccess(async transaction => {
      await this.sessions.end(scope, transaction, { id }, 'SIGNED_OUT');
      await this.#revokeOwn(scope, transaction);
    });
    return true;
  }

  /** Returns how many sessions were alive. */
  async signOutEverywhere(scope: Scope): Promise<number> {
    const { userId } = scope.actor;
    const active = await this.active(scope);
    await scope.changeAccess(async transaction => {
      if (userId !== null) await this.sessions.endAllOf(scope, transaction, userId, 'SIGNED_OUT_EVERYWHERE');
      await this.#revokeOwn(scope, transaction);
    });
    return active.length;
  }

  /**
   * @throws FORBIDDEN for any session but one's own without sessions:delete, whether there is such a one or not, and for that of a user who
   *         holds more; NOT_FOUND; CONFLICT for one that has ended.
   */
  async end(scope: Scope, id: string): Promise<SessionRecord> {
    const session = await sessionById(scope).load(id);
    const own = session !== null && session.userId === scope.actor.userId;
    if (!own) scope.require('sessions:delete');
    if (!session) throw notFound('Session', sessionIds.encode(id));
    const ended = await scope.changeAccess(async transaction => {
      if (!own) await requireToGovernUser(scope, transaction, session.userId);
      return this.sessions.end(scope, transaction, { id }, own ? 'ENDED_BY_USER' : 'ENDED_BY_ADMINISTRATOR');
    });
    if (!ended) throw conflict('The session has ended already');
    return { ...session, endedAt: this.clock.now() };
  }

  /** Also when the session has ended by itself: the token that asks is still good. */
  async #revokeOwn(scope: Scope, transaction: Transaction): Promise<void> {
    const { sessionId: subject, tenantId } = scope.actor;
    if (subject !== null) await this.revocations.revoke(transaction, { tenantId, kind: 'session', subject });
  }
}

async function requireToGovernUser(scope: Scope, transaction: Transaction, userId: string): Promise<void> {
  const authority = await authorityOf(scope, transaction, 'sessions:delete');
  const user = await User.findOne({ where: { id: userId }, transaction, rejectOnEmpty: true });
  requireToGovern(authority, await grantOf(transaction, user));
}
