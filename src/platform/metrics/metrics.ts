import { Counter, Registry } from 'prom-client';

import type { RefusalStage } from '../auth/fail-closed';
import type { ErrorCode } from '../errors';

/** How a sign-in ended, or went on. */
export type SignInOutcome = 'succeeded' | 'second_factor_demanded' | 'tenant_demanded' | 'refused' | 'throttled' | 'failed';

/**
 * What a process counts, in a registry of its own, so that two in one process (as in tests) count apart. No label holds anything that a
 * caller chose, nor a tenant: the number of series is fixed.
 * @requirement SEC-017
 */
export class Metrics {
  readonly #registry = new Registry();

  readonly #refusals = new Counter({
    name: 'payymo_refusals_total',
    help: 'Requests and fields that were refused, by the step that refused and the code of the error.',
    labelNames: ['stage', 'reason'] as const,
    registers: [this.#registry],
  });

  readonly #signIns = new Counter({
    name: 'payymo_sign_ins_total',
    help: 'Sign-ins with a password, by how they ended.',
    labelNames: ['outcome'] as const,
    registers: [this.#registry],
  });

  /** Something was refused: by which step, with which code. */
  refused(stage: RefusalStage, reason: ErrorCode): void {
    this.#refusals.inc({ stage, reason });
  }

  signedIn(outcome: SignInOutcome): void {
    this.#signIns.inc({ outcome });
  }

  /** All figures in the text format of Prometheus, version 0.0.4. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }
}
