import type { Transaction } from 'sequelize';

import type { Clock } from '../../platform/clock';
import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { tell } from '../mails/notices';
import { newRecoveryCode, recoveryCodeHash } from './recovery-code';
import { RecoveryCode } from './recovery-code.model';

const CODES = 10;

/**
 * Ten codes for the day when the other factors are lost: kept as hashes, each good once.
 * @requirement SEC-011
 */
export class RecoveryCodes {
  constructor(private readonly clock: Clock) {}

  /** New codes in the place of all earlier ones; this is the only time that they can be seen. */
  async renew(transaction: Transaction, userId: string): Promise<string[]> {
    const codes = Array.from({ length: CODES }, newRecoveryCode);
    await this.remove(transaction, userId);
    const rows = codes.map(code => ({ id: newId(), userId, codeHash: recoveryCodeHash(code) ?? '' }));
    await RecoveryCode.bulkCreate(rows, { transaction });
    return codes;
  }

  /** Uses a code up: false for one that is unknown, or was used. */
  async use(scope: Scope, transaction: Transaction, userId: string, code: string): Promise<boolean> {
    const used = await scope.rowsIn(
      transaction,
      sql`update recovery_codes r set used_at = ${this.clock.now()}, updated_at = now()
        where r.tenant_id = ${tenant} and r.user_id = ${userId} and r.code_hash = ${recoveryCodeHash(code) ?? ''} and r.used_at is null
        returning r.id`,
    );
    if (used.length === 0) return false;
    await tell(scope, transaction, userId, 'recovery-code-used');
    const left = await RecoveryCode.count({ where: { userId, usedAt: null }, transaction });
    scope.record(transaction, { action: 'second-factor.recovery-code-used', object: { type: 'User', id: userId }, after: { left } });
    return true;
  }

  async remove(transaction: Transaction, userId: string): Promise<void> {
    await RecoveryCode.destroy({ where: { userId }, transaction });
  }
}
