import type { Transaction } from 'sequelize';

import type { Facts } from '../../platform/audit/audit';
import type { Database } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { columns, sql, tenant } from '../../platform/database/sql';
import { badInput, conflict, notFound, TenantClosed } from '../../platform/errors';
import { cancelJobs, wakeJobs } from '../../platform/jobs/held-jobs';
import { tenantIds } from '../ids';
import type { Invitations } from '../invitations/invitations.service';
import { factsOf, type Plan, planOf, rowOf } from '../plans/plan';
import type { Revocations } from '../revocations/revocations';
import type { PlatformPermission } from '../roles/permissions';
import { singleLine } from '../users/single-line';
import { type Act, inTenant, lockedTenant, recordOnBoth } from './acting-on-tenants';
import { requirePlatform } from './platform.service';
import { country, name, slug } from './tenant-values';
import type { TenantRecord } from './tenant.loader';
import { Tenant } from './tenant.model';

const MAX_REASON_LENGTH = 300;

export interface NewBusiness {
  readonly slug: string;
  readonly name: string;
  readonly country: string;
  readonly plan: Plan;
  readonly owner: FirstOwner;
}

export interface FirstOwner {
  readonly email: string;
  readonly name: string;
}

/**
 * What the platform does with tenants. Each act is a change of the tenant's own, and stands in the audit trails of both. What is
 * done already is no error: the tenant is answered as it is.
 * @requirement SEC-010
 */
export class Tenants {
  constructor(
    private readonly database: Database,
    private readonly revocations: Pick<Revocations, 'revoke'>,
    private readonly invitations: Pick<Invitations, 'inviteFirst'>,
  ) {}

  /**
   * Makes a tenant and invites its first owner.
   * @throws FORBIDDEN; CONFLICT for a slug that is taken; BAD_USER_INPUT; NOT_CONFIGURED where no invitation can be mailed.
   */
  async create(operator: Scope, business: NewBusiness): Promise<TenantRecord> {
    await requirePlatform(operator, 'tenants:create');
    const values = { slug: slug(business.slug), name: name(business.name), country: country(business.country) };
    const id = newId();
    return inTenant(this.database, operator, id, async act => {
      await insert(act, values);
      const row = await update(act, rowOf(business.plan));
      await this.invitations.inviteFirst(act.scope, act.transaction, business.owner);
      const after = { ...values, ...factsOf(business.plan) };
      await recordOnBoth(act, { action: 'tenant.created', object: objectOf(id), after });
      return row;
    });
  }

