import type { Transaction } from 'sequelize';

import type { Caller } from '../../platform/auth/caller';
import type { AuthenticationMethod, Principal } from '../../platform/auth/principal';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { unauthenticated } from '../../platform/errors';
import type { Proof } from '../tokens/proofs';
import { admitClient, admitUser, grantsOf, lockUser } from './grants';
import { LIFETIMES, MAX_SESSIONS, TOKENS_LIVE_MS } from './lifetimes';
import { networkOf } from './network';
import { Possession } from './possession';
import { newRefreshToken } from './refresh-token';
import { Refresh, type RefreshRequest } from './refresh';
import { type CurrentToken, insertToken } from './rotation';
import {
  type AuditObject,
  endSessions,
  insertSession,
  type LiveSession,
  longestUnused,
  type NewSession,
  raiseVersions,
  reauthenticate,
  type SessionChoice,
} from './session-rows';
import type { SessionParts } from './session-parts';
import type { SessionTokens } from './session-tokens.type';
import { tokensOf } from './tokens-of';

/** Why a session ended before its time. */
export type EndReason =
  | 'SIGNED_OUT'
  | 'SIGNED_OUT_EVERYWHERE'
  | 'ENDED_BY_USER'
  | 'ENDED_BY_ADMINISTRATOR'
  | 'REFRESH_TOKEN_REUSED'
  | 'PASSWORD_CHANGED'
  | 'PASSWORD_RESET'
  | 'SECOND_FACTOR_RESET'
  | 'SECOND_FACTOR_DEMANDED'
  | 'USER_DISABLED'
  | 'CLIENT_ENDED'
  | 'TOKEN_REVOKED'
  | 'TOO_MANY_SESSIONS'
  | 'TENANT_CLOSED';

/** A user whose authentication is complete. */
export interface AuthenticatedUser {
  readonly tenantId: string;
  readonly userId: string;
  readonly methods: readonly AuthenticationMethod[];
  /** The hash that the password fitted: when it is another one by now, the session does not begin. */
  readonly passwordHash?: string;
}

/** A partner's client that has authenticated itself. */
export interface AuthenticatedClient {
  readonly tenantId: string;
  readonly clientId: string;
  /** Goes up when all tokens of the client are to die. */
  readonly version: number;
  /** Granted to this session. */
  readonly scopes: readonly string[];
}

/**
 * The sessions of people and clients: a session begins with an authentication, is bound to a proof of possession, lives by refresh tokens
 * of which one at a time is valid, and ends once and for all.
 * @requirement SEC-008, SEC-009
 */
export class Sessions {
  readonly #possession: Possession;
  readonly #refresh: Refresh;

  constructor(private readonly parts: SessionParts) {
    this.#possession = new Possession(parts.proofs);
    this.#refresh = new Refresh(parts, this.#possession);
  }

