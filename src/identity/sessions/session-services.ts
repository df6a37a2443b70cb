import { OwnSessions } from './own-sessions';
import type { SessionParts } from './session-parts';
import { SessionResolver, UserSessionsResolver } from './session.resolver';
import { Sessions } from './sessions';

export interface SessionServices {
  readonly sessions: Sessions;
  readonly resolvers: readonly object[];
}

/** Sessions, and what people can do with them. */
export function sessionServices(parts: SessionParts): SessionServices {
  const sessions = new Sessions(parts);
  const own = new OwnSessions(sessions, parts.revocations, parts.clock);
  return { sessions, resolvers: [new SessionResolver(sessions, own), new UserSessionsResolver(own)] };
}
