import { createHash, randomBytes } from 'node:crypto';

import { Op, type Transaction } from 'sequelize';

import type { Clock } from '../../platform/clock';
import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { PasskeyCeremony } from './passkey-ceremony.model';
import { CEREMONY_SECONDS, challengeIn } from './web-authn';

/** For whom and for what a passkey signs. */
export interface CeremonyOf {
  readonly userId: string;
  /** The second-factor challenge or the session that asked. */
  readonly contextId: string;
  readonly purpose: 'REGISTRATION' | 'AUTHENTICATION';
}

const CHALLENGE_BYTES = 32;

/**
 * WebAuthn challenges (Level 3, section 13.4.3): 256 random bits, good once, for five minutes, where they were asked for.
 * @requirement SEC-011
 */
export class PasskeyCeremonies {
  constructor(private readonly clock: Clock) {}

  async begin(transaction: Transaction, of: CeremonyOf): Promise<{ challenge: Uint8Array<ArrayBuffer>; expiresAt: Date }> {
    const now = this.clock.now();
    const challenge = Uint8Array.from(randomBytes(CHALLENGE_BYTES));
    const expiresAt = new Date(now.getTime() + CEREMONY_SECONDS * 1000);
    const challengeHash = hashOf(Buffer.from(challenge).toString('base64url'));
    await PasskeyCeremony.destroy({ where: { userId: of.userId, expiresAt: { [Op.lte]: now } }, transaction });
    await PasskeyCeremony.create({ id: newId(), ...of, challengeHash, expiresAt }, { transaction });
    return { challenge, expiresAt };
  }

  /** Uses the challenge of a response up and returns it; null for one that is unknown, used, too old, or was asked for elsewhere. */
  async take(scope: Scope, transaction: Transaction, of: CeremonyOf, clientDataJSON: string): Promise<string | null> {
    const challenge = challengeIn(clientDataJSON);
    if (challenge === null) return null;
    const taken = await scope.rowsIn(
      transaction,
      sql`delete from passkey_ceremonies c where c.tenant_id = ${tenant} and c.challenge_hash = ${hashOf(challenge)}
        and c.user_id = ${of.userId} and c.context_id = ${of.contextId} and c.purpose = ${of.purpose} and c.expires_at > ${this.clock.now()}
        returning c.id`,
    );
    return taken.length === 1 ? challenge : null;
  }

  async removeAll(transaction: Transaction, userId: string): Promise<void> {
    await PasskeyCeremony.destroy({ where: { userId }, transaction });
  }
}

const hashOf = (challenge: string): string => createHash('sha256').update(challenge).digest('hex');