  /**
   * Begins a session of a user who has given all that sign-in demands. A caller without certificate or DPoP proof gets a cookie.
   * @throws UNAUTHENTICATED for a user who is disabled or has not given all that by now, a tenant that is closed, and a DPoP proof that is
   *         not valid.
   */
  async begin({ tenantId, userId, methods, passwordHash }: AuthenticatedUser, caller: Caller, requestId: string): Promise<SessionTokens> {
    const proof = await this.#possession.establish(caller);
    const now = this.parts.clock.now();
    const session = newSession({ userId, clientId: null, methods, scopes: null, authenticatedAt: now }, proof, caller, now);
    return this.#begin(tenantId, session, caller, requestId, (scope, transaction) =>
      admitUser(scope, transaction, { userId, passwordHash, methods, now }),
    );
  }

  /**
   * Begins a session of a client that holds a key (certificate or DPoP), which can refresh it. Any other client gets an access token
   * alone and has no session: it authenticates itself again instead (RFC 6749, section 4.4.3).
   * @throws UNAUTHENTICATED for a client that has ended, a tenant that is closed, and a DPoP proof that is not valid.
   */
  async beginForClient(client: AuthenticatedClient, caller: Caller, requestId: string): Promise<SessionTokens> {
    const { tenantId, clientId, scopes } = client;
    const proof = await this.#possession.ofKeyHolder(caller);
    if (!proof) return this.#withoutSession(client);
    const session = newSession(
      { userId: null, clientId, methods: [], scopes, authenticatedAt: null },
      proof,
      caller,
      this.parts.clock.now(),
    );
    return this.#begin(tenantId, session, caller, requestId, (scope, transaction) => admitClient(scope, transaction, client));
  }

  /**
   * Gives new tokens for a refresh token.
   * @throws UNAUTHENTICATED, in the same words for every reason: a token that is unknown, has run out, was used before, or comes
   * without its proof or from another client. Use again and use without the proof also end the session. What `narrow` throws.
   */
  refresh(request: RefreshRequest, caller: Caller, requestId: string): Promise<SessionTokens> {
    return this.#refresh.refresh(request, caller, requestId);
  }

  /**
   * After a further authentication of the session's own user: the same session, authenticated now and by these methods alone.
   * @throws UNAUTHENTICATED for a session that is over.
   */
  async stepUp(scope: Scope, methods: readonly AuthenticationMethod[]): Promise<SessionTokens> {
    const { userId, sessionId, tenantId } = scope.actor;
    if (userId === null || sessionId === null) throw unauthenticated();
    const { session, scopes } = await scope.changeAccess(async transaction => {
      const session = await reauthenticate(scope, transaction, sessionId, { userId, methods, at: this.parts.clock.now() });
      const scopes = session && (await grantsOf(scope, transaction, session));
      if (!session || !scopes) throw unauthenticated();
      scope.record(transaction, { action: 'session.stepped-up', object: sessionObject(sessionId), after: { methods } });
      return { session, scopes };
    });
    return tokensOf(this.parts.tokens, tenantId, session, scopes, null);
  }

  /**
   * Ends the sessions that are chosen and have not ended; their access tokens die within a second. True when there were any. One entry in
   * the audit trail, however many there are.
   */
  async end(scope: Scope, transaction: Transaction, choice: SessionChoice, reason: EndReason): Promise<boolean> {
    const ended = await endSessions(scope, transaction, choice, reason, this.parts.clock.now());
    if (ended.length === 0) return false;
    const usedSince = this.#usedSince();
    // Of many, those that nobody used for long have no access token left that would have to be revoked.
    const mayHaveTokens = 'id' in choice ? ended : ended.filter(({ lastSeenAt }) => lastSeenAt > usedSince);
    const revoked = mayHaveTokens.map(({ id }) => ({ kind: 'session', subject: id }) as const);
    await this.parts.revocations.revokeAll(transaction, scope.actor.tenantId, revoked);
    const after = { reason, ...(!('id' in choice) && { count: ended.length }) };
    scope.record(transaction, { action: 'session.ended', object: objectOf(choice), after });
    return true;
  }

  /** Ends all sessions of a user but, if it is given, one. Sessions that begin at the same time end too. */
  async endAllOf(scope: Scope, transaction: Transaction, userId: string, reason: EndReason, except: string | null = null): Promise<void> {
    await lockUser(scope, transaction, userId);
    await this.end(scope, transaction, { userId, except }, reason);
  }

  /** Ends all sessions of a client. */
  async endAllOfClient(scope: Scope, transaction: Transaction, clientId: string): Promise<void> {
    await this.end(scope, transaction, { clientId }, 'CLIENT_ENDED');
  }

  /**
   * After a change of what users may do, in its transaction: their access tokens die within a second, and the next refresh carries the
   * new scopes. Change the users' rows first.
   */
  async renewAllOf(scope: Scope, transaction: Transaction, userIds: readonly string[]): Promise<void> {
    const raised = await raiseVersions(scope, transaction, userIds, this.#usedSince());
    const revoked = raised.map(({ id, version }) => ({ kind: 'session', subject: id, minVersion: version }) as const);
    await this.parts.revocations.revokeAll(transaction, scope.actor.tenantId, revoked);
  }

  async #begin(tenantId: string, session: NewSession, caller: Caller, requestId: string, admitted: Admits): Promise<SessionTokens> {
    const scope = new Scope(this.parts.database, principalOf(tenantId, session), requestId, caller);
    const { live, scopes, current } = await scope.changeAccess(async transaction => {
      if (!(await admitted(scope, transaction))) throw over();
      return this.#insert(scope, transaction, session);
    });
    return tokensOf(this.parts.tokens, tenantId, live, scopes, current);
  }

  async #insert(scope: Scope, transaction: Transaction, session: NewSession): Promise<Begun> {
    const { id, proof, createdAt: now } = session;
    const live = { ...session, version: 1, proofKind: proof.kind, proofThumbprint: proof.thumbprint };
    const scopes = await grantsOf(scope, transaction, live);
    if (!scopes) throw over();
    await this.#makeRoom(scope, transaction, session);
    await insertSession(scope, transaction, session);
    const current = await insertToken(scope, transaction, live, { token: newRefreshToken(scope.actor.tenantId), now });
    const after = { methods: session.methods, network: session.network, proof: proof.kind };
    scope.record(transaction, { action: 'session.begun', object: sessionObject(id), after });
    return { live, scopes, current };
  }

  /** The owner's row is locked: sessions of one owner begin one after another, and none is overlooked. */
  async #makeRoom(scope: Scope, transaction: Transaction, session: NewSession): Promise<void> {
    const ids = await longestUnused(scope, transaction, session, MAX_SESSIONS - 1, session.createdAt);
    if (ids.length > 0) await this.end(scope, transaction, { ids, of: ownerOf(session) }, 'TOO_MANY_SESSIONS');
  }

  /** Access tokens of sessions that were not used since have all run out. */
  #usedSince(): Date {
    return new Date(this.parts.clock.now().getTime() - TOKENS_LIVE_MS);
  }

  async #withoutSession({ tenantId, clientId, version, scopes }: AuthenticatedClient): Promise<SessionTokens> {
    const session = { id: clientId, version };
    const subject = { tenantId, userId: null, clientId, scopes, session, authenticatedAt: null, methods: [], confirmation: null };
    const issued = await this.parts.tokens.issue(subject);
    return { ...issued, tokenType: 'Bearer', scopes, refreshToken: null, refreshTokenExpiresAt: null, sessionId: clientId };
  }
}

