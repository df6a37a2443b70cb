import { createHash, timingSafeEqual } from 'node:crypto';

import type { FastifyRequest } from 'fastify';

import { unauthenticated } from '../errors';
import type { Routes } from '../http/server';
import type { Metrics } from './metrics';

export const METRICS_PATH = '/metrics';

export interface MetricsAccess {
  /** The bearer token of whoever collects the figures; null for callers on this machine alone. */
  readonly token: string | null;
  /** Behind a proxy everybody seems to call from its machine: then nobody gets in without a token. */
  readonly behindProxy: boolean;
}

/**
 * The figures of this process, for Prometheus.
 * @requirement SEC-017
 */
export const metricsRoutes =
  (metrics: Metrics, access: MetricsAccess): Routes =>
  server => {
    server.get(METRICS_PATH, { config: { ownAuthentication: true } }, async (request, reply) => {
      if (!mayCollect(request, access)) throw unauthenticated('The figures need their own bearer token');
      return reply
        .type(metrics.contentType)
        .header('cache-control', 'no-store')
        .send(await metrics.text());
    });
  };

function mayCollect({ raw, socket }: FastifyRequest, { token, behindProxy }: MetricsAccess): boolean {
  if (token === null) return !behindProxy && isLoopback(socket.remoteAddress);
  const [given, another] = raw.headersDistinct['authorization'] ?? [];
  return given !== undefined && another === undefined && same(given, `Bearer ${token}`);
}

/** The address of the connection itself: X-Forwarded-For says what its sender likes. */
const isLoopback = (address = ''): boolean => /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);

/** In a time that does not tell how much of it is right; hashed, since lengths differ. */
const same = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
