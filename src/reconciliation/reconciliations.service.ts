import type { Plans } from '../identity/plans/plans.service';
import type { Scope } from '../platform/database/scope';
import { badInput } from '../platform/errors';
import { queueRun } from '../platform/jobs/queue-run';
import { LOWEST_AUTO_APPROVAL } from './engine/engine';
import { reconcile } from './reconcile.job';
import { ReconciliationRun } from './reconciliation-run.model';

const CERTAIN = 10_000;

/** Queues reconciliations: one at a time for a tenant. */
export class Reconciliations {
  constructor(private readonly plans: Plans) {}

  /**
   * Asks for proposals; a run that is under way already is the answer.
   * @param autoApproveFrom confidence (0 to 1) from which untied proposals approve themselves; null for never.
   * @throws BAD_USER_INPUT for a threshold below what the engine vouches for; PLAN_LIMIT_REACHED when the plan has no automatic approval.
   */
  request(scope: Scope, autoApproveFrom: number | null): Promise<ReconciliationRun> {
    scope.require('matches:run');
    if (autoApproveFrom !== null) scope.require('matches:approve');
    const threshold = autoApproveFrom === null ? null : Math.round(autoApproveFrom * CERTAIN);
    if (threshold !== null && (threshold < LOWEST_AUTO_APPROVAL || threshold > CERTAIN)) {
      throw badInput('input.autoApproveFrom', `Automatic approval needs a confidence of ${LOWEST_AUTO_APPROVAL / CERTAIN} to 1`);
    }
    return scope.change(async transaction => {
      if (threshold !== null) await this.plans.requireFeature(transaction, 'AUTO_APPROVAL');
      return queueRun(scope, transaction, {
        model: ReconciliationRun,
        spec: reconcile,
        settings: { auto_approve_from: threshold },
        entry: ({ id }) => ({
          action: 'reconciliation.requested',
          object: { type: 'ReconciliationRun', id },
          after: { autoApproveFrom: threshold === null ? null : threshold / CERTAIN },
        }),
      });
    });
  }
}
