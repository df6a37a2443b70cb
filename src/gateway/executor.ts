import { type DocumentNode, execute, type ExecutionResult, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

import type { Scope } from '../platform/database/scope';
import { PayymoError } from '../platform/errors';
import type { Variables } from './list-arguments';
import { OperationPlan } from './operation-plan';
import { rulesOf } from './rules';

/** A valid operation, and who sends it. */
export interface Operation {
  readonly document: DocumentNode;
  /** The one of the document that is to run; undefined when there is none of the name. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly operationName: string | undefined;
  readonly variables: Variables | undefined;
  readonly scope: Scope;
}

export type Executor = (operation: Operation) => Promise<ExecutionResult>;

/**
 * Runs operations over a guarded schema. What the caller may not ask is taken out before anything runs: it is not fetched, and a refused
 * mutation does not happen while the others do. An operation of which nothing is refused runs as it was sent.
 * @throws Error for a schema that nothing guards.
 * @requirement API-003
 */
export function authorizedExecutor(schema: GraphQLSchema): Executor {
  const rules = rulesOf(schema);
  if (!rules) throw new Error('The schema is not guarded: authorize() it');
  // Plans live as long as their documents, of which Apollo Server keeps a bounded number.
  const plans = new WeakMap<OperationDefinitionNode, OperationPlan>();
  const planOf = (document: DocumentNode, operation: OperationDefinitionNode): OperationPlan => {
    const plan = plans.get(operation) ?? new OperationPlan(schema, rules, document, operation);
    plans.set(operation, plan);
    return plan;
  };
  return async ({ document, operation, operationName, variables = {}, scope }) => {
    const run = (sent: DocumentNode) => execute({ schema, document: sent, operationName, variableValues: variables, contextValue: scope });
    if (!operation) return run(document);
    try {
      const redaction = planOf(document, operation).redactionFor(scope.principal, variables);
      return redaction ? redaction.complete(await run(redaction.document), scope.principal, variables) : await run(document);
    } catch (error) {
      if (!(error instanceof PayymoError)) throw error;
      return { data: null, errors: [new GraphQLError(error.message, { path: [], originalError: error })] };
    }
  };
}
