import { z } from 'zod';

import type { JobInput, JobSpec } from '../platform/jobs/job';
import { matchIds } from './ids';

interface ApplyMatchInput extends JobInput {
  readonly matchId: string;
}

/** The job that books an approved match in the billing system. */
export const applyMatch = {
  name: 'reconciliation.apply-match',
  input: z.object({ tenantId: z.uuid(), matchId: z.uuid() }),
  attempts: 25,
} satisfies JobSpec<ApplyMatchInput>;

/** The transaction id under which the billing system books a match: the same at every attempt, so that a second one is recognised. */
export const transactionIdOf = (matchId: string): string => `payymo-${matchIds.encode(matchId)}`;
