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