  /**
   * Invites a first owner in the place of one who never came, or whose address was wrong; also of a tenant that is suspended, whose mail
   * waits until it is resumed.
   * @throws FORBIDDEN; NOT_FOUND; CONFLICT for a tenant that has a user, or is closed; BAD_USER_INPUT; NOT_CONFIGURED.
   */
  inviteFirstOwner(operator: Scope, id: string, owner: FirstOwner): Promise<TenantRecord> {
    return this.#act(operator, 'tenants:create', id, async act => {
      const { id: invitation } = await this.invitations.inviteFirst(act.scope, act.transaction, owner);
      await recordOnBoth(act, { action: 'tenant.first-owner-invited', object: objectOf(id), after: { invitation } });
      return undefined;
    });
  }

  /**
   * From now on the tenant can be read, not changed; its jobs wait. The reason is shown to its people.
   * @throws FORBIDDEN; NOT_FOUND; CONFLICT for a closed one; BAD_USER_INPUT.
   */
  suspend(operator: Scope, id: string, reason: string): Promise<TenantRecord> {
    const statusReason = reasonOf(reason);
    return this.#act(operator, 'tenants:suspend', id, async (act, { status }) => {
      if (status === 'SUSPENDED') return undefined;
      return transition(act, 'tenant.suspended', { status }, { status: 'SUSPENDED', statusReason });
    });
  }

  /** Ends a suspension: what waited goes on at once. @throws FORBIDDEN; NOT_FOUND; CONFLICT for a closed one. */
  resume(operator: Scope, id: string): Promise<TenantRecord> {
    return this.#act(operator, 'tenants:suspend', id, async (act, { status }) => {
      if (status === 'ACTIVE') return undefined;
      await wakeJobs(act.transaction, id);
      return transition(act, 'tenant.resumed', { status }, { status: 'ACTIVE', statusReason: null });
    });
  }

  /**
   * Closes a tenant for good: every token of its people and clients dies, nobody signs in again, its jobs end. The rows stay.
   * @param confirmSlug the tenant's slug, so that nobody closes another one by mistake.
   * @throws FORBIDDEN; NOT_FOUND; BAD_USER_INPUT for another slug.
   */
  async close(operator: Scope, id: string, confirmSlug: string, reason: string): Promise<TenantRecord> {
    const statusReason = reasonOf(reason);
    const close = async (act: Act, { slug: known, status }: TenantRecord) => {
      if (confirmSlug !== known) throw badInput('input.confirmSlug', 'This is not the slug of the tenant');
      await this.revocations.revoke(act.transaction, { tenantId: id, kind: 'tenant', subject: id });
      await cancelJobs(act.transaction, id);
      return transition(act, 'tenant.closed', { status }, { status: 'CLOSED', statusReason });
    };
    return this.#act(operator, 'tenants:close', id, close, closed => {
      if (confirmSlug !== closed.slug) throw badInput('input.confirmSlug', 'This is not the slug of the tenant');
      return closed;
    });
  }

  /** Gives a tenant another plan; what waited since the last one ran out goes on at once. @throws FORBIDDEN; NOT_FOUND; CONFLICT. */
  changePlan(operator: Scope, id: string, plan: Plan): Promise<TenantRecord> {
    return this.#act(operator, 'tenants:update', id, async (act, row) => {
      const [before, after] = [factsOf(planOf(row)), factsOf(plan)];
      if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
      const changed = await update(act, rowOf(plan));
      await wakeJobs(act.transaction, id);
      await recordOnBoth(act, { action: 'tenant.plan-changed', object: objectOf(id), before, after });
      return changed;
    });
  }

  /** The work gives the changed row, or undefined when there is nothing to change. */
  async #act(
    operator: Scope,
    permission: PlatformPermission,
    id: string,
    work: (act: Act, tenant: TenantRecord) => Promise<TenantRecord | undefined>,
    whenClosed: (tenant: TenantRecord) => TenantRecord = refuseClosed,
  ): Promise<TenantRecord> {
    await requirePlatform(operator, permission);
    try {
      return await inTenant(this.database, operator, id, async act => {
        const row = await lockedTenant(act);
        return (await work(act, row)) ?? row;
      });
    } catch (error) {
      if (!(error instanceof TenantClosed)) throw error;
      return whenClosed(await seenByPlatform(operator, id));
    }
  }
}

const refuseClosed = (): never => {
  throw conflict('The tenant is closed, for good');
};

/** As the platform sees it: also a closed one, whose own scope lets nobody in. */
async function seenByPlatform(operator: Scope, id: string): Promise<TenantRecord> {
  const [row] = await operator.rows<TenantRecord>(
    sql`select ${columns(Tenant, 't')} from payymo.tenants_for_platform(${tenant}) t where t.id = ${id}`,
  );
  if (!row) throw notFound('Tenant', tenantIds.encode(id));
  return row;
}

async function insert({ scope, transaction }: Act, values: Readonly<Record<'slug' | 'name' | 'country', string>>): Promise<void> {
  const rows = await scope.rowsIn(
    transaction,
    sql`insert into tenants (id, slug, name, country) values (${tenant}, ${values.slug}, ${values.name}, ${values.country})
      on conflict (slug) do nothing returning id`,
  );
  if (rows.length === 0) throw conflict(`The slug ${values.slug} is taken`);
}

/** By its id and read anew, so that the change may be repeated. */
async function update({ scope, transaction }: Act, values: Partial<TenantRecord>): Promise<TenantRecord> {
  const { tenantId: id } = scope.actor;
  await Tenant.update(values, { where: { id }, transaction });
  return rowAfter(id, transaction);
}

async function rowAfter(id: string, transaction: Transaction): Promise<TenantRecord> {
  return (await Tenant.findByPk(id, { transaction, rejectOnEmpty: true })).get({ plain: true });
}

async function transition(
  act: Act,
  action: string,
  before: Facts,
  values: Pick<TenantRecord, 'status' | 'statusReason'>,
): Promise<TenantRecord> {
  const changed = await update(act, values);
  const after = { status: values.status, reason: values.statusReason };
  await recordOnBoth(act, { action, object: objectOf(changed.id), before, after });
  return changed;
}

const reasonOf = (reason: string): string => singleLine('input.reason', reason, 3, MAX_REASON_LENGTH);

const objectOf = (id: string) => ({ type: 'Tenant', id });
