import type { FastifyRequest } from 'fastify';

import type { Caller } from '../../platform/auth/caller';
import { RefusedToken } from '../../platform/auth/refused-token';
import type { Clock } from '../../platform/clock';
import { PayymoError } from '../../platform/errors';
import { confirmationOf } from '../sessions/possession';
import type { Sessions } from '../sessions/sessions';
import type { TokenType } from '../sessions/session-tokens.type';
import type { AccessTokens, IssuedToken } from '../tokens/access-tokens';
import type { Proofs } from '../tokens/proofs';
import type { ClientAuthentication } from './client-authentication';
import { grantedScopes, OFFLINE_ACCESS, scopesOf, wantedOf } from './granted-scopes';
import type { KnownClient } from './known-clients';
import { invalidClient, invalidGrant, OAuthError } from './oauth-error';
import { type OAuthForm, required, scopesIn } from './oauth-form';

export type OAuthRequest = Pick<FastifyRequest, 'raw' | 'caller' | 'id'>;

/** RFC 6749, section 5.1. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: TokenType;
  /** In seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
}

export interface TokenEndpointParts {
  readonly authentication: ClientAuthentication;
  readonly sessions: Pick<Sessions, 'beginForClient' | 'refresh'>;
  readonly tokens: Pick<AccessTokens, 'issue'>;
  readonly proofs: Pick<Proofs, 'of'>;
  readonly clock: Clock;
}

interface Issued extends IssuedToken {
  readonly tokenType: TokenType;
  readonly refreshToken: string | null;
}

/**
 * Gives access tokens: to clients for themselves (RFC 6749, section 4.4), and for refresh tokens (section 6).
 * @requirement API-007, SEC-008
 */
export class TokenEndpoint {
  constructor(private readonly parts: TokenEndpointParts) {}

  /** @throws OAuthError, PayymoError UNAVAILABLE */
  answer(request: OAuthRequest, form: OAuthForm): Promise<TokenResponse> {
    const grantType = required(form, 'grant_type');
    if (grantType === 'client_credentials') return this.#clientCredentials(request, form);
    if (grantType === 'refresh_token') return this.#refresh(request, form);
    throw new OAuthError('unsupported_grant_type', 'The grant types are client_credentials and refresh_token');
  }

  /**
   * A refresh token comes with it when the client asks for offline_access and holds a key, to which the session is bound. Without a key
   * there is none: whoever can authenticate needs none.
   */
  async #clientCredentials(request: OAuthRequest, form: OAuthForm): Promise<TokenResponse> {
    const known = await this.parts.authentication.authenticate(request, form);
    const asked = scopesIn(form);
    const scopes = grantedScopes(scopesOf(known), asked);
    const lasting = asked?.has(OFFLINE_ACCESS) === true && holdsKey(request.caller);
    const issued = await withProof(() => (lasting ? this.#begin(known, scopes, request) : this.#issue(known, scopes, request.caller)));
    return this.#response(issued, scopes, lasting);
  }

  #begin({ client: { tenantId, id: clientId, version } }: KnownClient, scopes: readonly string[], request: OAuthRequest): Promise<Issued> {
    return this.parts.sessions.beginForClient({ tenantId, clientId, version, scopes }, request.caller, request.id);
  }

  /** The token is bound to the key that the client shows, if it shows one. */
  async #issue({ client }: KnownClient, scopes: readonly string[], caller: Caller): Promise<Issued> {
    const proof = await this.parts.proofs.of({ ...caller, browserSecret: null });
    const issued = await this.parts.tokens.issue({
      tenantId: client.tenantId,
      userId: null,
      clientId: client.id,
      scopes,
      session: { id: client.id, version: client.version },
      authenticatedAt: null,
      methods: [],
      confirmation: proof && confirmationOf(proof),
    });
    return { ...issued, tokenType: proof?.kind === 'DPOP' ? 'DPoP' : 'Bearer', refreshToken: null };
  }

  /** A client's session needs the authentication of the client; a person's, of our own app, needs the proof of possession alone. */
  async #refresh(request: OAuthRequest, form: OAuthForm): Promise<TokenResponse> {
    const known = await this.parts.authentication.authenticateIfPresented(request, form);
    const token = required(form, 'refresh_token');
    const asked = scopesIn(form);
    const narrow = (held: readonly string[]) => scopesAtRefresh(known, held, asked);
    const wanted = { token, clientId: known?.client.id ?? null, narrow };
    const refreshed = await withProof(() => this.parts.sessions.refresh(wanted, request.caller, request.id), invalidGrant);
    return this.#response(refreshed, refreshed.scopes, known !== undefined);
  }

  #response({ accessToken, expiresAt, tokenType, refreshToken }: Issued, scopes: readonly string[], lasting: boolean): TokenResponse {
    const scope = [...scopes, ...(lasting && refreshToken !== null ? [OFFLINE_ACCESS] : [])].join(' ');
    return {
      access_token: accessToken,
      token_type: tokenType,
      expires_in: Math.ceil((expiresAt.getTime() - this.parts.clock.now().getTime()) / 1000),
      scope,
      ...(refreshToken !== null && { refresh_token: refreshToken }),
    };
  }
}

/**
 * Of what a session holds, what is asked for: all of it, or nothing (RFC 6749, section 6). A person who asks for nothing particular has
 * what the role permits.
 * @throws OAuthError invalid_scope
 */
function scopesAtRefresh(known: KnownClient | undefined, held: readonly string[], asked: ReadonlySet<string> | undefined) {
  const available = known ? held.filter(scope => scopesOf(known).includes(scope)) : held;
  return known || asked ? grantedScopes(available, asked) : wantedOf(available, asked);
}

const holdsKey = ({ certificate, dpop }: Caller): boolean => certificate !== null || dpop !== null;

/** Turns refusals into the errors of OAuth: a proof that is not valid (RFC 9449, section 5), and whatever else was refused. */
async function withProof<T>(work: () => Promise<T>, refused: () => OAuthError = invalidClient): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RefusedToken) throw new OAuthError('invalid_dpop_proof', 'The DPoP proof is not valid, or was used before');
    if (error instanceof PayymoError && error.code === 'UNAUTHENTICATED') throw refused();
    throw error;
  }
}
