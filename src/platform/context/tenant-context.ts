import { AsyncLocalStorage } from 'node:async_hooks';

/** What is being done, for whom: stands in every log line written meanwhile. Set once per request or job. */
export interface OperationContext {
  readonly requestId: string;
  readonly tenantId?: string;
  readonly operation?: string;
}

const storage = new AsyncLocalStorage<OperationContext>();

/** The context of the running request or job; undefined outside of one. */
export const currentContext = (): OperationContext | undefined => storage.getStore();

/**
 * Runs the work in a context. Contexts nest, and the outer one is back when the work ends, however it ends.
 * `onTenantChange` hears of a tenant that differs from the outer context's: the only moment at which a tenant is worth a log line.
 * @requirement ARC-003
 */
export function inContext<T>(context: OperationContext, work: () => T, onTenantChange?: (context: OperationContext) => void): T {
  const outer = storage.getStore();
  return storage.run(Object.freeze({ ...context }), () => {
    if (context.tenantId !== undefined && context.tenantId !== outer?.tenantId) onTenantChange?.(context);
    return work();
  });
}
