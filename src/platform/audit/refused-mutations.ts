import { type Clock, MINUTE_MS } from '../clock';
import type { Scope } from '../database/scope';
import type { ErrorCode } from '../errors';
import type { Logger } from '../logging/logger';

/** The refusals that say who tried what they may not. */
const RECORDED: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'STEP_UP_REQUIRED']);

/**
 * Leaves a trace of mutations that were refused to somebody signed in, in a transaction of its own: the refused one changed nothing. Of each
 * principal and mutation one a minute is kept by each process, so that nobody fills the trail by asking again and again.
 * @requirement SEC-020
 */
export class RefusedMutations {
  #minute = 0;
  readonly #recorded = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** `mutation` is the name of the field. Never throws: the refusal stands, whatever becomes of its trace. */
  async record(scope: Scope, mutation: string, reason: ErrorCode): Promise<void> {
    if (!scope.principal || !RECORDED.has(reason) || !this.#isFirst(`${scope.principal.tenantId} ${scope.principal.actor} ${mutation}`))
      return;
    try {
      await scope.changeAccess(transaction => {
        scope.record(transaction, { action: 'mutation.refused', object: null, after: { mutation, reason } });
        return Promise.resolve();
      });
    } catch (err) {
      this.log.error({ err, mutation, reason }, 'a refused mutation left no trace');
    }
  }

  #isFirst(key: string): boolean {
    const minute = Math.floor(this.clock.now().getTime() / MINUTE_MS);
    if (minute !== this.#minute) this.#recorded.clear();
    this.#minute = minute;
    const isFirst = !this.#recorded.has(key);
    this.#recorded.add(key);
    return isFirst;
  }
}
