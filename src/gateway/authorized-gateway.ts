import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';

import type { Scope } from '../platform/database/scope';
import { authorizedExecutor } from './executor';

type Gateway = ApolloServerOptionsWithGateway<Scope>['gateway'];
type SchemaListener = Parameters<NonNullable<Gateway['onSchemaLoadOrUpdate']>>[0];

/** Lets Apollo Server parse, validate and answer, and runs the operations by our own executor: the way that Apollo has for gateways. */
export function authorizedGateway(schema: GraphQLSchema): Gateway {
  const execute = authorizedExecutor(schema);
  const listeners = new Set<SchemaListener>();
  return {
    load: () => {
      for (const tell of listeners) tell({ apiSchema: schema, coreSupergraphSdl: '' });
      return Promise.resolve({
        executor: ({ document, operation, request: { operationName, variables }, context }) =>
          execute({
            document,
            operation,
            operationName: operationName ?? undefined,
            variables: variables ?? undefined,
            scope: context as Scope,
          }),
      });
    },
    onSchemaLoadOrUpdate: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => Promise.resolve(),
  };
}
