import { Directive } from 'type-graphql';

import type { Permission } from '../auth/principal';

/*
 * Every field carries a written decision, on itself or on its object type, as a directive in the SDL:
 * federation's own @authenticated and @requiresScopes, and our @public. src/gateway/authorize.ts enforces them.
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