/** Whether the owner may still come in; the owner's row is locked until the session has begun. */
type Admits = (scope: Scope, transaction: Transaction) => Promise<boolean>;

interface Begun {
  readonly live: LiveSession;
  readonly scopes: readonly string[];
  readonly current: CurrentToken;
}

type Owner = Pick<NewSession, 'userId' | 'clientId' | 'methods' | 'scopes' | 'authenticatedAt'>;

const newSession = (owner: Owner, proof: Proof, { userAgent, address }: Caller, now: Date): NewSession => ({
  ...owner,
  id: newId(),
  createdAt: now,
  expiresAt: new Date(now.getTime() + LIFETIMES[proof.kind].absoluteMs),
  userAgent,
  network: networkOf(address),
  proof,
});

/** Came to an end between the authentication and the session. */
const over = () => unauthenticated('Sign in again');

const sessionObject = (id: string) => ({ type: 'Session', id });

const ownerOf = ({ userId, clientId }: Pick<NewSession, 'userId' | 'clientId'>): AuditObject =>
  userId === null ? { type: 'ApiClient', id: clientId ?? '' } : { type: 'User', id: userId };

/** What an ending is recorded of: the one session, or for many whose they are. */
function objectOf(choice: SessionChoice): { readonly type: string; readonly id: string } {
  if ('id' in choice) return sessionObject(choice.id);
  if ('ids' in choice) return choice.of;
  return ownerOf('clientId' in choice ? { userId: null, ...choice } : { clientId: null, ...choice });
}

/** Who begins a session acts in its change; more than that nobody may yet. */
const principalOf = (tenantId: string, { id, userId, clientId, authenticatedAt, methods }: NewSession): Principal => ({
  tenantId,
  userId,
  clientId,
  sessionId: id,
  actor: userId === null ? `client:${clientId ?? ''}` : `user:${userId}`,
  scopes: new Set(),
  authenticatedAt,
  methods,
});
