import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import { currentContext } from '../platform/context/tenant-context';
import { inputFault } from '../platform/database/sql-state';
import { PayymoError, requestErrorCatalogue } from '../platform/errors';
import type { Logger } from '../platform/logging/logger';

/** What Apollo Server itself refuses: the document or the request, never anything of ours. */
const REQUEST_ERRORS = new Set([...Object.keys(requestErrorCatalogue), 'BAD_USER_INPUT']);

/**
 * Each error leaves with a code and the request id, and without anything internal; what we did not foresee is logged and called INTERNAL.
 * @requirement API-009
 */
export const formatError =
  (log: Logger) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const requestId = currentContext()?.requestId ?? null;
    const unwrapped = unwrapResolverError(error);
    const cause = inputFault(unwrapped) ?? unwrapped;
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path?.length && { path: formatted.path }),
    };
    if (cause instanceof PayymoError) {
      log.debug({ err: cause }, 'refused');
      return { message: cause.message, ...place, extensions: { code: cause.code, requestId, ...cause.details } };
    }
    const code = formatted.extensions?.['code'];
    if (typeof code === 'string' && REQUEST_ERRORS.has(code))
      return { message: formatted.message, ...place, extensions: { code, requestId } };
    // graphql-js found the input wrong while it executed: a null for an argument that has a default, say.
    if (error instanceof GraphQLError && !error.originalError && code === 'INTERNAL_SERVER_ERROR') {
      return { message: formatted.message, ...place, extensions: { code: 'BAD_USER_INPUT', requestId } };
    }
    log.error({ err: cause, path: formatted.path }, 'unexpected error');
    return { message: 'Something went wrong on our side', ...place, extensions: { code: 'INTERNAL', requestId } };
  };
