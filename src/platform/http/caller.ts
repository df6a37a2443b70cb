import { createHash } from 'node:crypto';
import { TLSSocket } from 'node:tls';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Caller, DpopRequest } from '../auth/caller';

/** __Host-: only this host may set it, only over HTTPS (or localhost), for the whole host (RFC 6265bis, section 4.1.3.2). */
const BROWSER_COOKIE = '__Host-payymo';
const BROWSER_SECRET = /^[\w-]{43}$/;
const THIRTY_DAYS_SECONDS = 30 * 86_400;
const MAX_USER_AGENT_LENGTH = 256;

export interface CallerOptions {
  /** Where clients reach us, whatever a Host header says. */
  readonly publicUrl: string;
  /** Whether an address is that of a proxy that stands between clients and us. */
  readonly isProxy: (address: string) => boolean;
}

/** Reads what a request tells of its sender. */
export function callerOf(request: FastifyRequest, reply: FastifyReply, { publicUrl, isProxy }: CallerOptions): Caller {
  const secret = request.cookies[BROWSER_COOKIE];
  return {
    address: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_LENGTH),
    certificate: isProxy(request.socket.remoteAddress ?? '') ? null : certificateOf(request),
    dpop: dpopOf(request, publicUrl),
    browserSecret: secret !== undefined && BROWSER_SECRET.test(secret) ? secret : null,
    rememberBrowser: value => {
      void reply.setCookie(BROWSER_COOKIE, value, {
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'strict',
        maxAge: THIRTY_DAYS_SECONDS,
      });
    },
  };
}

/** x5t#S256 of the certificate of this very connection; over a proxy it would be the proxy's, the same for all its clients. */
function certificateOf({ socket }: FastifyRequest): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  return raw ? createHash('sha256').update(raw).digest('base64url') : null;
}

/** Two proofs are joined, so that neither is taken (RFC 9449, section 4.3, step 1). */
function dpopOf({ raw, method, url }: FastifyRequest, publicUrl: string): DpopRequest | null {
  const { dpop } = raw.headersDistinct;
  // Put together, not resolved: a target such as `//` or `//elsewhere/graphql` names no other host, and need not be a URL.
  return dpop ? { proof: dpop.join(', '), method, url: `${publicUrl}${url.split(/[?#]/, 1).join('')}` } : null;
}
