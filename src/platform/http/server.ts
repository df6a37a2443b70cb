import { randomUUID } from 'node:crypto';

import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { compile } from '@fastify/proxy-addr';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { admit, type Authenticate } from '../auth/admission';
import type { Caller, Credentials } from '../auth/caller';
import { GATE_TIMEOUT_MS } from '../auth/fail-closed';
import type { Principal } from '../auth/principal';
import { RefusedToken } from '../auth/refused-token';
import { inContext } from '../context/tenant-context';
import { PayymoError, unauthenticated } from '../errors';
import { type Logger, tenantEntered } from '../logging/logger';
import type { Refusals } from '../metrics/refusals';
import { callerOf } from './caller';
import { challengeOf } from './challenge';
import { type TlsIdentity, tlsOptions } from './tls';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; null for a caller without a token. */
    principal: Principal | null;
    /** From where, and with what in hand. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** The Authorization header of this route is not an access token: the route reads it itself. */
    ownAuthentication?: boolean;
  }
}

/** Adds routes; a module's or the gateway's. */
export type Routes = (server: FastifyInstance) => Promise<void> | void;

export interface HttpOptions {
  readonly log: Logger;
  readonly allowedOrigins: readonly string[];
  /** Where clients reach us. */
  readonly publicUrl: string;
  /** Addresses of proxies whose X-Forwarded-For is believed, and whose certificates are not their clients'. */
  readonly trustedProxies: readonly string[];
  /** Null where a proxy ends TLS, and on a developer's machine: clients have no certificates then. */
  readonly tls: TlsIdentity | null;
  /** @throws UNAUTHENTICATED for a token that is not valid. */
  readonly authenticate: Authenticate;
  /** How long it may take, in ms. */
  readonly authenticationTimeoutMs?: number;
  /** Hears of every error that HTTP answers with. */
  readonly refusals: Refusals;
  readonly routes: readonly Routes[];
}

const BODY_LIMIT_BYTES = 100 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const REQUEST_ID = /^[\w.-]{8,64}$/;
const TOKEN = /^(Bearer|DPoP) ([\w.~+/-]+=*)$/i;

/**
 * The HTTP server with what every route shares: request ids, security headers, limits, authentication, errors that tell nothing internal.
 * @requirement SEC-022, OBS-003
 */
export async function createHttpServer({ log, refusals, routes, ...options }: HttpOptions): Promise<FastifyInstance> {
  const { allowedOrigins, publicUrl, trustedProxies, tls } = options;
  const trusts = compile([...trustedProxies]);
  const isProxy = (address: string): boolean => trusts(address, 0);
  const server = Fastify({
    https: tls && tlsOptions(tls),
    // We log a line for each request ourselves, without addresses or query strings.
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: trustedProxies.length > 0 ? trusts : false,
    genReqId: ({ headers: { 'x-request-id': given } }) => (typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()),
  }) as unknown as FastifyInstance;
  server.decorateRequest('principal', null);
  server.decorateRequest('caller', null as unknown as Caller);
  await server.register(cookie);
  await server.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } } });
  if (allowedOrigins.length > 0) await server.register(cors, { origin: [...allowedOrigins], credentials: true, maxAge: 600 });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    request.caller = callerOf(request, reply, { publicUrl, isProxy });
    done();
  });
  // Before the body is read: who is refused makes us read nothing.
  server.addHook('onRequest', request => authenticated(request, options));
  // After it: from here on everything runs in the request's context.
  server.addHook('preHandler', (request, _reply, done) => {
    inContext(contextOf(request), done, tenantEntered(log));
  });
  server.addHook('onResponse', (request, reply, done) => {
    logResponse(log, request, reply);
    done();
  });
  server.setErrorHandler((error, request, reply) => {
    refusals.note(request.id, [error]);
    return answerError(log, error, request, reply);
  });
  server.setNotFoundHandler((request, reply) => reply.code(404).send(errorBody('NOT_FOUND', 'There is nothing here', request.id)));
  for (const add of routes) await server.register(async instance => add(instance));
  return server;
}

type Entry = Pick<HttpOptions, 'authenticate' | 'authenticationTimeoutMs'>;

async function authenticated(request: FastifyRequest, { authenticate, authenticationTimeoutMs = GATE_TIMEOUT_MS }: Entry): Promise<void> {
  const { authorization, dpop } = request.raw.headersDistinct;
  if (request.routeOptions.config.ownAuthentication === true) return;
  // RFC 9449, section 4.3, step 1; whether or not somebody looks at it later.
  if (dpop && dpop.length > 1) throw new RefusedToken(false);
  if (!authorization) return;
  // Joined, so that of two tokens none is taken.
  request.principal = await admit(authenticate, credentialsIn(authorization.join(', '), request.caller), authenticationTimeoutMs);
}

const contextOf = (request: FastifyRequest) => ({
  requestId: request.id,
  operation: operationOf(request),
  ...(request.principal && { tenantId: request.principal.tenantId }),
});

const OPERATION_NAME = /^[_A-Za-z]\w{0,63}$/;

/** What is asked for, as the log shows it: the route, and the name of a GraphQL operation. */
function operationOf({ method, routeOptions: { url = 'unknown' }, body }: FastifyRequest): string {
  const name = typeof body === 'object' && body !== null && 'operationName' in body ? body.operationName : undefined;
  return typeof name === 'string' && OPERATION_NAME.test(name) ? `${url} ${name}` : `${method} ${url}`;
}

function credentialsIn(authorization: string, caller: Caller): Credentials {
  const [, scheme = '', token] = TOKEN.exec(authorization) ?? [];
  if (token === undefined) throw unauthenticated('The Authorization header must be `Bearer <access token>` or `DPoP <access token>`');
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token, caller };
}

const STATUS: Partial<Record<PayymoError['code'], number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  REFERENCE_USED: 409,
  RATE_LIMITED: 429,
  STEP_UP_REQUIRED: 401,
  TENANT_SUSPENDED: 403,
  PLAN_EXPIRED: 403,
  PLAN_LIMIT_REACHED: 403,
  UNAVAILABLE: 503,
  PROVIDER_REJECTED: 502,
  PROVIDER_UNAVAILABLE: 502,
  INTERNAL: 500,
};

/** The HTTP status that an error answers with outside of GraphQL. */
export const statusOf = ({ code }: PayymoError): number => STATUS[code] ?? 400;

function answerError(log: Logger, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { id } = request;
  if (error instanceof PayymoError) {
    const status = statusOf(error);
    if (status === 401) void reply.header('www-authenticate', challengeOf(error, request.raw.headersDistinct['authorization']));
    return reply.code(status).send(errorBody(error.code, error.message, id));
  }
  const { statusCode = 500, message = '' } = error as { statusCode?: number; message?: string };
  if (statusCode < 500) return reply.code(statusCode).send(errorBody('BAD_USER_INPUT', message, id));
  log.error({ err: error, requestId: id, path: request.routeOptions.url }, 'unexpected error');
  return reply.code(500).send(errorBody('INTERNAL', 'Something went wrong on our side', id));
}

/** The same shape as a GraphQL answer, so that a client reads one kind of error. */
const errorBody = (code: PayymoError['code'], message: string, requestId: string) => ({
  errors: [{ message, extensions: { code, requestId } }],
});

function logResponse(log: Logger, { id, method, routeOptions }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply): void {
  log.info({ requestId: id, method, path: routeOptions.url ?? 'unknown', statusCode, durationMs: Math.round(elapsedTime) }, 'answered');
}
