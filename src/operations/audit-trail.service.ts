import { tenantIds } from '../identity/ids';
import { requirePlatform } from '../identity/tenants/platform.service';
import type { Database } from '../platform/database/database';
import { type List, pageOf } from '../platform/database/page';
import { Scope } from '../platform/database/scope';
import { raw, type Sql, sql, tenant } from '../platform/database/sql';
import { badInput, notFound } from '../platform/errors';
import { oneOf } from '../platform/graphql/filter.input';
import type { Page, PageArgs } from '../platform/graphql/page.type';
import type { AuditEntryFilter, InstantRangeInput } from './audit-entry.input';
import { type AuditIds, storedActor } from './audit-ids';

/** An entry as its row has it. */
export interface AuditEntryRecord {
  readonly sequence: string;
  readonly recordedAt: Date;
  readonly actor: string;
  readonly action: string;
  readonly objectType: string | null;
  readonly objectId: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly requestId: string;
  readonly hash: string;
}

const COLUMNS =
  raw(`e.id, e.sequence, e.recorded_at as "recordedAt", e.actor, e.action, e.object_type as "objectType", e.object_id as "objectId",
  e.before, e.after, e.request_id as "requestId", encode(e.hash, 'hex') as hash`);
const NEWEST_FIRST = { name: 'sequence', column: 'e.sequence', type: 'bigint', descending: true } as const;

/**
 * Reads the audit trail: one's own tenant's, and for an auditor of the platform any tenant's.
 * @requirement SEC-020
 */
export class AuditTrail {
  readonly #turns = new WeakMap<Scope, Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly ids: AuditIds,
  ) {}

  /** A page of one's own tenant's entries, the newest first. @throws FORBIDDEN, BAD_USER_INPUT. */
  async page(scope: Scope, filter: AuditEntryFilter, args: PageArgs): Promise<Page<AuditEntryRecord>> {
    scope.require('audit:read');
    return pageOf(scope, this.#list(filter), args);
  }

  /**
   * A page of any tenant's entries, the newest first.
   * @param of global id of the tenant.
   * @throws FORBIDDEN to all but the platform's auditors; NOT_FOUND for a tenant that does not exist; BAD_USER_INPUT.
   */
  async pageOfTenant(scope: Scope, of: string, filter: AuditEntryFilter, args: PageArgs): Promise<Page<AuditEntryRecord>> {
    const list = this.#list(filter);
    const tenantId = tenantIds.decode(of, 'tenantId');
    return this.#inTurn(scope, async () => {
      const other = await this.#enter(scope, tenantId);
      const page = await ending(other, () => pageOf<AuditEntryRecord>(other, list, args));
      return { ...page, totalCount: () => this.#inTurn(scope, () => ending(other, page.totalCount)) };
    });
  }

  /** One after another in an operation: each takes a connection of its own, and an operation that asks for many would take them all. */
  #inTurn<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(scope) ?? Promise.resolve()).then(work);
    this.#turns.set(
      scope,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** A scope that reads a tenant's trail and nothing else is asked of; that it was entered is recorded in the platform's own trail. */
  async #enter(scope: Scope, tenantId: string): Promise<Scope> {
    await requirePlatform(scope, 'tenants:audit');
    const other = new Scope(this.database, { ...scope.actor, tenantId, scopes: new Set(['audit:read']) }, scope.requestId, scope.caller);
    // One connection at a time: first ours is given back.
    await scope.end();
    const [found] = await ending(other, () => other.rows(sql`select from tenants t where t.id = ${tenant}`));
    if (!found) throw notFound('Tenant', tenantIds.encode(tenantId));
    await scope.changeAccess(transaction => {
      scope.record(transaction, { action: 'audit-trail.read', object: { type: 'Tenant', id: tenantId } });
      return Promise.resolve();
    });
    return other;
  }

  #list(filter: AuditEntryFilter): List {
    return { select: COLUMNS, from: raw('audit_entries e'), alias: 'e', where: this.#conditions(filter), ordering: NEWEST_FIRST };
  }

  #conditions({ actor, action, object, recordedAt, requestId }: AuditEntryFilter): Sql[] {
    return [
      sql`e.tenant_id = ${tenant}`,
      ...(actor === undefined ? [] : [sql`e.actor = ${storedActor(actor, 'filter.actor')}`]),
      ...oneOf('e.action', action),
      ...(object === undefined ? [] : this.#objectIs(object)),
      ...within(recordedAt),
      ...(requestId === undefined ? [] : [sql`e.request_id = ${requestId}`]),
    ];
  }

  #objectIs(object: string): Sql[] {
    const { type, id } = this.ids.object(object, 'filter.object');
    return [sql`e.object_id = ${id}::uuid`, ...(type === null ? [] : [sql`e.object_type = ${type}`])];
  }
}

function within({ from, to }: InstantRangeInput = {}): Sql[] {
  if (from && to && from > to) throw badInput('filter.recordedAt', 'A span of time must not end before it begins');
  return [
    ...(from ? [sql`e.recorded_at >= ${from.toISOString()}::timestamptz`] : []),
    ...(to ? [sql`e.recorded_at < ${to.toISOString()}::timestamptz`] : []),
  ];
}

/** Ends the scope's transaction with the work: nobody closes this scope with the answer. */
async function ending<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await scope.end();
  }
}
