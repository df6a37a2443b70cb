import { setTimeout as sleep } from 'node:timers/promises';

import type { Transaction } from 'sequelize';

import { appendAudit, type AuditEntry } from '../audit/audit';
import { type Caller, NO_CALLER } from '../auth/caller';
import { failClosed } from '../auth/fail-closed';
import { holds, type Permission, type Principal } from '../auth/principal';
import { forbidden, PayymoError, TenantClosed, unauthenticated } from '../errors';
import { type Database, run, type TenantMust, tenantOf } from './database';
import { prepare, type Sql } from './sql';
import { sqlStateOf } from './sql-state';

/**
 * One operation: who acts, and their only way to the rows. Code without a scope cannot reach a tenant's data.
 * Reads share one transaction, opened at the first of them; each change has its own, which is committed before it returns.
 * @requirement SEC-016
 */
export class Scope {
  // Not #private: Apollo Server copies its context value, and copies have no private names.
  private reading: Promise<Transaction> | undefined;
  private lastRead: Promise<unknown> = Promise.resolve();
  private memo = new Map<object, unknown>();
  private closed = false;
  private audit = new WeakMap<Transaction, AuditEntry[]>();

  constructor(
    private readonly database: Database,
    /** Null for a caller who is not signed in. */
    readonly principal: Principal | null,
    readonly requestId: string,
    /** Who sent the request; nobody for a job. */
    readonly caller: Caller = NO_CALLER,
  ) {}

  /** @throws UNAUTHENTICATED */
  get actor(): Principal {
    if (!this.principal) throw unauthenticated();
    return this.principal;
  }

  /** @throws FORBIDDEN unless the actor holds the permission. */
  require(permission: Permission): void {
    if (!holds(this.actor, permission)) throw forbidden(permission);
  }

  /** Rows of a statement, in the operation's read transaction. One connection takes one statement at a time: they queue here. */
  rows<Row>(statement: Sql): Promise<Row[]> {
    if (this.closed) return Promise.reject(new Error('The operation has ended'));
    const prepared = prepare(statement, this.actor.tenantId);
    const read = this.lastRead.then(async () => {
      const transaction = await this.read();
      return run<Row>(transaction, prepared).catch((error: unknown) => this.abandon(transaction, error));
    });
    this.lastRead = read.catch(() => undefined);
    return read;
  }

  /** Rows of a statement inside a change. */
  rowsIn<Row>(transaction: Transaction, statement: Sql): Promise<Row[]> {
    return run<Row>(transaction, prepare(statement, this.actor.tenantId));
  }

  /**
   * Runs the work in a transaction of its own: committed when the work is done, rolled back when it throws. The work talks to the
   * database alone, since PostgreSQL may ask for a repetition (deadlock, serialization failure).
   * @throws TENANT_SUSPENDED, PLAN_EXPIRED when the tenant may only be read; TenantClosed.
   */
  change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.repeated('be active', work);
  }

  /**
   * As `change`, for what also a suspended tenant's people must be able to do: sign in and out, and what an operator does to it.
   * @throws TenantClosed
   */
  changeAccess<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.repeated('be open', work);
  }

  /**
   * Adds to the audit trail of the tenant, in the transaction of a change of this scope, as its last statement.
   * @throws Error for any other transaction, and once the change is over: what cannot be recorded must not happen.
   */
  record(transaction: Transaction, entry: AuditEntry): void {
    const entries = this.audit.get(transaction);
    if (!entries) throw new Error(`${entry.action} cannot be recorded outside of the change`);
    entries.push(entry);
  }

  private async repeated<T>(must: TenantMust, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.changeOnce(must, work);
      } catch (error) {
        const state = sqlStateOf(error) ?? '';
        const refusal = REFUSALS[state];
        if (refusal) throw refusal();
        if (attempt === MAX_ATTEMPTS || !REPEATABLE.has(state)) throw error;
        await sleep(MIN_PAUSE_MS * (attempt + Math.random()));
      }
    }
  }

  private async changeOnce<T>(must: TenantMust, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    // One connection per operation: with a second one, operations that read and then change could wait for each other's.
    await this.end();
    const transaction = await this.open(must);
    const entries: AuditEntry[] = [];
    this.audit.set(transaction, entries);
    try {
      const result = await work(transaction);
      this.audit.delete(transaction);
      await appendAudit(transaction, this.actor, this.requestId, entries);
      await transaction.commit();
      this.memo = new Map();
      return result;
    } catch (error) {
      await rollBack(transaction);
      throw error;
    }
  }

  /** One value per operation, made at its first use; forgotten after a change, so that nothing stale is read. */
  once<T>(key: object, make: () => T): T {
    if (!this.memo.has(key)) this.memo.set(key, make());
    return this.memo.get(key) as T;
  }

  /**
   * Ends the read transaction for good. Call it once the answer is complete: a field that failed can have given up the answer while
   * its siblings still resolve, and a read of theirs would open a transaction that nobody ends.
   */
  close(): Promise<void> {
    this.closed = true;
    return this.end();
  }

  /** Ends the read transaction; a later read opens another. */
  async end(): Promise<void> {
    await this.lastRead;
    const reading = this.reading;
    this.reading = undefined;
    await reading?.then(transaction => transaction.commit()).catch(() => undefined);
  }

  /** PostgreSQL refuses all that comes after a failed statement: other reads of the operation get a transaction that works. */
  private async abandon(transaction: Transaction, error: unknown): Promise<never> {
    this.reading = undefined;
    await rollBack(transaction);
    throw error;
  }

  private read(): Promise<Transaction> {
    this.reading ??= this.open('exist');
    return this.reading;
  }

  /** @throws UNAVAILABLE for whatever is no open transaction of this very tenant. */
  private open(must: TenantMust): Promise<Transaction> {
    const { tenantId } = this.actor;
    const { openTimeoutMs: timeoutMs } = this.database;
    const accepts = (opened: Transaction) => tenantOf(opened) === tenantId;
    return failClosed({ stage: 'scope', timeoutMs, accepts, discard: rollBack }, () =>
      this.database.begin(tenantId, must).catch((error: unknown) => {
        throw REFUSALS[sqlStateOf(error) ?? '']?.() ?? error;
      }),
    );
  }
}

const MAX_ATTEMPTS = 3;

/**
 * Before a repetition: a transaction that lost a deadlock and begins again at once can take a row before the winner, whom PostgreSQL has yet
 * to wake, and meet it in the next deadlock. By chance longer, so that two losers do not meet either.
 */
const MIN_PAUSE_MS = 25;

/** serialization_failure and deadlock_detected (PostgreSQL, appendix A). */
const REPEATABLE: ReadonlySet<string> = new Set(['40001', '40P01']);

/** What payymo.require_active() and payymo.require_open() raise. */
const REFUSALS: Readonly<Record<string, () => PayymoError>> = {
  PY001: () => new PayymoError('TENANT_SUSPENDED', 'The tenant is suspended: it can be read, not changed'),
  PY002: () => new PayymoError('PLAN_EXPIRED', 'The plan of the tenant has run out: it can be read, not changed'),
  PY003: () => new TenantClosed(),
};

/** A connection that broke cannot roll back; the server does it then. The first error is the one that matters. */
const rollBack = (transaction: Transaction): Promise<void> => transaction.rollback().catch(() => undefined);
