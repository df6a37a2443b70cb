import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { PayymoError, unauthenticated } from '../../platform/errors';
import type { Routes } from '../../platform/http/server';
import type { Logger } from '../../platform/logging/logger';
import type { Refusals } from '../../platform/metrics/refusals';
import type { IntrospectionEndpoint } from './introspection-endpoint';
import { challenged, invalidClient, invalidRequest, OAuthError, undecided } from './oauth-error';
import { oauthForm, type OAuthForm } from './oauth-form';
import type { RevocationEndpoint } from './revocation-endpoint';
import { INTROSPECTION_PATH, REVOCATION_PATH, serverMetadata, type ServerMetadataOptions, TOKEN_PATH } from './server-metadata';
import type { TokenEndpoint } from './token-endpoint';

export interface OAuthRoutesParts {
  readonly token: TokenEndpoint;
  readonly revocation: RevocationEndpoint;
  readonly introspection: IntrospectionEndpoint;
  readonly metadata: ServerMetadataOptions;
  readonly refusals: Pick<Refusals, 'note'>;
  readonly log: Logger;
}

type Answer = (request: FastifyRequest, form: OAuthForm) => Promise<object | undefined>;

/**
 * OAuth for partners, each endpoint with the errors of its own RFC and never kept by a cache.
 * @requirement API-007, SEC-022
 */
export const oauthRoutes =
  ({ token, revocation, introspection, metadata, refusals, log }: OAuthRoutesParts): Routes =>
  async server => {
    // Forms and nothing else: no endpoint of these takes JSON or text.
    server.removeAllContentTypeParsers();
    await server.register(formbody, { parser: text => new URLSearchParams(text) as unknown as Record<string, unknown> });
    server.setErrorHandler((error, request, reply) => {
      const refusal = asOAuthError(error);
      const authenticated = refusal.code !== 'invalid_client' && refusal.code !== 'invalid_grant';
      refusals.note(request.id, [authenticated ? error : unauthenticated()]);
      if (refusal.code === 'server_error')
        log.error({ err: error, requestId: request.id, path: request.routeOptions.url }, 'unexpected error');
      const challenge = refusal.code === 'invalid_client' && request.headers.authorization !== undefined;
      return answerError(reply, challenge ? challenged(refusal) : refusal);
    });
    endpoint(server, TOKEN_PATH, (request, form) => token.answer(request, form));
    endpoint(server, INTROSPECTION_PATH, (request, form) => introspection.answer(request, form));
    endpoint(server, REVOCATION_PATH, async (request, form) => {
      await revocation.answer(request, form);
      return undefined;
    });
    const described = serverMetadata(metadata);
    server.get('/.well-known/oauth-authorization-server', { config: { ownAuthentication: true } }, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send(described),
    );
  };

function endpoint(server: FastifyInstance, url: string, answer: Answer): void {
  const config = { ownAuthentication: true };
  server.post(url, { config }, async (request, reply) => {
    const form = oauthForm(request.body instanceof URLSearchParams ? request.body : new URLSearchParams());
    const body = await answer(request, form);
    return body === undefined ? uncached(reply).send() : uncached(reply).send(body);
  });
  server.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url,
    config,
    handler: (_request, reply) => answerError(reply, new OAuthError('invalid_request', 'Use POST', 405, { allow: 'POST' })),
  });
}

/** RFC 6749, section 5.1. */
const uncached = (reply: FastifyReply): FastifyReply => reply.header('cache-control', 'no-store').header('pragma', 'no-cache');

const answerError = (reply: FastifyReply, { code, description, status, headers }: OAuthError): FastifyReply =>
  uncached(reply).headers(headers).code(status).send({ error: code, error_description: description });

function asOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof PayymoError && error.code === 'UNAVAILABLE') return undecided();
  // The tenant was closed, or the client ended, after the client had been authenticated.
  if (error instanceof PayymoError && error.code === 'UNAUTHENTICATED') return invalidClient();
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode < 500) return invalidRequest('The body must be application/x-www-form-urlencoded, of at most 100 KB');
  return new OAuthError('server_error', 'Something went wrong on our side', 500);
}
