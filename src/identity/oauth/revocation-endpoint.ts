import { PayymoError } from '../../platform/errors';
import type { Revocations } from '../revocations/revocations';
import { readRefreshToken, type RefreshToken } from '../sessions/refresh-token';
import { findTokenIn } from '../sessions/rotation';
import type { Sessions } from '../sessions/sessions';
import { ACCESS_TOKEN_TYPE } from '../tokens/access-claims';
import type { AccessTokens } from '../tokens/access-tokens';
import { strictJws } from '../tokens/strict-jws';
import type { VerifiedToken } from '../tokens/verified-token';
import type { Clock } from '../../platform/clock';
import type { ClientAuthentication } from './client-authentication';
import type { KnownClient, KnownClients } from './known-clients';
import { OAuthError } from './oauth-error';
import { type OAuthForm, required } from './oauth-form';
import type { OAuthRequest } from './token-endpoint';

export interface RevocationEndpointParts {
  readonly authentication: ClientAuthentication;
  readonly clients: KnownClients;
  readonly sessions: Pick<Sessions, 'end'>;
  readonly revocations: Pick<Revocations, 'revoke'>;
  readonly tokens: Pick<AccessTokens, 'verify'>;
  readonly clock: Clock;
}

/**
 * Takes back tokens that a client has no use for any more (RFC 7009): an access token, or with a refresh token its whole session. A token
 * that is not the client's is answered like one that never was: whether it is valid is not the client's business.
 * @requirement SEC-009, API-007
 */
export class RevocationEndpoint {
  constructor(private readonly parts: RevocationEndpointParts) {}

  /** The hint is not needed: the kinds of tokens tell themselves apart. @throws OAuthError, also unsupported_token_type */
  async answer(request: OAuthRequest, form: OAuthForm): Promise<void> {
    const known = await this.parts.authentication.authenticate(request, form);
    const token = required(form, 'token');
    const refreshToken = readRefreshToken(token);
    if (refreshToken) return this.#endSession(known, refreshToken, request);
    const verified = await this.#verified(token);
    if (verified) await this.#revoke(known, verified, request);
    else requireSupported(token);
  }

  async #verified(token: string): Promise<VerifiedToken | undefined> {
    try {
      return await this.parts.tokens.verify(token);
    } catch (error) {
      if (error instanceof PayymoError && error.code === 'UNAUTHENTICATED') return undefined;
      throw error;
    }
  }

  async #revoke({ client }: KnownClient, { tenantId, clientId, jti }: VerifiedToken, { id, caller }: OAuthRequest): Promise<void> {
    if (clientId !== client.id || tenantId !== client.tenantId) return;
    const scope = this.parts.clients.scopeOf(client, id, caller);
    await scope.changeAccess(async transaction => {
      await this.parts.revocations.revoke(transaction, { tenantId, kind: 'token', subject: jti });
      scope.record(transaction, { action: 'api-client.token-revoked', object: { type: 'ApiClient', id: client.id }, after: { jti } });
    });
  }

  async #endSession({ client }: KnownClient, token: RefreshToken, { id, caller }: OAuthRequest): Promise<void> {
    if (token.tenantId !== client.tenantId) return;
    const scope = this.parts.clients.scopeOf(client, id, caller);
    await scope.changeAccess(async transaction => {
      const found = await findTokenIn(scope, transaction, token, this.parts.clock.now());
      if (found?.clientId === client.id) await this.parts.sessions.end(scope, transaction, { id: found.sessionId }, 'TOKEN_REVOKED');
    });
  }
}

/** @throws OAuthError unsupported_token_type for a JWT that says that it is of another kind (RFC 7009, section 2.2.1). */
function requireSupported(token: string): void {
  const type = typeOf(token);
  if (type !== undefined && type !== ACCESS_TOKEN_TYPE) {
    throw new OAuthError('unsupported_token_type', 'Access tokens and refresh tokens can be revoked');
  }
}

function typeOf(token: string): unknown {
  try {
    return strictJws(token).header['typ'];
  } catch {
    return undefined;
  }
}
