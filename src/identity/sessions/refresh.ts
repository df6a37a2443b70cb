import type { Transaction } from 'sequelize';

import type { Caller } from '../../platform/auth/caller';
import { jobPrincipal, type Principal } from '../../platform/auth/principal';
import { Scope } from '../../platform/database/scope';
import { PayymoError, unauthenticated } from '../../platform/errors';
import type { Proof } from '../tokens/proofs';
import { grantsOf } from './grants';
import { type Possession, sameProof } from './possession';
import { readRefreshToken, type RefreshToken } from './refresh-token';
import { consume, type CurrentToken, findToken, findTokenIn, insertToken, type KnownToken, successorOf } from './rotation';
import { endSessions, type LiveSession, touchSession } from './session-rows';
import type { SessionTokens } from './session-tokens.type';
import type { SessionParts } from './session-parts';
import { tokensOf } from './tokens-of';

export interface RefreshRequest {
  readonly token: string;
  /** Null for a user's session, which refreshes itself without a client. */
  readonly clientId: string | null;
  /** Gives those of the session's scopes that the access token is to have, by default all. What it throws leaves the token unused. */
  readonly narrow?: (available: readonly string[]) => readonly string[];
}

/** What became of a refresh: tokens, or why there are none. */
type Outcome = Refreshed | 'REFUSED' | 'REUSED';

interface Refreshed {
  readonly session: LiveSession;
  readonly scopes: readonly string[];
  readonly current: CurrentToken;
}

/**
 * Exchanges refresh tokens. Each is valid once: its use consumes it and makes the next. Who sends it again within ten seconds and with
 * the same proof, because the answer was lost or two tabs asked at once, gets the very same next one; so there is never a second branch
 * on which a thief could live. Whatever else comes with a used token, or with any token of the session but without its proof, is taken
 * for theft, since no honest client does it: the session ends, for the thief and the owner, and its access tokens die.
 * @requirement SEC-008
 */
export class Refresh {
  constructor(
    private readonly parts: SessionParts,
    private readonly possession: Possession,
  ) {}

  async refresh({ token: text, clientId, narrow = all }: RefreshRequest, caller: Caller, requestId: string): Promise<SessionTokens> {
    const token = readRefreshToken(text);
    const known = token && (await this.#find(token, requestId));
    if (!token || known?.clientId !== clientId) throw refusal();
    // Outside of the change: a DPoP proof is checked by means of the database, over another connection.
    const proof = await this.possession.ofKind(known.proofKind, caller);
    const scope = new Scope(this.parts.database, principalOf(token.tenantId, known), requestId, caller);
    const decide = async (transaction: Transaction): Promise<Outcome> => {
      const outcome = await this.#decide(scope, transaction, token, proof);
      return typeof outcome === 'string' ? outcome : { ...outcome, scopes: narrow(outcome.scopes) };
    };
    const outcome = await scope.changeAccess(decide).catch(inOurWords);
    if (typeof outcome === 'string') throw this.#refused(outcome, token, known);
    if (proof?.kind === 'COOKIE' && caller.browserSecret !== null) caller.rememberBrowser(caller.browserSecret);
    return tokensOf(this.parts.tokens, token.tenantId, outcome.session, outcome.scopes, outcome.current);
  }

  async #find(token: RefreshToken, requestId: string): Promise<KnownToken | null> {
    const scope = new Scope(this.parts.database, jobPrincipal(token.tenantId, 'refresh'), requestId);
    try {
      return await findToken(scope, token, this.parts.clock.now());
    } finally {
      await scope.close();
    }
  }

  async #decide(scope: Scope, transaction: Transaction, token: RefreshToken, proof: Proof | null): Promise<Outcome> {
    const now = this.parts.clock.now();
    const known = await findTokenIn(scope, transaction, token, now);
    if (!known?.alive) return 'REFUSED';
    if (!sameProof({ kind: known.proofKind, thumbprint: known.proofThumbprint }, proof)) return this.#end(scope, transaction, known);
    const consumed = await consume(scope, transaction, known.id, token, now);
    if (!consumed) return this.#again(scope, transaction, token);
    const admitted = await this.#admitted(scope, transaction, known);
    const current = await insertToken(scope, transaction, admitted.session, { id: consumed.successorId, token: consumed.successor, now });
    return { ...admitted, current };
  }

  /** The token was consumed, perhaps just now by another process for which the statement waited; or it has run out. */
  async #again(scope: Scope, transaction: Transaction, token: RefreshToken): Promise<Outcome> {
    const now = this.parts.clock.now();
    const known = await findTokenIn(scope, transaction, token, now);
    if (!known?.alive || known.consumedAt === null) return 'REFUSED';
    const successor = successorOf(known, token, now);
    if (!successor) return this.#end(scope, transaction, known);
    const next = await findTokenIn(scope, transaction, successor, now);
    if (!next) return 'REFUSED';
    return { ...(await this.#admitted(scope, transaction, known)), current: { token: successor, expiresAt: next.expiresAt } };
  }

  /** @throws UNAUTHENTICATED, which takes back what the change did so far, when session or owner came to an end meanwhile. */
  async #admitted(scope: Scope, transaction: Transaction, { sessionId }: KnownToken): Promise<Omit<Refreshed, 'current'>> {
    const session = await touchSession(scope, transaction, sessionId, this.parts.clock.now());
    // Read after the session was locked: a change of the role at the same time either is seen here or revokes what is issued here.
    const scopes = session && (await grantsOf(scope, transaction, session));
    if (!session || !scopes) throw refusal();
    return { session, scopes };
  }

  async #end(scope: Scope, transaction: Transaction, { sessionId }: KnownToken): Promise<Outcome> {
    const ended = await endSessions(scope, transaction, { id: sessionId }, 'REFRESH_TOKEN_REUSED', this.parts.clock.now());
    if (ended.length === 0) return 'REFUSED';
    await this.parts.revocations.revoke(transaction, { tenantId: scope.actor.tenantId, kind: 'session', subject: sessionId });
    scope.record(transaction, { action: 'session.refresh-token-reused', object: { type: 'Session', id: sessionId } });
    return 'REUSED';
  }

  #refused(outcome: 'REFUSED' | 'REUSED', { tenantId }: RefreshToken, { sessionId, userId, clientId }: KnownToken): Error {
    const event = { securityEvent: 'session.refresh-token-reused', tenantId, sessionId, userId, clientId };
    if (outcome === 'REUSED') this.parts.log.warn(event, 'security event');
    return refusal();
  }
}

const all = (available: readonly string[]): readonly string[] => available;

/** A tenant that was closed is refused before anything is decided. */
function inOurWords(error: unknown): never {
  throw error instanceof PayymoError && error.code === 'UNAUTHENTICATED' ? refusal() : error;
}

const refusal = () => unauthenticated('The session is over: sign in again');

const principalOf = (tenantId: string, { sessionId, userId, clientId }: KnownToken): Principal => ({
  tenantId,
  userId,
  clientId,
  sessionId,
  actor: userId === null ? `client:${clientId ?? ''}` : `user:${userId}`,
  scopes: new Set(),
  authenticatedAt: null,
  methods: [],
});
