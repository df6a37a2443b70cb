import type { Principal } from '../auth/principal';
import type { Database } from '../database/database';
import { Scope } from '../database/scope';
import type { Logger } from '../logging/logger';
import type { Service } from '../services/service';
import type { AuditEntry } from './audit';

/** Long after the answer has left. */
const DELAY_MS = 100;
/** More than throttling lets through in that time. */
const MAX_WAITING = 1_000;

/**
 * Traces of what was refused to somebody who may not even know whether there is a trail, such as a sign-in with a wrong password: each is
 * written in a transaction of its own when the answer has left, so that the time of the answer tells nothing.
 * @requirement SEC-020, SEC-021
 */
export class LateTraces implements Service {
  readonly name = 'late-traces';
  readonly dependsOn = ['database'];
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();
  readonly #writing = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Writes what waits, and returns when it is written. */
  async stop(): Promise<void> {
    for (const [timer, write] of this.#waiting) {
      clearTimeout(timer);
      write();
    }
    await Promise.all(this.#writing);
  }

  /** Leaves the entry in the trail of the principal's tenant, in a moment. Never throws. */
  leave(principal: Principal, requestId: string, entry: AuditEntry): void {
    if (this.#waiting.size >= MAX_WAITING) {
      this.log.error({ action: entry.action, requestId }, 'a refusal left no trace: too many wait');
      return;
    }
    const write = () => {
      this.#waiting.delete(timer);
      const writing = this.#write(new Scope(this.database, principal, requestId), entry).finally(() => this.#writing.delete(writing));
      this.#writing.add(writing);
    };
    const timer = setTimeout(write, DELAY_MS);
    this.#waiting.set(timer, write);
  }

  async #write(scope: Scope, entry: AuditEntry): Promise<void> {
    try {
      await scope.changeAccess(transaction => {
        scope.record(transaction, entry);
        return Promise.resolve();
      });
    } catch (err) {
      this.log.error({ err, action: entry.action, requestId: scope.requestId }, 'a refusal left no trace');
    }
  }
}
