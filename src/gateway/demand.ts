import { failClosedAtOnce } from '../platform/auth/fail-closed';
import { holds, type Principal } from '../platform/auth/principal';
import { PayymoError, unauthenticated } from '../platform/errors';
import { hasSteppedUp, STEP_UP, STEP_UP_MAX_AGE_SECONDS } from '../platform/graphql/authorization';
import type { Alternatives, Requirement } from './requirement';

/**
 * All that must hold for a caller to be let through: each of the requirements.
 * @requirement API-003, SEC-017
 */
export class Demand {
  readonly #undecided: string | undefined;
  readonly #scopes: readonly Alternatives[];
  readonly #policies: readonly Alternatives[];
  /**
   * Who was let through last. A list asks about the same caller for each row: who compares with this first saves the call, which is half of
   * what a guard costs (bench/authorization-cost.ts).
   */
  readonly last: { admitted: object } = { admitted: NOBODY };

  constructor(
    requirements: readonly Requirement[],
    private readonly now: () => Date,
  ) {
    this.#undecided = requirements.find(requirement => requirement.kind === 'undecided')?.coordinate;
    this.#scopes = requirements.flatMap(requirement => (requirement.kind === 'scopes' ? [requirement.anyOf] : []));
    this.#policies = requirements.flatMap(requirement => (requirement.kind === 'policies' ? [requirement.anyOf] : []));
  }

  /** Whether the caller, null when not signed in, is let through at this moment. @throws UNAVAILABLE when that cannot be decided. */
  admits(principal: Principal | null): boolean {
    if (principal === null) return false;
    return principal === this.last.admitted || this.#judge(principal);
  }

  /** The refusal of a caller who is not let through, at a place such as `Query.tenant`. */
  refusal(principal: Principal | null, coordinate: string): Error {
    if (this.#undecided !== undefined) return new Error(`${this.#undecided} carries no decision on who may ask for it`);
    if (principal === null) return new PayymoError('UNAUTHENTICATED', unauthenticated().message, { details: { coordinate } });
    const missing = this.#missing(principal);
    return missing.length > 0 ? lacking(missing, coordinate) : stepUpRequired(coordinate);
  }

  #judge(principal: Principal): boolean {
    const verdict = { admitted: false };
    failClosedAtOnce('authorization', () => {
      verdict.admitted = this.#undecided === undefined && this.#scopesHold(principal) && this.#policiesHold(principal);
    });
    // How long ago a second factor was given changes; what a principal may does not.
    if (verdict.admitted && this.#policies.length === 0) this.last.admitted = principal;
    return verdict.admitted;
  }

  /** The scopes that the caller lacks; where there are alternatives, those of the one that lacks the fewest. */
  #missing(principal: Principal): string[] {
    return [...new Set(this.#scopes.flatMap(anyOf => fewest(anyOf.map(all => all.filter(scope => !holds(principal, scope))))))];
  }

  #scopesHold(principal: Principal): boolean {
    return this.#scopes.every(anyOf => anyOf.some(all => all.every(scope => holds(principal, scope))));
  }

  #policiesHold(principal: Principal): boolean {
    return this.#policies.every(anyOf => anyOf.some(all => all.every(policy => this.#holds(policy, principal))));
  }

  /** A policy that nobody knows refuses. */
  #holds(policy: string, principal: Principal): boolean {
    return policy === STEP_UP && hasSteppedUp(principal, this.now());
  }
}

/** Not undefined nor null: no caller must ever be equal to it. */
const NOBODY = Object.freeze({});

const fewest = ([first = [], ...others]: readonly (readonly string[])[]): readonly string[] =>
  others.reduce((best, list) => (list.length < best.length ? list : best), first);

function lacking(scopes: readonly string[], coordinate: string): PayymoError {
  const message = `This needs the scope${scopes.length > 1 ? 's' : ''} ${scopes.join(' and ')}`;
  return new PayymoError('FORBIDDEN', message, { details: { coordinate, scope: scopes.join(' ') } });
}

function stepUpRequired(coordinate: string): PayymoError {
  const message = `This needs a second factor that was given at most ${STEP_UP_MAX_AGE_SECONDS} seconds ago`;
  return new PayymoError('STEP_UP_REQUIRED', message, { details: { coordinate, maxAgeSeconds: STEP_UP_MAX_AGE_SECONDS } });
}
