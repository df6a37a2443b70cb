import type { Principal } from '../../platform/auth/principal';
import { PayymoError } from '../../platform/errors';
import { hasSteppedUp, STEP_UP_MAX_AGE_SECONDS } from '../../platform/graphql/authorization';

/** @throws STEP_UP_REQUIRED unless a second factor was given at most five minutes ago (RFC 9470). */
export function requireStepUp(principal: Principal, now: Date): void {
  if (!hasSteppedUp(principal, now)) throw stepUpRequired('This needs a second factor that was just given: call stepUp');
}

/** For a user who has no second factor yet. @throws STEP_UP_REQUIRED unless the password was given at most five minutes ago. */
export function requireFreshPassword({ methods, authenticatedAt }: Principal, now: Date): void {
  const ageSeconds = authenticatedAt === null ? Infinity : Math.abs(now.getTime() - authenticatedAt.getTime()) / 1000;
  if (!methods.includes('pwd') || ageSeconds > STEP_UP_MAX_AGE_SECONDS)
    throw stepUpRequired('This needs a password that was just given: sign in again');
}

const stepUpRequired = (message: string) =>
  new PayymoError('STEP_UP_REQUIRED', message, { details: { maxAgeSeconds: STEP_UP_MAX_AGE_SECONDS } });
