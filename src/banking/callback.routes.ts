import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { jobPrincipal } from '../platform/auth/principal';
import type { Database } from '../platform/database/database';
import { Scope } from '../platform/database/scope';
import { PayymoError } from '../platform/errors';
import { sendPage } from '../platform/http/page';
import { type Routes, statusOf } from '../platform/http/server';
import type { CompletedConnection, Connections } from './connections.service';
import { connectionIds, syncRunIds } from './ids';

export const CALLBACK_PATH = '/connect/gocardless-bank-data/callback';

const Query = z.object({ ref: z.string().max(256), error: z.string().max(256).optional() });

/**
 * Where the bank sends the user's browser back to. It carries no token: the single-use reference is the authority, and only for
 * completing the very connection that it was issued for.
 */
export const callbackRoutes =
  (connections: Connections, database: Database): Routes =>
  server => {
    server.get(CALLBACK_PATH, async (request, reply) => {
      try {
        return await answer(request, reply, 200, await complete(connections, database, request));
      } catch (error) {
        if (!(error instanceof PayymoError)) throw error;
        return answer(request, reply, statusOf(error), { message: error.message, code: error.code });
      }
    });
  };

async function complete(connections: Connections, database: Database, { query, id }: FastifyRequest) {
  const parsed = Query.safeParse(query);
  if (!parsed.success) throw new PayymoError('REFERENCE_UNKNOWN', 'The bank sent you back without a reference');
  const { ref } = parsed.data;
  const tenantId = connections.tenantOf(ref);
  const scope = new Scope(database, jobPrincipal(tenantId, 'callback', ['connections:create']), id);
  return described(await connections.complete(scope, ref));
}

const described = ({ connection, syncRun }: CompletedConnection) => ({
  message: `${connection.institutionName} is connected. You can close this window.`,
  connectionId: connectionIds.encode(connection.id),
  syncRunId: syncRunIds.encode(syncRun.id),
});

type Outcome = Readonly<Record<string, string>> & { readonly message: string };

function answer({ headers: { accept = '' } }: FastifyRequest, reply: FastifyReply, status: number, outcome: Outcome): FastifyReply {
  void reply.code(status);
  if (!accept.includes('text/html')) return reply.send(outcome);
  return sendPage(reply, TITLES[outcome['code'] ?? ''] ?? 'Not connected', outcome.message);
}

const TITLES: Readonly<Record<string, string>> = { '': 'Connected', REFERENCE_USED: 'Already used' };
