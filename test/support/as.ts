import type { App } from '../../src/app';
import type { AuthenticationMethod, Principal } from '../../src/platform/auth/principal';
import { newId } from '../../src/platform/database/ids';
import type { Ask } from './app';

export interface Actor {
  readonly userId: string;
  readonly scopes: readonly string[];
  /** How the person signed in; default: a password and, just now, a one-time password. */
  readonly methods?: readonly AuthenticationMethod[];
  /** When, in UTC; default: the time of the token. */
  readonly authenticatedAt?: Date;
  readonly sessionId?: string;
}

/** A client that acts as this person, with a token of its own for each request. */
export const as =
  (app: Pick<App, 'tokens' | 'clock'>, ask: (authorization: string) => Ask, tenantId: string, actor: Actor): Ask =>
  async (query, variables) =>
    ask(`Bearer ${await tokenOf(app, tenantId, actor)}`)(query, variables);

/** An access token as sign-in would give it. */
export async function tokenOf({ tokens, clock }: Pick<App, 'tokens' | 'clock'>, tenantId: string, actor: Actor): Promise<string> {
  const { userId, scopes, methods = ['pwd', 'otp', 'mfa'], authenticatedAt = clock.now(), sessionId = newId() } = actor;
  const session = { id: sessionId, version: 1 };
  const { accessToken } = await tokens.issue({
    tenantId,
    userId,
    clientId: null,
    scopes,
    session,
    authenticatedAt,
    methods,
    confirmation: null,
  });
  return accessToken;
}

/** The principal that such a token names, for calling services without HTTP. */
export const principalOf = (tenantId: string, { userId, scopes, methods = ['pwd', 'otp', 'mfa'], ...rest }: Actor): Principal => ({
  tenantId,
  userId,
  clientId: null,
  sessionId: rest.sessionId ?? null,
  actor: `user:${userId}`,
  scopes: new Set(scopes),
  authenticatedAt: rest.authenticatedAt ?? new Date(),
  methods,
});
