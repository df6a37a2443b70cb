import type { Routes } from '../../platform/http/server';
import type { SigningKeys } from './signing-keys';

/** The public keys of access tokens (RFC 7517), where RFC 8414 expects them. */
export const jwksRoutes =
  ({ jwks }: SigningKeys): Routes =>
  server => {
    server.get('/.well-known/jwks.json', (_request, reply) => reply.header('cache-control', 'public, max-age=300').send(jwks));
  };
