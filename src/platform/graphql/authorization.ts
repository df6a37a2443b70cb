import { Directive } from 'type-graphql';

import type { Permission, Principal } from '../auth/principal';

/*
 * Every field carries a written decision, on itself or on its object type, as a directive in the SDL: federation's own @authenticated,
 * @requiresScopes and @policy, and our @public. src/gateway enforces them: authorize.ts at each field, plan.ts before anything runs.
 * A field that needs more than its parent's type is nullable, so that a refusal empties it alone.
 */

/** Anybody may ask, signed in or not. */
export const Public = () => Directive('@public');

/** Any signed-in caller may ask. */
export const Authenticated = () => Directive('@authenticated');

/** Callers whose token holds all of these scopes may ask. */
export const RequiresScopes = (...scopes: readonly Permission[]) =>
  Directive(`@requiresScopes(scopes: [[${scopes.map(scope => `"${scope}"`).join(', ')}]])`);

/**
 * Callers who gave a second factor at most five minutes ago may ask (step-up, RFC 9470); stands beside @requiresScopes on what changes
 * access itself. Federation's @policy.
 */
export const RequiresStepUp = () => Directive(`@policy(policies: [["${STEP_UP}"]])`);

export const STEP_UP = 'step-up';
export const STEP_UP_MAX_AGE_SECONDS = 300;

/** How far the clocks of two gateways may be apart. */
const CLOCK_SKEW_SECONDS = 5;

/**
 * Whether a person gave a second factor recently enough at this moment; a machine never does.
 * @requirement SEC-011
 */
export function hasSteppedUp({ userId, methods, authenticatedAt }: Principal, now: Date): boolean {
  if (userId === null || authenticatedAt === null) return false;
  const ageSeconds = (now.getTime() - authenticatedAt.getTime()) / 1000;
  return (methods.includes('otp') || methods.includes('hwk')) && ageSeconds <= STEP_UP_MAX_AGE_SECONDS && ageSeconds >= -CLOCK_SKEW_SECONDS;
}

/**
 * On a field of an input that is given as `filter`: the fields of the listed type that its answer tells of, where they are not named as
 * it is. A filter is open to those who may see these fields; else it would be a way to guess them.
 */
export const FiltersOn = (...fields: readonly string[]) =>
  Directive(`@filtersOn(fields: [${fields.map(field => `"${field}"`).join(', ')}])`);
