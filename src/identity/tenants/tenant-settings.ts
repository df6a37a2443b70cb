import type { Transaction } from 'sequelize';

import type { Facts } from '../../platform/audit/audit';
import type { Clock } from '../../platform/clock';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { conflict, notFound } from '../../platform/errors';
import { tenantIds } from '../ids';
import { authorityOf } from '../roles/authority';
import { hasFactor, lockFactors } from '../second-factor/factors';
import { requireStepUp } from '../second-factor/freshness';
import type { Sessions } from '../sessions/sessions';
import { country, name } from './tenant-values';
import type { TenantRecord } from './tenant.loader';
import { Tenant } from './tenant.model';

/** What is left out stays. */
export interface SettingsChange {
  readonly name?: string;
  readonly country?: string;
  readonly secondFactorRequired?: boolean;
}

type Settings = Required<SettingsChange>;

/** What a tenant's own people decide about it. */
export class TenantSettings {
  constructor(
    private readonly sessions: Pick<Sessions, 'end'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes what is given, by what the actor may and has inside the change. Where a second factor is demanded from now on, the sessions
   * that began without one end.
   * @throws FORBIDDEN; BAD_USER_INPUT; CONFLICT for who demands a second factor of all and has none; STEP_UP_REQUIRED for who would
   *         demand none any more.
   * @requirement SEC-022
   */
  async update(scope: Scope, change: SettingsChange): Promise<TenantRecord> {
    scope.require('tenant:update');
    const values = validated(change);
    return scope.change(async transaction => {
      await authorityOf(scope, transaction, 'tenant:update');
      const row = await find(scope, transaction);
      const { before, after } = difference(row, values);
      if (Object.keys(after).length === 0) return row.get({ plain: true });
      if (after.secondFactorRequired === true) await requireOwnFactor(scope, transaction);
      if (after.secondFactorRequired === false) this.#requireReason(scope, row);
      await Tenant.update(after, { where: { id: row.id }, transaction });
      if (after.secondFactorRequired === true) await this.#endSessionsWithout(scope, transaction);
      scope.record(transaction, { action: 'tenant.settings-changed', object: { type: 'Tenant', id: row.id }, before, after });
      return (await row.reload({ transaction })).get({ plain: true });
    });
  }

  /** All but the one that demands it. */
  async #endSessionsWithout(scope: Scope, transaction: Transaction): Promise<void> {
    const begun = await scope.rowsIn<{ id: string }>(
      transaction,
      sql`select s.id from sessions s where s.tenant_id = ${tenant} and s.user_id is not null and s.ended_at is null
        and not s.methods && array['otp', 'hwk', 'mfa'] and s.id is distinct from ${scope.actor.sessionId}::uuid`,
    );
    const choice = { ids: begun.map(({ id }) => id), of: { type: 'Tenant', id: scope.actor.tenantId } } as const;
    await this.sessions.end(scope, transaction, choice, 'SECOND_FACTOR_DEMANDED');
  }

  #requireReason({ actor }: Scope, { kind }: Tenant): void {
    if (kind === 'PLATFORM') throw conflict('The platform always demands a second factor');
    requireStepUp(actor, this.clock.now());
  }
}

/** Locked, so that it is not taken away at the same time. @throws CONFLICT */
async function requireOwnFactor(scope: Scope, transaction: Transaction): Promise<void> {
  const { userId } = scope.actor;
  const holder = userId === null ? null : await lockFactors(scope, transaction, userId);
  if (!holder || !hasFactor(holder)) throw conflict('Enrol a second factor of your own before you demand one of everybody');
}

const validated = (change: SettingsChange): SettingsChange => ({
  ...change,
  ...(change.name !== undefined && { name: name(change.name) }),
  ...(change.country !== undefined && { country: country(change.country) }),
});

async function find({ actor: { tenantId } }: Scope, transaction: Transaction): Promise<Tenant> {
  const row = await Tenant.findByPk(tenantId, { transaction });
  if (!row) throw notFound('Tenant', tenantIds.encode(tenantId));
  return row;
}

/** What changes, as it was and as it will be. */
function difference(row: Tenant, values: SettingsChange): { before: Facts; after: SettingsChange & Facts } {
  const names = (Object.keys(values) as (keyof Settings)[]).filter(key => values[key] !== row[key]);
  const pick = (from: SettingsChange): Facts => Object.fromEntries(names.map(key => [key, from[key] ?? null]));
  return { before: pick(row), after: pick(values) };
}
