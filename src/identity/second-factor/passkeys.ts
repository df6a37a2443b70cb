import type { Transaction } from 'sequelize';
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';

import type { Clock } from '../../platform/clock';
import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { conflict } from '../../platform/errors';
import { passkeyIds } from '../ids';
import { Passkey } from './passkey.model';
import type { CeremonyOf, PasskeyCeremonies } from './passkey-ceremonies';
import type { PasskeyAssertion, PasskeyAttestation } from './passkey-response';
import type { NewCredential, RelyingParty } from './web-authn';

const MAX_PASSKEYS = 10;

/** What navigator.credentials is called with, as JSON. */
export interface Ceremony<Options> {
  readonly options: Options;
  /** In UTC. */
  readonly expiresAt: Date;
}

type Who = Pick<CeremonyOf, 'userId' | 'contextId'>;

/**
 * Passkeys (WebAuthn) of users.
 * @requirement SEC-011
 */
export class Passkeys {
  constructor(
    private readonly relyingParty: RelyingParty,
    private readonly ceremonies: PasskeyCeremonies,
    private readonly clock: Clock,
  ) {}

  /** @throws CONFLICT for a user who has ten already. */
  async beginRegistration(
    transaction: Transaction,
    user: { readonly id: string; readonly email: string; readonly name: string },
    contextId: string,
  ): Promise<Ceremony<PublicKeyCredentialCreationOptionsJSON>> {
    const known = await passkeysOf(transaction, user.id);
    if (known.length >= MAX_PASSKEYS) throw conflict(`A user has at most ${MAX_PASSKEYS} passkeys: remove one first`);
    const { challenge, expiresAt } = await this.ceremonies.begin(transaction, { userId: user.id, contextId, purpose: 'REGISTRATION' });
    return { options: await this.relyingParty.creationOptions(challenge, user, known), expiresAt };
  }

  /** The credential that a response registers; null when it is not right in any way. Its challenge is used up, whatever it is. */
  async registered(scope: Scope, transaction: Transaction, who: Who, response: PasskeyAttestation): Promise<NewCredential | null> {
    const of: CeremonyOf = { userId: who.userId, contextId: who.contextId, purpose: 'REGISTRATION' };
    const challenge = await this.ceremonies.take(scope, transaction, of, response.response.clientDataJSON);
    return challenge === null ? null : this.relyingParty.registered(response, challenge);
  }

  /** @throws CONFLICT for a user who has ten already, and for a credential that is registered. */
  async add(
    transaction: Transaction,
    userId: string,
    { credential, ...rest }: { readonly credential: NewCredential; readonly name: string; readonly transports: readonly string[] },
  ): Promise<Passkey> {
    const known = await passkeysOf(transaction, userId);
    if (known.length >= MAX_PASSKEYS) throw conflict(`A user has at most ${MAX_PASSKEYS} passkeys: remove one first`);
    const { credentialId, publicKey, counter } = credential;
    if (await Passkey.findOne({ where: { credentialId }, transaction })) throw conflict('This passkey is registered already');
    return Passkey.create({ id: newId(), userId, ...rest, credentialId, publicKey, counter: String(counter) }, { transaction });
  }

  /** @throws CONFLICT for a user without a passkey. */
  async beginAuthentication(transaction: Transaction, who: Who): Promise<Ceremony<PublicKeyCredentialRequestOptionsJSON>> {
    const known = await passkeysOf(transaction, who.userId);
    if (known.length === 0) throw conflict('There is no passkey: register one first');
    const of: CeremonyOf = { userId: who.userId, contextId: who.contextId, purpose: 'AUTHENTICATION' };
    const { challenge, expiresAt } = await this.ceremonies.begin(transaction, of);
    return { options: await this.relyingParty.requestOptions(challenge, known), expiresAt };
  }

  /**
   * Whether the response is signed by a passkey of the user, for a challenge that was asked for here. Both are used up: the challenge
   * in any case, the passkey's counter by the statement that compares it.
   */
  async use(scope: Scope, transaction: Transaction, who: Who, response: PasskeyAssertion): Promise<boolean> {
    const of: CeremonyOf = { userId: who.userId, contextId: who.contextId, purpose: 'AUTHENTICATION' };
    const challenge = await this.ceremonies.take(scope, transaction, of, response.response.clientDataJSON);
    const passkey = await Passkey.findOne({ where: { userId: who.userId, credentialId: response.id }, transaction });
    if (challenge === null || !passkey) return false;
    const counter = await this.relyingParty.asserted(response, challenge, passkey);
    return counter !== null && this.#count(scope, transaction, passkey, counter);
  }

  /** False when the row is not the user's. */
  async remove(transaction: Transaction, userId: string, id: string): Promise<boolean> {
    return (await Passkey.destroy({ where: { userId, id }, transaction })) > 0;
  }

  async removeAll(transaction: Transaction, userId: string): Promise<void> {
    await Passkey.destroy({ where: { userId }, transaction });
    await this.ceremonies.removeAll(transaction, userId);
  }

  /** A counter that does not grow tells of a copy of the key (section 7.2, step 22); those that never count stay at 0. */
  async #count(scope: Scope, transaction: Transaction, { id, userId, counter: before }: Passkey, counter: number): Promise<boolean> {
    const counted = await scope.rowsIn(
      transaction,
      sql`update passkeys p set counter = ${counter}, last_used_at = ${this.clock.now()}, updated_at = now()
        where p.tenant_id = ${tenant} and p.id = ${id} and (p.counter < ${counter} or (p.counter = 0 and ${counter}::bigint = 0)) returning p.id`,
    );
    if (counted.length > 0) return true;
    const facts = { before: { counter: Number(before) }, after: { counter, passkey: passkeyIds.encode(id) } };
    scope.record(transaction, { action: 'passkey.counter-regressed', object: { type: 'User', id: userId }, ...facts });
    return false;
  }
}

const passkeysOf = (transaction: Transaction, userId: string): Promise<Passkey[]> =>
  Passkey.findAll({ where: { userId }, order: [['createdAt', 'ASC']], transaction });
