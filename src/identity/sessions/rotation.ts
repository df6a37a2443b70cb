import type { Transaction } from 'sequelize';

import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import type { Proof } from '../tokens/proofs';
import { LIFETIMES, RETRY_MS } from './lifetimes';
import { hashOf, newRefreshToken, openSuccessor, type RefreshToken, sealSuccessor } from './refresh-token';
import type { LiveSession } from './session-rows';

/** The token that is valid now, and when it runs out (UTC). */
export interface CurrentToken {
  readonly token: RefreshToken;
  readonly expiresAt: Date;
}

/** A refresh token as it is kept, with what its session is bound to. */
export interface KnownToken {
  readonly id: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly proofKind: Proof['kind'];
  readonly proofThumbprint: string;
  readonly alive: boolean;
  readonly expiresAt: Date;
  readonly consumedAt: Date | null;
  readonly successorSealed: string | null;
}

const known = (token: RefreshToken, now: Date) => sql`
  select t.id, t.session_id as "sessionId", s.user_id as "userId", s.client_id as "clientId", s.proof_kind as "proofKind",
    s.proof_thumbprint as "proofThumbprint", s.ended_at is null and s.expires_at > ${now} as alive, t.expires_at as "expiresAt",
    t.consumed_at as "consumedAt", t.successor_sealed as "successorSealed"
  from refresh_tokens t join sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
  where t.tenant_id = ${tenant} and t.token_hash = ${hashOf(token)}`;

export async function findToken(scope: Scope, token: RefreshToken, now: Date): Promise<KnownToken | null> {
  return (await scope.rows<KnownToken>(known(token, now)))[0] ?? null;
}

/** The same inside a change, after what went before in it. */
export async function findTokenIn(scope: Scope, transaction: Transaction, token: RefreshToken, now: Date): Promise<KnownToken | null> {
  return (await scope.rowsIn<KnownToken>(transaction, known(token, now)))[0] ?? null;
}

/** The first token of a session, or the successor that `id` was promised to. */
export async function insertToken(
  scope: Scope,
  transaction: Transaction,
  session: Pick<LiveSession, 'id' | 'expiresAt' | 'proofKind'>,
  { id = newId(), token, now }: { readonly id?: string; readonly token: RefreshToken; readonly now: Date },
): Promise<CurrentToken> {
  const idleEnd = now.getTime() + LIFETIMES[session.proofKind].idleMs;
  const expiresAt = new Date(Math.min(idleEnd, session.expiresAt.getTime()));
  await scope.rowsIn(
    transaction,
    sql`insert into refresh_tokens (tenant_id, id, session_id, token_hash, created_at, expires_at, kept_until)
    values (${tenant}, ${id}, ${session.id}, ${hashOf(token)}, ${now}, ${expiresAt}, ${session.expiresAt})`,
  );
  return { token, expiresAt };
}

/** A token that has just been consumed, in favour of another. */
export interface Consumed {
  readonly successorId: string;
  readonly successor: RefreshToken;
}

/**
 * The one statement that decides: of all that come with the same token, in all processes, one alone consumes it.
 * Null for all others, and for a token that has run out.
 * @requirement SEC-008
 */
export async function consume(
  scope: Scope,
  transaction: Transaction,
  id: string,
  token: RefreshToken,
  now: Date,
): Promise<Consumed | null> {
  const [successorId, successor] = [newId(), newRefreshToken(token.tenantId)];
  const rows = await scope.rowsIn(
    transaction,
    sql`update refresh_tokens
    set consumed_at = ${now}, successor_id = ${successorId}, successor_sealed = ${sealSuccessor(token, id, successor)}
    where tenant_id = ${tenant} and id = ${id} and token_hash = ${hashOf(token)} and consumed_at is null and expires_at > ${now}
    returning id`,
  );
  return rows.length === 0 ? null : { successorId, successor };
}

/** The successor of a token that was consumed a moment ago; null when that moment is over. */
export function successorOf({ id, consumedAt, successorSealed }: KnownToken, token: RefreshToken, now: Date): RefreshToken | null {
  if (consumedAt === null || successorSealed === null) return null;
  return now.getTime() - consumedAt.getTime() > RETRY_MS ? null : openSuccessor(token, id, successorSealed);
}
