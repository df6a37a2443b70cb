import { transactionIds } from '../banking/ids';
import { invoiceIds } from '../billing/ids';
import type { AuditEntry, Facts } from '../platform/audit/audit';
import type { Match, MatchState } from './match.model';

type Verb = 'approved' | 'rejected' | 'retried' | 'applied' | 'failed';

/** What the audit trail keeps of a step of a match: the amount in minor units, what pays what, and the states before and after. */
export const matchEntry = (
  { id, amountMinor, currency, transactionId, invoiceId }: Match,
  verb: Verb,
  [from, to]: readonly [MatchState, MatchState],
  further: Facts = {},
): AuditEntry => ({
  action: `match.${verb}`,
  object: { type: 'Match', id },
  before: { state: from },
  after: {
    state: to,
    amountMinor,
    currency,
    transactionId: transactionIds.encode(transactionId),
    invoiceId: invoiceIds.encode(invoiceId),
    ...further,
  },
});
