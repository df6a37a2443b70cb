import type { Clock } from '../../platform/clock';
import { PayymoError } from '../../platform/errors';
import { apiClientIds } from '../ids';
import type { Revocations } from '../revocations/revocations';
import { readRefreshToken, type RefreshToken } from '../sessions/refresh-token';
import type { TokenType } from '../sessions/session-tokens.type';
import { AUDIENCE } from '../tokens/access-claims';
import type { AccessTokens, Confirmation } from '../tokens/access-tokens';
import type { ClientAuthentication } from './client-authentication';
import { sessionOfClient } from './client-session';
import { OFFLINE_ACCESS, scopesOf } from './granted-scopes';
import type { KnownClient, KnownClients } from './known-clients';
import { type OAuthForm, required } from './oauth-form';
import type { OAuthRequest } from './token-endpoint';

/** RFC 7662, section 2.2. */
export type Introspection = { readonly active: false } | ActiveToken;

interface ActiveToken {
  readonly active: true;
  readonly scope: string;
  readonly client_id: string;
  readonly sub: string;
  readonly iss: string;
  /** In seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
  /** Of access tokens alone, as all that follows. */
  readonly token_type?: TokenType;
  readonly aud?: string;
  readonly jti?: string;
  readonly cnf?: Confirmation;
}

export interface IntrospectionEndpointParts {
  readonly authentication: ClientAuthentication;
  readonly clients: KnownClients;
  readonly revocations: Pick<Revocations, 'check'>;
  readonly tokens: Pick<AccessTokens, 'verify'>;
  readonly issuer: string;
  readonly clock: Clock;
}

const INACTIVE: Introspection = Object.freeze({ active: false });

/**
 * Tells a client what a token of its own is worth (RFC 7662). Every other token, of whatever fault, is inactive and nothing more is said:
 * neither can a client look into the tokens of people or of other clients.
 * @requirement SEC-009, API-007
 */
export class IntrospectionEndpoint {
  constructor(private readonly parts: IntrospectionEndpointParts) {}

  /** @throws OAuthError, PayymoError UNAVAILABLE when it cannot be known what was revoked */
  async answer(request: OAuthRequest, form: OAuthForm): Promise<Introspection> {
    const known = await this.parts.authentication.authenticate(request, form);
    const token = required(form, 'token');
    const refreshToken = readRefreshToken(token);
    return (await (refreshToken ? this.#ofRefreshToken(known, refreshToken, request.id) : this.#ofAccessToken(known, token))) ?? INACTIVE;
  }

  async #ofAccessToken({ client }: KnownClient, token: string): Promise<Introspection | undefined> {
    try {
      const verified = await this.parts.tokens.verify(token);
      await this.parts.revocations.check(verified);
      const { tenantId, clientId, scopes, jti, times, confirmation } = verified;
      if (clientId !== client.id || tenantId !== client.tenantId) return undefined;
      const token_type = confirmation && 'jkt' in confirmation ? 'DPoP' : 'Bearer';
      const claims = { token_type, aud: AUDIENCE, jti, ...(confirmation && { cnf: confirmation }) } as const;
      return { ...this.#common(client.id, [...scopes]), iat: times.iat, exp: times.exp, ...claims };
    } catch (error) {
      if (error instanceof PayymoError && error.code === 'UNAUTHENTICATED') return undefined;
      throw error;
    }
  }

  async #ofRefreshToken(known: KnownClient, token: RefreshToken, requestId: string): Promise<Introspection | undefined> {
    const { client } = known;
    if (token.tenantId !== client.tenantId) return undefined;
    const scope = this.parts.clients.scope(client.tenantId, requestId);
    try {
      const session = await sessionOfClient(scope, token, client.id, this.parts.clock.now());
      if (!session) return undefined;
      const [iat, exp] = [session.issuedAt, session.expiresAt].map(time => Math.floor(time.getTime() / 1000));
      const available = scopesOf(known);
      const scopes = session.scopes.filter(held => available.includes(held));
      return { ...this.#common(client.id, [...scopes, OFFLINE_ACCESS]), iat: iat ?? 0, exp: exp ?? 0 };
    } finally {
      await scope.close();
    }
  }

  #common(clientId: string, scopes: readonly string[]) {
    return {
      active: true,
      scope: scopes.join(' '),
      client_id: apiClientIds.encode(clientId),
      sub: clientId,
      iss: this.parts.issuer,
    } as const;
  }
}
