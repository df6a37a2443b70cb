import type { AccessTokens } from '../tokens/access-tokens';
import { confirmationOf } from './possession';
import type { CurrentToken } from './rotation';
import type { LiveSession } from './session-rows';
import type { SessionTokens } from './session-tokens.type';

/** An access token of the session, bound to the session's proof, beside the refresh token that is valid now. */
export async function tokensOf(
  tokens: AccessTokens,
  tenantId: string,
  session: LiveSession,
  scopes: readonly string[],
  current: CurrentToken | null,
): Promise<SessionTokens> {
  const { id, version, userId, clientId, authenticatedAt, methods, proofKind, proofThumbprint } = session;
  const confirmation = confirmationOf({ kind: proofKind, thumbprint: proofThumbprint });
  const subject = { tenantId, userId, clientId, scopes, session: { id, version }, authenticatedAt, methods, confirmation };
  const issued = await tokens.issue(subject);
  return {
    ...issued,
    tokenType: proofKind === 'DPOP' ? 'DPoP' : 'Bearer',
    scopes,
    refreshToken: current?.token.text ?? null,
    refreshTokenExpiresAt: current?.expiresAt ?? null,
    sessionId: id,
  };
}
