import type { Transaction } from 'sequelize';

import { jobPrincipal } from '../../platform/auth/principal';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { badInput, conflict, PayymoError, TenantClosed } from '../../platform/errors';
import { hashPassword } from '../passwords/password';
import { requireGoodPassword } from '../passwords/password-policy';
import type { Plans } from '../plans/plans.service';
import { authorityOfUser, grantOf, lockPeople, requireToGovern } from '../roles/authority';
import type { SecondFactors } from '../second-factor/second-factor';
import type { Sessions } from '../sessions/sessions';
import type { SignedIn } from '../sign-in/sign-in.service';
import { singleLine } from '../users/single-line';
import { User } from '../users/user.model';
import { Invitation, OPEN } from './invitation.model';
import { MAX_NAME_LENGTH } from './invitations.service';
import { readSingleUseToken } from './single-use-token';

export interface AcceptanceInput {
  readonly token: string;
  readonly password: string;
  /** The invitation's name when it is left out. */
  readonly name?: string;
}

export interface AcceptanceParts {
  readonly database: Database;
  readonly sessions: Pick<Sessions, 'begin'>;
  readonly secondFactors: Pick<SecondFactors, 'demandOn' | 'challenge'>;
  readonly plans: Pick<Plans, 'requireRoom'>;
  readonly clock: Clock;
}

/**
 * Makes a user of whoever holds the token of an invitation.
 * @requirement SEC-010
 */
export class Acceptance {
  constructor(private readonly parts: AcceptanceParts) {}

  /**
   * A token is good once, in time, while the invitation is open and its inviter could still make it; the answer to any other is the same.
   * @throws BAD_USER_INPUT for such a token, and for a password that is not good; TENANT_SUSPENDED; PLAN_LIMIT_REACHED.
   */
  async accept({ caller, requestId }: Pick<Scope, 'caller' | 'requestId'>, { token, password, name }: AcceptanceInput): Promise<SignedIn> {
    const known = readSingleUseToken(token);
    if (!known) throw notGood();
    const id = newId();
    const principal = { ...jobPrincipal(known.tenantId, 'accept-invitation'), userId: id, actor: `user:${id}` };
    const scope = new Scope(this.parts.database, principal, requestId, caller);
    try {
      const invitation = await this.#invitation(scope, known.hash);
      const called = singleLine('name', name ?? invitation.name, 1, MAX_NAME_LENGTH);
      await requireGoodPassword(password, { email: invitation.email, name: called });
      const passwordHash = await hashPassword(password);
      const user = await scope.change(transaction => this.#join(scope, transaction, known.hash, { id, name: called, passwordHash }));
      return await this.#admit(scope, user);
    } finally {
      await scope.close();
    }
  }

  /** Of a suspended tenant too, so that nothing is said of a tenant to whoever has no good token. */
  async #invitation(scope: Scope, hash: string): Promise<Invitation> {
    try {
      return await scope.changeAccess(transaction => this.#open(hash, transaction));
    } catch (error) {
      throw error instanceof TenantClosed ? notGood() : error;
    }
  }

  async #open(tokenHash: string, transaction: Transaction): Promise<Invitation> {
    const invitation = await Invitation.findOne({ where: { tokenHash, ...OPEN }, transaction });
    if (!invitation || invitation.expiresAt <= this.parts.clock.now()) throw notGood();
    return invitation;
  }

  async #join(
    scope: Scope,
    transaction: Transaction,
    tokenHash: string,
    person: Pick<User, 'id' | 'name' | 'passwordHash'>,
  ): Promise<User> {
    await lockPeople(scope, transaction);
    const invitation = await this.#open(tokenHash, transaction);
    await requireInviter(transaction, invitation);
    const { id: invitationId, email, role, customRoleId } = invitation;
    if (await User.findOne({ where: { email }, transaction })) throw conflict('This address has become a user in the meantime: sign in');
    await this.parts.plans.requireRoom(transaction, 'users');
    const { id, name, passwordHash } = person;
    const user = await User.create({ id, name, passwordHash, email, role, customRoleId }, { transaction });
    const accepted = { acceptedAt: this.parts.clock.now(), userId: id, tokenHash: null, nextAttemptAt: null };
    await Invitation.update(accepted, { where: { id: invitationId }, transaction });
    scope.record(transaction, { action: 'invitation.accepted', object: { type: 'Invitation', id: invitationId }, after: { user: id } });
    scope.record(transaction, { action: 'user.created', object: { type: 'User', id }, after: { role, customRoleId } });
    return user;
  }

  async #admit(scope: Scope, { id, tenantId, role, passwordHash }: User): Promise<SignedIn> {
    const { secondFactors, sessions } = this.parts;
    const demand = await secondFactors.demandOn(scope, { id, role });
    if (demand !== 'NONE') return { tokens: null, secondFactor: await secondFactors.challenge(scope, id, demand, passwordHash) };
    const tokens = await sessions.begin({ tenantId, userId: id, methods: ['pwd'], passwordHash }, scope.caller, scope.requestId);
    return { tokens, secondFactor: null };
  }
}

/** An invitation is worth what its inviter may give now, not what it was then. */
async function requireInviter(transaction: Transaction, invitation: Invitation): Promise<void> {
  if (invitation.invitedBy === null) return;
  const inviter = await authorityOfUser(transaction, invitation.invitedBy);
  try {
    if (!inviter.permissions.has('users:invite')) throw notGood();
    requireToGovern(inviter, await grantOf(transaction, invitation));
  } catch (error) {
    throw error instanceof PayymoError ? notGood() : error;
  }
}

const notGood = () => badInput('token', 'This invitation is unknown, used, revoked or expired: ask for a new one');
