import { type RefusalStage, stageOf } from '../auth/fail-closed';
import { type ErrorCode, PayymoError } from '../errors';
import type { Logger } from '../logging/logger';
import type { Metrics } from './metrics';

/** The steps that these codes come from when the error does not tell itself. */
const STAGES: Partial<Record<ErrorCode, RefusalStage>> = {
  UNAUTHENTICATED: 'authentication',
  FORBIDDEN: 'authorization',
  STEP_UP_REQUIRED: 'authorization',
  TENANT_SUSPENDED: 'scope',
  PLAN_EXPIRED: 'scope',
};

/**
 * Counts and logs what was refused. Called at two places alone: where HTTP answers with an error, and where GraphQL does.
 * @requirement SEC-017
 */
export class Refusals {
  constructor(
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {}

  /** Takes the errors of one request; those that are no refusals are passed over. One line for each step and code, however many fields. */
  note(requestId: string, errors: readonly unknown[]): void {
    const noted = new Map<string, Noted>();
    for (const error of errors) {
      if (!(error instanceof PayymoError)) continue;
      const stage = stageOf(error) ?? STAGES[error.code];
      if (stage === undefined) continue;
      this.metrics.refused(stage, error.code);
      const key = `${stage} ${error.code}`;
      noted.set(key, { stage, error, count: (noted.get(key)?.count ?? 0) + 1 });
    }
    for (const one of noted.values()) this.#write(requestId, one);
  }

  /** A refusal is what we are for; that a step could not decide is ours to mend. */
  #write(requestId: string, { stage, error, count }: Noted): void {
    const facts = { requestId, stage, reason: error.code, count };
    if (error.code === 'UNAVAILABLE') this.log.error({ ...facts, err: error }, 'a step that decides on access failed');
    else this.log.info(facts, 'access refused');
  }
}

interface Noted {
  readonly stage: RefusalStage;
  readonly error: PayymoError;
  readonly count: number;
}
