import type { Transaction } from 'sequelize';

import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import type { GivenFactor } from './given-factor';

/** How many failures in a row are free of delay: PSD2 RTS, article 4(3)(b), allows five. */
export const FREE_FAILURES = 5;
const FIRST_DELAY_SECONDS = 60;
/** PCI DSS 8.3.4: after ten failures at the latest, half an hour. Never more, so that nobody locks an owner out for good. */
const MAX_DELAY_SECONDS = 1_800;

/** How long the next one-time password waits after so many wrong ones in a row, in seconds: a minute, doubled each time, up to half an hour. */
export function delaySeconds(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return failures >= 2 * FREE_FAILURES
    ? MAX_DELAY_SECONDS
    : Math.min(FIRST_DELAY_SECONDS * 2 ** (failures - FREE_FAILURES), MAX_DELAY_SECONDS);
}

/**
 * Counts the failures in a row of each user, over all their sign-ins and sessions.
 * @requirement SEC-011
 */
export class Failures {
  constructor(private readonly clock: Clock) {}

  /** Locks the user's count until the transaction ends, and tells how many seconds the next code must wait. */
  async lock(scope: Scope, transaction: Transaction, userId: string): Promise<number> {
    const [row] = await scope.rowsIn<{ blockedUntil: Date | null }>(
      transaction,
      sql`insert into second_factor_failures (tenant_id, id, failures) values (${tenant}, ${userId}, 0)
        on conflict (tenant_id, id) do update set updated_at = now() returning blocked_until as "blockedUntil"`,
    );
    return Math.max(0, Math.ceil(((row?.blockedUntil?.getTime() ?? 0) - this.clock.now().getTime()) / 1000));
  }

  /** One more, of any factor; the count of all afterwards. Those of one-time passwords alone make the next one wait. */
  async add(scope: Scope, transaction: Transaction, userId: string, kind: GivenFactor['kind']): Promise<number> {
    const ofTotp = kind === 'TOTP' ? 1 : 0;
    const [row] = await scope.rowsIn<{ failures: number; totpFailures: number }>(
      transaction,
      sql`update second_factor_failures f
        set failures = f.failures + 1, totp_failures = f.totp_failures + ${ofTotp}, updated_at = now()
        where f.tenant_id = ${tenant} and f.id = ${userId} returning f.failures, f.totp_failures as "totpFailures"`,
    );
    const { failures, totpFailures } = row ?? { failures: FREE_FAILURES, totpFailures: FREE_FAILURES };
    if (kind === 'TOTP') await this.#block(scope, transaction, userId, delaySeconds(totpFailures));
    return failures;
  }

  /** After a success. */
  async clear(scope: Scope, transaction: Transaction, userId: string): Promise<void> {
    await scope.rowsIn(transaction, sql`delete from second_factor_failures f where f.tenant_id = ${tenant} and f.id = ${userId}`);
  }

  async #block(scope: Scope, transaction: Transaction, userId: string, seconds: number): Promise<void> {
    const blockedUntil = new Date(this.clock.now().getTime() + seconds * 1000);
    await scope.rowsIn(
      transaction,
      sql`update second_factor_failures f set blocked_until = ${blockedUntil} where f.tenant_id = ${tenant} and f.id = ${userId}`,
    );
  }
}
