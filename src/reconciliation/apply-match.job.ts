import { jobPrincipal } from '../platform/auth/principal';
import type { Database } from '../platform/database/database';
import { Scope } from '../platform/database/scope';
import { type Job, job } from '../platform/jobs/job';
import { applyMatch } from './apply-match';
import type { Booking } from './booking';

export const applyMatchJob = (database: Database, booking: Booking): Job =>
  job(applyMatch, input => booking.apply(new Scope(database, jobPrincipal(input.tenantId, applyMatch.name), input.matchId), input));
