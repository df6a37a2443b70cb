import { machinePermissions } from '../clients/machine-permissions';
import { DPOP_ALGORITHM } from '../tokens/dpop-proofs';
import { ALGORITHMS } from '../tokens/verification-key';
import { OFFLINE_ACCESS } from './granted-scopes';

export const TOKEN_PATH = '/oauth/token';
export const REVOCATION_PATH = '/oauth/revoke';
export const INTROSPECTION_PATH = '/oauth/introspect';

export interface ServerMetadataOptions {
  /** Where clients reach us, without a path. */
  readonly issuer: string;
  /** Whether clients can show certificates: the gateway itself ends TLS. */
  readonly tls: boolean;
}

/**
 * What a stock OAuth client needs to know of us (RFC 8414, section 2; RFC 8705, section 5; RFC 9449, section 5.1).
 * @requirement API-007
 */
export function serverMetadata({ issuer, tls }: ServerMetadataOptions) {
  const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', ...(tls ? ['self_signed_tls_client_auth'] : [])];
  return Object.freeze({
    issuer,
    token_endpoint: `${issuer}${TOKEN_PATH}`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: [...machinePermissions, OFFLINE_ACCESS],
    // There is no authorization endpoint.
    response_types_supported: [],
    grant_types_supported: ['client_credentials', 'refresh_token'],
    // none: our own app refreshes the sessions of people without a client's authentication.
    token_endpoint_auth_methods_supported: [...methods, 'none'],
    token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    revocation_endpoint: `${issuer}${REVOCATION_PATH}`,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    introspection_endpoint: `${issuer}${INTROSPECTION_PATH}`,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    tls_client_certificate_bound_access_tokens: tls,
    dpop_signing_alg_values_supported: [DPOP_ALGORITHM],
  });
}
