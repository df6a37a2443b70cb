import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { type Sql, sql, tenant } from '../../platform/database/sql';
import { manyByKey, oneByKey } from '../../platform/graphql/loader';

/** A user's session without what only the service may see. Times are in UTC. */
export interface SessionRecord {
  readonly id: string;
  readonly userId: string;
  readonly userAgent: string;
  readonly network: string | null;
  readonly methods: readonly string[];
  readonly authenticatedAt: Date;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

const SESSION = sql`s.id, s.user_id as "userId", s.user_agent as "userAgent", s.network::text as network, s.methods,
  s.authenticated_at as "authenticatedAt", s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt",
  s.ended_at as "endedAt"`;

/** A user's own session; any user's for who may end it. */
export const sessionById = oneByKey<SessionRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${SESSION} from sessions s where s.tenant_id = ${tenant} and s.id = any(${ids}) and ${visibleTo(scope)}`),
  ({ id }) => id,
);

const visibleTo = (scope: Scope): Sql =>
  scope.actor.scopes.has('sessions:delete') ? sql`s.user_id is not null` : sql`s.user_id = ${scope.actor.userId}`;

/** More than anybody looks through. */
const MAX_LISTED = 100;

/** The sessions of users that can still be refreshed at a time, newest first. */
export const activeSessionsOf = (clock: Clock) =>
  manyByKey<SessionRecord>(
    (scope, userIds) => {
      const now = clock.now();
      return scope.rows(sql`
        select l.* from unnest(${userIds}::uuid[]) as u (id), lateral (
          select ${SESSION} from sessions s
          where s.tenant_id = ${tenant} and s.user_id = u.id and s.ended_at is null and s.expires_at > ${now} and exists (
            select from refresh_tokens t
            where t.tenant_id = s.tenant_id and t.session_id = s.id and t.consumed_at is null and t.expires_at > ${now}
          )
          order by s.created_at desc, s.id desc limit ${MAX_LISTED}
        ) l`);
    },
    ({ userId }) => userId,
  );
