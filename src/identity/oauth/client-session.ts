import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { hashOf, type RefreshToken } from '../sessions/refresh-token';

/** The session behind a refresh token that can still be used. Times are in UTC. */
export interface ClientSession {
  readonly id: string;
  /** Granted to the session, as far as the client still has them. */
  readonly scopes: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Undefined for a token that is not this client's, was used, or has run out. */
export async function sessionOfClient(scope: Scope, token: RefreshToken, clientId: string, now: Date): Promise<ClientSession | undefined> {
  const [session] = await scope.rows<ClientSession>(
    sql`select s.id, array(select unnest(s.scopes) intersect select unnest(c.scopes) order by 1) as scopes,
      t.created_at as "issuedAt", t.expires_at as "expiresAt"
    from refresh_tokens t
      join sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
      join api_clients c on c.tenant_id = s.tenant_id and c.id = s.client_id
    where t.tenant_id = ${tenant} and t.token_hash = ${hashOf(token)} and t.consumed_at is null and t.expires_at > ${now}
      and s.client_id = ${clientId} and s.ended_at is null and s.expires_at > ${now}`,
  );
  return session;
}
