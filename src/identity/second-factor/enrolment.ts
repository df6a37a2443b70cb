import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Transaction } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import { badInput, conflict, unauthenticated } from '../../platform/errors';
import { passkeyIds } from '../ids';
import { type Notice, tell } from '../mails/notices';
import type { SessionTokens } from '../sessions/session-tokens.type';
import { authenticated, type OpenChallenge, unknownChallenge } from './challenges';
import { type FactorHolder, hasFactor, lockFactors } from './factors';
import { requireFreshPassword, requireStepUp } from './freshness';
import type { Passkey } from './passkey.model';
import type { PasskeyAttestation } from './passkey-response';
import type { Ceremony } from './passkeys';
import { person } from './person';
import type { SecondFactorParts } from './second-factor';
import type { TotpEnrolment } from './totp-factor';

/** What enrolling a factor gives. */
export interface Enrolled {
  /** Shown once; empty for a user who holds some already. */
  readonly recoveryCodes: readonly string[];
  /** The session that begins, when the factor was enrolled in the second step of a sign-in; null within a session. */
  readonly tokens: SessionTokens | null;
}

/** Who enrols: in the second step of a sign-in that demands it, or in a session. */
interface Applicant {
  readonly scope: Scope;
  readonly userId: string;
  readonly contextId: string;
  readonly challenge: OpenChallenge | null;
}

/**
 * How a user comes by a factor. The first one needs a password that was just given; a further one, a factor that was.
 * @requirement SEC-011
 */
export class Enrolment {
  constructor(private readonly parts: SecondFactorParts) {}

  /** @throws UNAUTHENTICATED, STEP_UP_REQUIRED */
  async beginTotp(outer: Scope, challenge: string | undefined): Promise<TotpEnrolment> {
    const applicant = await this.#applicant(outer, challenge);
    return this.#enrolling(applicant, (transaction, holder) => this.parts.totp.begin(applicant.scope, transaction, holder));
  }

  /** @throws UNAUTHENTICATED, STEP_UP_REQUIRED, CONFLICT when no enrolment is pending, BAD_USER_INPUT for a wrong code */
  async confirmTotp(outer: Scope, challenge: string | undefined, code: string): Promise<Enrolled> {
    const applicant = await this.#applicant(outer, challenge);
    const { scope, userId } = applicant;
    const recoveryCodes = await this.#enrolling(applicant, async (transaction, holder) => {
      await this.parts.totp.confirm(scope, transaction, userId, code);
      return this.#enrolled(applicant, transaction, holder, 'totp-enrolled', { method: 'TOTP', replaced: holder.totp });
    });
    return { recoveryCodes, tokens: await this.#signedIn(applicant, outer, 'otp') };
  }

  /** @throws UNAUTHENTICATED, STEP_UP_REQUIRED, CONFLICT for a user who has ten already */
  async beginPasskey(outer: Scope, challenge: string | undefined): Promise<Ceremony<PublicKeyCredentialCreationOptionsJSON>> {
    const applicant = await this.#applicant(outer, challenge);
    return this.#enrolling(applicant, (transaction, holder) =>
      this.parts.passkeys.beginRegistration(transaction, holder, applicant.contextId),
    );
  }

  /** @throws UNAUTHENTICATED, STEP_UP_REQUIRED, CONFLICT, BAD_USER_INPUT for a response that is not right in any way */
  async finishPasskey(
    outer: Scope,
    challenge: string | undefined,
    { name, response }: { readonly name: string; readonly response: PasskeyAttestation },
  ): Promise<Enrolled & { readonly passkey: Passkey }> {
    const applicant = await this.#applicant(outer, challenge);
    // In a change of its own: a challenge that failed stays used up.
    const credential = await applicant.scope.changeAccess(transaction =>
      this.parts.passkeys.registered(applicant.scope, transaction, applicant, response),
    );
    if (!credential) throw badInput('input.response', 'This does not register a passkey here: begin again');
    const { transports } = response.response;
    const { passkey, recoveryCodes } = await this.#enrolling(applicant, async (transaction, holder) => {
      const added = await this.parts.passkeys.add(transaction, applicant.userId, { credential, name, transports });
      const codes = await this.#enrolled(applicant, transaction, holder, 'passkey-registered', {
        method: 'PASSKEY',
        passkey: passkeyIds.encode(added.id),
      });
      return { passkey: added, recoveryCodes: codes };
    });
    return { passkey, recoveryCodes, tokens: await this.#signedIn(applicant, outer, 'hwk') };
  }

  /**
   * Asks the user's passkeys for a signature: in the second step of a sign-in, or for stepUp.
   * @throws UNAUTHENTICATED, CONFLICT for a user without a passkey
   */
  async beginAuthentication(outer: Scope, challenge: string | undefined): Promise<Ceremony<PublicKeyCredentialRequestOptionsJSON>> {
    const applicant = await this.#applicant(outer, challenge);
    return applicant.scope.changeAccess(transaction => this.parts.passkeys.beginAuthentication(transaction, applicant));
  }

  async #applicant(outer: Scope, challenge: string | undefined): Promise<Applicant> {
    if (challenge === undefined) return { scope: outer, ...person(outer), challenge: null };
    const open = await this.parts.challenges.open(outer, challenge);
    return { scope: open.scope, userId: open.userId, contextId: open.id, challenge: open };
  }

  /** Runs the work for somebody who may enrol now; the user's factors are locked meanwhile. */
  #enrolling<T>(applicant: Applicant, work: (transaction: Transaction, holder: FactorHolder) => Promise<T>): Promise<T> {
    return applicant.scope.changeAccess(async transaction => {
      const holder = await lockFactors(applicant.scope, transaction, applicant.userId);
      if (!holder) throw unauthenticated();
      await this.#require(applicant, transaction, holder);
      return work(transaction, holder);
    });
  }

  async #require({ scope, challenge }: Applicant, transaction: Transaction, holder: FactorHolder): Promise<void> {
    if (challenge) {
      if (!(await this.parts.challenges.lock(challenge, transaction))) throw unknownChallenge();
      // The password alone must not add a factor to those that are there.
      if (challenge.demand !== 'ENROL' || hasFactor(holder)) throw conflict('There is a second factor already: sign in with it');
      return;
    }
    if (hasFactor(holder)) requireStepUp(scope.actor, this.parts.clock.now());
    else requireFreshPassword(scope.actor, this.parts.clock.now());
  }

  async #enrolled(
    { scope, userId, challenge }: Applicant,
    transaction: Transaction,
    holder: FactorHolder,
    notice: Notice,
    after: Readonly<Record<string, string | boolean>>,
  ): Promise<readonly string[]> {
    await tell(scope, transaction, userId, notice);
    scope.record(transaction, { action: 'second-factor.enrolled', object: { type: 'User', id: userId }, after });
    if (challenge) await this.parts.challenges.end(challenge, transaction);
    return hasFactor(holder) && holder.recoveryCodesLeft > 0 ? [] : this.parts.recoveryCodes.renew(transaction, userId);
  }

  async #signedIn({ challenge }: Applicant, outer: Scope, method: 'otp' | 'hwk'): Promise<SessionTokens | null> {
    return challenge && this.parts.sessions.begin(authenticated(challenge, method), outer.caller, outer.requestId);
  }
}
