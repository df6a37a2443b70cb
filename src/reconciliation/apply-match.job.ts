import { z } from 'zod';

import { jobPrincipal } from '../platform/auth/principal';
import type { Database } from '../platform/database/database';
import { Scope } from '../platform/database/scope';
import { type Job, job, type JobInput, type JobSpec } from '../platform/jobs/job';
import type { Booking } from './booking';
import { matchIds } from './ids';

interface ApplyMatchInput extends JobInput {
  readonly matchId: string;
}

export const applyMatch = {
  name: 'reconciliation.apply-match',
  input: z.object({ tenantId: z.uuid(), matchId: z.uuid() }),
  attempts: 25,
} satisfies JobSpec<ApplyMatchInput>;

/** The transaction id under which the billing system books a match: the same at every attempt, so that a second one is recognised. */
export const transactionIdOf = (matchId: string): string => `payymo-${matchIds.encode(matchId)}`;

export const applyMatchJob = (database: Database, booking: Booking): Job =>
  job(applyMatch, input => booking.apply(new Scope(database, jobPrincipal(input.tenantId, applyMatch.name), input.matchId), input));
