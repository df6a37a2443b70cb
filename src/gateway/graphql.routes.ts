import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';

import type { Database } from '../platform/database/database';
import { Scope } from '../platform/database/scope';
import type { Routes } from '../platform/http/server';

/**
 * GraphQL over HTTP at /graphql: each request has a scope of its own.
 * @requirement API-011
 */
export const graphqlRoutes =
  (apollo: ApolloServer<Scope>, database: Database): Routes =>
  server => {
    server.route({
      url: '/graphql',
      method: ['GET', 'POST'],
      handler: fastifyApolloHandler(apollo, {
        context: ({ principal, id, caller }) => Promise.resolve(new Scope(database, principal, id, caller)),
      }),
    });
  };
