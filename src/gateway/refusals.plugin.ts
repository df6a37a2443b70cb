import type { ApolloServerPlugin, GraphQLRequestContextDidEncounterErrors } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { type GraphQLError, Kind, OperationTypeNode } from 'graphql';

import type { RefusedMutations } from '../platform/audit/refused-mutations';
import type { Scope } from '../platform/database/scope';
import { PayymoError } from '../platform/errors';
import type { Refusals } from '../platform/metrics/refusals';

/**
 * The one place where what GraphQL refuses is counted; refused mutations are recorded, before the answer leaves.
 * @requirement SEC-017
 */
export const refusalsPlugin = (refusals: Refusals, refusedMutations: RefusedMutations): ApolloServerPlugin<Scope> => ({
  requestDidStart: () =>
    Promise.resolve({
      didEncounterErrors: async context => {
        refusals.note(context.contextValue.requestId, context.errors.map(unwrapResolverError));
        for (const { mutation, reason } of mutationsRefused(context)) await refusedMutations.record(context.contextValue, mutation, reason);
      },
    }),
});

function mutationsRefused({ operation, errors }: GraphQLRequestContextDidEncounterErrors<Scope>) {
  return operation?.operation === OperationTypeNode.MUTATION ? errors.filter(isOfRoot).flatMap(refusalIn) : [];
}

const isOfRoot = ({ path }: GraphQLError): boolean => path?.length === 1;

/** By the name of the field: its alias is the caller's choice. */
function refusalIn(error: GraphQLError) {
  const [node] = error.nodes ?? [];
  const cause = unwrapResolverError(error);
  return node?.kind === Kind.FIELD && cause instanceof PayymoError ? [{ mutation: node.name.value, reason: cause.code }] : [];
}
