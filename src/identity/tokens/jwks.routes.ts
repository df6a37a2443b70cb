import { createHash } from 'node:crypto';

import type { Routes } from '../../platform/http/server';
import type { SigningKeys } from './signing-keys';

/** The public keys of access tokens (RFC 7517), where RFC 8414 expects them; caches ask again with If-None-Match (RFC 9110, section 13.1.2). */
export const jwksRoutes = ({ jwks }: SigningKeys): Routes => {
  const body = JSON.stringify(jwks);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return server => {
    server.get('/.well-known/jwks.json', (request, reply) => {
      void reply.header('cache-control', 'public, max-age=300').header('etag', etag);
      if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(body);
    });
  };
};

/** Compared as weak tags; `*` stands for any. */
const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some(tag => [etag, `W/${etag}`, '*'].includes(tag.trim()));
