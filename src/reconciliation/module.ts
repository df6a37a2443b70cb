import type { Payments } from '../banking/payments.service';
import type { Receivables } from '../billing/receivables.service';
import type { Plans } from '../identity/plans/plans.service';
import type { Clock } from '../platform/clock';
import type { Database } from '../platform/database/database';
import type { Logger } from '../platform/logging/logger';
import type { Module } from '../platform/module';
import { applyMatchJob } from './apply-match.job';
import { Booking } from './booking';
import { Decisions } from './decisions.service';
import { matchIds, reconciliationRunIds } from './ids';
import { Match } from './match.model';
import { reconcileJob } from './reconcile.job';
import { Reconciler } from './reconciler';
import { ReconciliationRun } from './reconciliation-run.model';
import { matchById, reconciliationRunById } from './reconciliation.loader';
import {
  InvoiceMatchesResolver,
  MatchEvidenceResolver,
  MatchResolver,
  ReconciliationRunResolver,
  TransactionMatchesResolver,
} from './reconciliation.resolver';
import { Reconciliations } from './reconciliations.service';

export interface ReconciliationParts {
  readonly database: Database;
  readonly payments: Payments;
  readonly receivables: Receivables;
  readonly clock: Clock;
  readonly log: Logger;
  readonly plans: Plans;
}

/** Matches of payments with invoices: proposed, decided, booked. */
export function reconciliation({ database, payments, receivables, clock, log, plans }: ReconciliationParts): Module {
  const decisions = new Decisions(payments, receivables, clock);
  return {
    name: 'reconciliation',
    models: [Match, ReconciliationRun],
    resolvers: [
      new MatchResolver(decisions),
      new MatchEvidenceResolver(),
      new ReconciliationRunResolver(new Reconciliations(plans)),
      new TransactionMatchesResolver(),
      new InvoiceMatchesResolver(),
    ],
    entities: [
      { ids: matchIds, byId: matchById },
      { ids: reconciliationRunIds, byId: reconciliationRunById },
    ],
    jobs: [
      reconcileJob(database, new Reconciler(payments, receivables, decisions), log),
      applyMatchJob(database, new Booking(receivables, log)),
    ],
  };
}
