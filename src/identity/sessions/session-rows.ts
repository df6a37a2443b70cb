import type { Transaction } from 'sequelize';

import type { AuthenticationMethod } from '../../platform/auth/principal';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import type { Proof } from '../tokens/proofs';

/** A session that is about to begin. Times are in UTC. */
export interface NewSession {
  readonly id: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly methods: readonly AuthenticationMethod[];
  /** Of a client: what it was granted. */
  readonly scopes: readonly string[] | null;
  readonly authenticatedAt: Date | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly userAgent: string;
  readonly network: string | null;
  readonly proof: Proof;
}

/** What tokens say of a session. */
export interface LiveSession {
  readonly id: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly version: number;
  readonly methods: readonly AuthenticationMethod[];
  readonly scopes: readonly string[] | null;
  readonly authenticatedAt: Date | null;
  readonly expiresAt: Date;
  readonly proofKind: Proof['kind'];
  readonly proofThumbprint: string;
}

const LIVE = sql`id, user_id as "userId", client_id as "clientId", version, methods, scopes, authenticated_at as "authenticatedAt",
  expires_at as "expiresAt", proof_kind as "proofKind", proof_thumbprint as "proofThumbprint"`;

export async function insertSession(scope: Scope, transaction: Transaction, session: NewSession): Promise<void> {
  const { id, userId, clientId, methods, scopes, authenticatedAt, createdAt, expiresAt, userAgent, network, proof } = session;
  await scope.rowsIn(
    transaction,
    sql`insert into sessions (tenant_id, id, user_id, client_id, methods, scopes, authenticated_at, created_at, last_seen_at, expires_at,
      user_agent, network, proof_kind, proof_thumbprint)
    values (${tenant}, ${id}, ${userId}, ${clientId}, ${methods}, ${scopes}, ${authenticatedAt}, ${createdAt}, ${createdAt}, ${expiresAt},
      ${userAgent}, ${network}, ${proof.kind}, ${proof.thumbprint})`,
  );
}

/** Notes that a session that is alive was used, and locks it, so that what is read next is not older than its version. */
export async function touchSession(scope: Scope, transaction: Transaction, id: string, now: Date): Promise<LiveSession | null> {
  const rows = await scope.rowsIn<LiveSession>(
    transaction,
    sql`update sessions set last_seen_at = ${now}
    where tenant_id = ${tenant} and id = ${id} and ended_at is null and expires_at > ${now} returning ${LIVE}`,
  );
  return rows[0] ?? null;
}

export interface Authentication {
  readonly userId: string;
  readonly methods: readonly AuthenticationMethod[];
  readonly at: Date;
}

/** Puts a later authentication of the same user in the place of the first. */
export async function reauthenticate(
  scope: Scope,
  transaction: Transaction,
  id: string,
  { userId, methods, at }: Authentication,
): Promise<LiveSession | null> {
  const rows = await scope.rowsIn<LiveSession>(
    transaction,
    sql`update sessions set methods = ${methods}, authenticated_at = ${at}, last_seen_at = ${at}
    where tenant_id = ${tenant} and id = ${id} and user_id = ${userId} and ended_at is null and expires_at > ${at} returning ${LIVE}`,
  );
  return rows[0] ?? null;
}

/** Which sessions an ending is about: one, or many at once. */
export type SessionChoice = { readonly id: string; readonly userId?: string } | ManySessions;

export type ManySessions =
  | { readonly userId: string; readonly except?: string | null }
  | { readonly clientId: string }
  | { readonly ids: readonly string[]; readonly of: AuditObject };

/** Whose the sessions are, or by whose rule they end, as the audit trail names it. */
export interface AuditObject {
  readonly type: 'User' | 'ApiClient' | 'Tenant';
  readonly id: string;
}

export interface EndedSession {
  readonly id: string;
  readonly lastSeenAt: Date;
}

/** Ends those that have not ended yet, also such as ran out, and gives them back. */
export function endSessions(
  scope: Scope,
  transaction: Transaction,
  choice: SessionChoice,
  reason: string,
  now: Date,
): Promise<EndedSession[]> {
  return scope.rowsIn<EndedSession>(
    transaction,
    sql`update sessions set ended_at = ${now}, end_reason = ${reason}, version = version + 1
    where tenant_id = ${tenant} and ended_at is null and ${chosen(choice)} returning id, last_seen_at as "lastSeenAt"`,
  );
}

function chosen(choice: SessionChoice) {
  if ('ids' in choice) return sql`id = any(${choice.ids}::uuid[])`;
  if ('clientId' in choice) return sql`client_id = ${choice.clientId}`;
  if ('id' in choice) return sql`id = ${choice.id} and user_id is not distinct from coalesce(${choice.userId ?? null}::uuid, user_id)`;
  return sql`user_id = ${choice.userId} and id is distinct from ${choice.except ?? null}::uuid`;
}

/** The live sessions of an owner but those that were used last, of which there may be `keep`. */
export async function longestUnused(
  scope: Scope,
  transaction: Transaction,
  { userId, clientId }: Pick<NewSession, 'userId' | 'clientId'>,
  keep: number,
  now: Date,
): Promise<string[]> {
  const owned = userId === null ? sql`client_id = ${clientId}` : sql`user_id = ${userId}`;
  const rows = await scope.rowsIn<{ id: string }>(
    transaction,
    sql`select id from sessions where tenant_id = ${tenant} and ${owned} and ended_at is null and expires_at > ${now}
    order by last_seen_at desc, id desc offset ${keep}`,
  );
  return rows.map(({ id }) => id);
}

/** Raises the version of the sessions of users, and gives back the new ones of those that were used since. */
export function raiseVersions(
  scope: Scope,
  transaction: Transaction,
  userIds: readonly string[],
  usedSince: Date,
): Promise<{ id: string; version: number }[]> {
  return scope.rowsIn(
    transaction,
    sql`with raised as (
      update sessions set version = version + 1
      where tenant_id = ${tenant} and user_id = any(${userIds}::uuid[]) and ended_at is null returning id, version, last_seen_at
    ) select id, version from raised where last_seen_at > ${usedSince}`,
  );
}
