import { timingSafeEqual } from 'node:crypto';

import type { FastifyRequest } from 'fastify';

import type { Logger } from '../../platform/logging/logger';
import type { ClientAuthenticationMethod } from '../clients/api-client.model';
import { fittingSecret } from '../clients/client-secrets';
import { FIRST_PARTY_CLIENT } from '../tokens/access-claims';
import type { ClientAssertions } from './client-assertions';
import type { ClientThrottle } from './client-throttle';
import type { KnownClient, KnownClients, SecretRow } from './known-clients';
import { invalidClient, invalidRequest } from './oauth-error';
import type { OAuthForm } from './oauth-form';
import { type PresentedCredentials, presentedCredentials } from './presented-credentials';

type OAuthRequest = Pick<FastifyRequest, 'raw' | 'caller' | 'id'>;
type Presented = Exclude<PresentedCredentials, { method: 'none' }>;

export interface ClientAuthenticationParts {
  readonly clients: KnownClients;
  readonly assertions: ClientAssertions;
  readonly throttle: ClientThrottle;
  readonly log: Logger;
}

/** A kept secret against which an unknown client's is compared. */
const DECOY = [{ hash: Buffer.alloc(32) }];

/**
 * Authenticates clients at the OAuth endpoints (RFC 6749, section 2.3; RFC 7523; RFC 8705). An unknown client, one that has ended and a
 * wrong secret are told in the same words and take the same time.
 * @requirement API-007, SEC-021
 */
export class ClientAuthentication {
  constructor(private readonly parts: ClientAuthenticationParts) {}

  /** @throws OAuthError invalid_client, invalid_request, and 429 after too many failures */
  async authenticate(request: OAuthRequest, form: OAuthForm): Promise<KnownClient> {
    const client = await this.authenticateIfPresented(request, form);
    if (!client) throw invalidClient();
    return client;
  }

  /** The same; undefined for a request that names no client, or our own app, which is a public one (RFC 6749, section 2.1). */
  async authenticateIfPresented(request: OAuthRequest, form: OAuthForm): Promise<KnownClient | undefined> {
    const presented = presentedCredentials(request, form);
    if (presented.method !== 'none') return this.#authenticate(request, presented);
    if (presented.clientId === undefined || presented.clientId === FIRST_PARTY_CLIENT) return undefined;
    throw invalidClient();
  }

  async #authenticate({ caller, id: requestId }: OAuthRequest, presented: Presented): Promise<KnownClient> {
    const clientId = this.#clientIdIn(presented);
    await this.parts.throttle.requirePatience(clientId, caller);
    const known = await this.parts.clients.find(clientId, requestId);
    const proof = await this.#proofOf(known, presented, caller.certificate);
    if (!known || !proof) {
      await this.parts.throttle.noteFailure(clientId, caller);
      this.#log(known, presented, requestId);
      throw invalidClient();
    }
    await this.parts.clients.noteUse(known, proof.secret, requestId);
    return known;
  }

  /** An assertion names the client itself; a client_id beside it must be the same (RFC 7521, section 4.2). */
  #clientIdIn(presented: Presented): string {
    if (presented.method !== 'private_key_jwt') return presented.clientId;
    const named = this.parts.assertions.read(presented.assertion)?.claims.sub ?? '';
    if (presented.clientId !== undefined && named !== '' && presented.clientId !== named) throw invalidRequest('Two clients are named');
    return named;
  }

  async #proofOf(known: KnownClient | undefined, presented: Presented, certificate: string | null): Promise<Proven | undefined> {
    if (!known) {
      if ('secret' in presented) fittingSecret(DECOY, presented.secret);
      return undefined;
    }
    if (METHOD[presented.method] !== known.client.authenticationMethod) return undefined;
    if ('secret' in presented) return provenBy(fittingSecret(known.secrets, presented.secret));
    if (presented.method === 'self_signed_tls_client_auth') return isRegistered(known, certificate) ? {} : undefined;
    const read = this.parts.assertions.read(presented.assertion);
    return read && (await this.parts.assertions.fits(known.client, read)) ? {} : undefined;
  }

  #log(known: KnownClient | undefined, { method }: Presented, requestId: string): void {
    const whose = known ? { tenantId: known.client.tenantId, clientId: known.client.id } : {};
    this.parts.log.warn({ securityEvent: 'api-client.authentication-failed', requestId, method, ...whose }, 'security event');
  }
}

/** What a client has shown: for one with secrets, which of them. */
interface Proven {
  readonly secret?: SecretRow;
}

const provenBy = (secret: SecretRow | undefined): Proven | undefined => secret && { secret };

const METHOD: Readonly<Record<Presented['method'], ClientAuthenticationMethod>> = {
  client_secret_basic: 'CLIENT_SECRET',
  client_secret_post: 'CLIENT_SECRET',
  private_key_jwt: 'PRIVATE_KEY_JWT',
  self_signed_tls_client_auth: 'SELF_SIGNED_TLS_CLIENT_AUTH',
};

/** A certificate is registered by its thumbprint; who issued it does not matter (RFC 8705, section 2.2). */
function isRegistered({ client }: KnownClient, certificate: string | null): boolean {
  const shown = Buffer.from(certificate ?? '');
  return client.certificateThumbprints
    .map(registered => Buffer.from(registered))
    .some(registered => registered.length === shown.length && timingSafeEqual(registered, shown));
}
