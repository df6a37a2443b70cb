import type { Transaction } from 'sequelize';

import type { AuthenticationMethod } from '../../platform/auth/principal';
import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { PayymoError, unauthenticated } from '../../platform/errors';
import type { Sessions } from '../sessions/sessions';
import type { SessionTokens } from '../sessions/session-tokens.type';
import { authenticated, type Challenges, type OpenChallenge, unknownChallenge } from './challenges';
import type { SecondFactorChallenge, SecondFactorDemand, SecondFactorMethod } from './demand';
import { factorsOf, hasFactor } from './factors';
import { type Failures, FREE_FAILURES } from './failures';
import type { GivenFactor } from './given-factor';
import type { Passkeys } from './passkeys';
import { person } from './person';
import type { RecoveryCodes } from './recovery-codes';
import type { TotpFactor } from './totp-factor';

export interface SecondFactorParts {
  readonly challenges: Challenges;
  readonly failures: Failures;
  readonly totp: TotpFactor;
  readonly passkeys: Passkeys;
  readonly recoveryCodes: RecoveryCodes;
  readonly sessions: Pick<Sessions, 'begin' | 'stepUp' | 'endAllOf'>;
  readonly clock: Clock;
}

/** Who gives a factor, and where: in the second step of a sign-in, or in a session. */
interface Attempt {
  readonly scope: Scope;
  readonly userId: string;
  readonly contextId: string;
  readonly challenge: OpenChallenge | null;
}

type Outcome =
  | { readonly kind: 'FITS'; readonly method: 'otp' | 'hwk' }
  | { readonly kind: 'WRONG' | 'OVER' }
  | { readonly kind: 'BLOCKED'; readonly seconds: number };

/**
 * The second factor of users: what sign-in demands, and how it is met.
 * @requirement SEC-011
 */
export class SecondFactors {
  constructor(private readonly parts: SecondFactorParts) {}

  /** What the user owes after the password. The scope is one of the user's tenant. */
  async demandOn(scope: Scope, { id }: { readonly id: string; readonly role: string }): Promise<SecondFactorDemand> {
    const factors = await factorsOf(scope, id);
    if (!factors) throw unauthenticated();
    if (hasFactor(factors)) return 'VERIFY';
    return factors.required ? 'ENROL' : 'NONE';
  }

  /**
   * Begins the second step of a sign-in. The scope is one of the user's tenant, with the caller of the request; the password hash is the
   * one that the password fitted.
   * @throws UNAUTHENTICATED for a user who is disabled, or has another password by now.
   */
  async challenge(scope: Scope, userId: string, demand: 'VERIFY' | 'ENROL', passwordHash?: string): Promise<SecondFactorChallenge> {
    const { challenge, expiresAt } = await this.parts.challenges.begin(scope, userId, demand, passwordHash);
    return { challenge, expiresAt, demand, methods: demand === 'ENROL' ? ['TOTP', 'PASSKEY'] : await methodsOf(scope, userId) };
  }

  /**
   * Meets a challenge: the session begins.
   * @throws UNAUTHENTICATED for a wrong factor, without telling what is wrong with it, and for a challenge that is over; RATE_LIMITED
   */
  async verify(outer: Scope, challenge: string, given: GivenFactor): Promise<SessionTokens> {
    const open = await this.parts.challenges.open(outer, challenge);
    if (open.demand !== 'VERIFY') throw unknownChallenge();
    const { scope, userId, id: contextId } = open;
    const method = await this.#check({ scope, userId, contextId, challenge: open }, given);
    return this.parts.sessions.begin(authenticated(open, method), outer.caller, outer.requestId);
  }

  /**
   * Gives a factor anew within a session: its access token tells so, and for five minutes opens what changes access itself.
   * @throws UNAUTHENTICATED for a wrong factor, RATE_LIMITED, FORBIDDEN for a machine
   */
  async stepUp(scope: Scope, given: GivenFactor): Promise<SessionTokens> {
    const { userId, contextId } = person(scope);
    const method = await this.#check({ scope, userId, contextId, challenge: null }, given);
    return this.parts.sessions.stepUp(scope, methodsWith(scope.actor.methods, method));
  }

  async #check(attempt: Attempt, given: GivenFactor): Promise<'otp' | 'hwk'> {
    const outcome = await attempt.scope.changeAccess(transaction => this.#attempt(attempt, given, transaction));
    if (outcome.kind === 'FITS') return outcome.method;
    if (outcome.kind === 'BLOCKED') throw tooMany(outcome.seconds);
    throw outcome.kind === 'OVER' ? unknownChallenge() : unauthenticated('The second factor is wrong');
  }

  /** Does not throw for a failure: it is committed, so that it counts. */
  async #attempt(attempt: Attempt, given: GivenFactor, transaction: Transaction): Promise<Outcome> {
    const { challenges, failures } = this.parts;
    const { scope, userId, challenge } = attempt;
    const seconds = await failures.lock(scope, transaction, userId);
    // Six digits can be guessed, the other two cannot: whoever keeps the codes blocked does not keep their owner out.
    if (given.kind === 'TOTP' && seconds > 0) return { kind: 'BLOCKED', seconds };
    if (challenge && !(await challenges.lock(challenge, transaction))) return { kind: 'OVER' };
    if (await this.#fits(attempt, given, transaction)) {
      await failures.clear(scope, transaction, userId);
      if (challenge) await challenges.end(challenge, transaction);
      return { kind: 'FITS', method: given.kind === 'PASSKEY' ? 'hwk' : 'otp' };
    }
    if (challenge) await challenges.fail(challenge, transaction);
    const count = await failures.add(scope, transaction, userId, given.kind);
    if (count >= FREE_FAILURES) recordFailures(scope, transaction, userId, count);
    return { kind: 'WRONG' };
  }

  #fits({ scope, userId, contextId }: Attempt, given: GivenFactor, transaction: Transaction): Promise<boolean> {
    const { totp, recoveryCodes, passkeys } = this.parts;
    if (given.kind === 'TOTP') return totp.use(scope, transaction, userId, given.code);
    if (given.kind === 'RECOVERY_CODE') return recoveryCodes.use(scope, transaction, userId, given.code);
    return passkeys.use(scope, transaction, { userId, contextId }, given.response);
  }
}

async function methodsOf(scope: Scope, userId: string): Promise<SecondFactorMethod[]> {
  const factors = await factorsOf(scope, userId);
  return [
    ...(factors?.totp ? (['TOTP'] as const) : []),
    ...((factors?.passkeys ?? 0) > 0 ? (['PASSKEY'] as const) : []),
    ...((factors?.recoveryCodesLeft ?? 0) > 0 ? (['RECOVERY_CODE'] as const) : []),
  ];
}

/** What the session began with, and what was given now. */
const methodsWith = (methods: readonly AuthenticationMethod[], method: 'otp' | 'hwk'): AuthenticationMethod[] => [
  ...new Set<AuthenticationMethod>([...methods, method, 'mfa']),
];

function recordFailures(scope: Scope, transaction: Transaction, userId: string, failures: number): void {
  scope.record(transaction, { action: 'second-factor.failed', object: { type: 'User', id: userId }, after: { failures } });
}

const tooMany = (retryAfterSeconds: number) =>
  new PayymoError('RATE_LIMITED', 'Too many wrong codes: wait, or use a passkey or a recovery code', { details: { retryAfterSeconds } });
