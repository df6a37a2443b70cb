import { ConnectionError, type Options, type Transaction, type TransactionOptions } from 'sequelize';
import { Sequelize } from 'sequelize-typescript';

import { failClosed } from '../auth/fail-closed';
import type { Service } from '../services/service';
import type { ModelCtor } from './model';
import type { Prepared } from './sql';
import { inputFault } from './sql-state';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a tenant must be for a transaction of its own to begin: one that may be changed, one that is not closed, or any. */
export type TenantMust = 'be active' | 'be open' | 'exist';

interface TenantTransactionOptions {
  readonly tenantId?: string;
  readonly must?: TenantMust;
}

interface PgClient {
  query(statement: Prepared | string): Promise<{ rows: unknown[] }>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly pool: number;
}

/** How long a transaction may wait for a connection of the pool, and how long until it is open: both in ms. */
const ACQUIRE_MS = 10_000;
const OPEN_MS = 12_000;

/** The pool of the application role. Rows are reached through a Scope alone, which opens its transactions here. */
export class Database implements Service {
  readonly name = 'database';
  readonly sequelize: Sequelize;
  /** After which a scope refuses rather than wait for its transaction. */
  readonly openTimeoutMs: number = OPEN_MS;

  constructor({ url, pool }: DatabaseOptions) {
    const options: Options = { logging: false, pool: { max: pool, acquire: ACQUIRE_MS }, define: { underscored: true } };
    this.sequelize = new Sequelize(url, options);
    beginWithTenant(this.sequelize);
    requireTransaction(this.sequelize);
  }

  /** Binds model classes to this pool. A model class belongs to one database at a time. */
  register(models: readonly ModelCtor[]): void {
    this.sequelize.addModels([...models]);
    for (const model of models) if ('tenantId' in model.getAttributes()) keepWithinTenant(model);
  }

  /** @throws Error for a role that row-level security does not bind, or a server older than PostgreSQL 15. */
  async start(): Promise<void> {
    const [role] = await this.#outsideTenant<{ bypasses: boolean; version: number }>(ROLE);
    if (role?.bypasses !== false)
      throw new Error('DATABASE_URL names a role that row-level security does not bind: use the application role');
    if (role.version < 150_000) throw new Error('PostgreSQL 15 or newer is needed');
  }

  stop(): Promise<void> {
    return this.sequelize.close();
  }

  async health(): Promise<string | undefined> {
    await this.#outsideTenant('select 1');
    return undefined;
  }

  /**
   * Begins a transaction and tells row-level security the tenant, in one round trip. The caller ends it.
   * It does not begin when the tenant is not what it must be; one that is just being made is what it must.
   */
  begin(tenantId: string, must: TenantMust = 'exist'): Promise<Transaction> {
    if (!UUID.test(tenantId)) throw new Error('A transaction needs the UUID of its tenant');
    const options: TransactionOptions & TenantTransactionOptions = { tenantId, must };
    return this.sequelize.transaction(options);
  }

  /** Calls one of the few functions that work before a tenant is known. They return ids only. @throws UNAVAILABLE */
  callUntenanted<Row>(text: string, bind: readonly unknown[]): Promise<Row[]> {
    const gate = { stage: 'tenant', timeoutMs: this.openTimeoutMs, accepts: (rows: unknown) => Array.isArray(rows) } as const;
    return failClosed(gate, () =>
      this.#outsideTenant<Row>(text, bind).catch((error: unknown) => {
        throw inputFault(error) ?? error;
      }),
    );
  }

  async #outsideTenant<Row>(text: string, bind: readonly unknown[] = []): Promise<Row[]> {
    return this.sequelize.transaction(async transaction => {
      const [rows] = await this.sequelize.query(text, { bind: [...bind], transaction });
      return rows as Row[];
    });
  }
}

/** An owner could switch row-level security off. */
const ROLE = `
  select current_setting('server_version_num')::int as version, rolsuper or rolbypassrls or exists (
    select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_has_role(relowner, 'MEMBER')
  ) as bypasses
  from pg_roles where rolname = current_user`;

/** Runs a prepared statement on the transaction's own connection. */
export async function run<Row>(transaction: Transaction, statement: Prepared): Promise<Row[]> {
  const { connection, finished } = transaction as unknown as { connection?: PgClient; finished?: string };
  // A transaction that has ended still names its connection, which serves somebody else by now.
  if (!connection || finished !== undefined) throw new ConnectionError(new Error('The transaction has ended'));
  const { rows } = await connection.query(statement);
  return rows as Row[];
}

export const tenantOf = (transaction: Transaction): string | undefined => optionsOf(transaction).tenantId;

const optionsOf = (transaction: Transaction): TenantTransactionOptions =>
  (transaction as unknown as { options: TenantTransactionOptions }).options;

/** BEGIN and set_config travel together; the UUID was checked by `begin`, since this text takes no parameters. */
function beginWithTenant(sequelize: Sequelize): void {
  const { queryGenerator } = sequelize.getQueryInterface() as unknown as {
    queryGenerator: { startTransactionQuery(transaction: Transaction): string };
  };
  queryGenerator.startTransactionQuery = transaction => {
    const { tenantId, must = 'exist' } = optionsOf(transaction);
    if (tenantId === undefined) return 'START TRANSACTION';
    return `START TRANSACTION; SELECT set_config('payymo.tenant_id', '${tenantId}', true)${CHECKS[must]}`;
  };
}

const CHECKS: Readonly<Record<TenantMust, string>> = {
  'be active': '; SELECT payymo.require_active()',
  'be open': '; SELECT payymo.require_open()',
  exist: '',
};

/** Outside a transaction row-level security would silently show nothing: an error is better. */
function requireTransaction(sequelize: Sequelize): void {
  sequelize.addHook('beforeQuery', (options: { transaction?: Transaction | null } | undefined) => {
    if (!options?.transaction) throw new Error('A query outside of a transaction');
  });
}

/** The first of the two layers: whatever a model reads or writes carries the transaction's tenant. Row-level security is the second. */
function keepWithinTenant(model: ModelCtor): void {
  const narrowBy = (name: string) => (options: InTransaction & { where?: unknown }) => {
    options.where = { ...(options.where as object | undefined), [name]: requireTenant(options.transaction) };
  };
  const narrow = narrowBy('tenantId');
  model.addHook('beforeFind', narrow as never);
  model.addHook('beforeCount', narrow as never);
  model.addHook('beforeBulkUpdate', narrow as never);
  // Sequelize has put columns in the place of attributes by then.
  model.addHook('beforeBulkDestroy', narrowBy('tenant_id') as never);
  model.addHook('beforeValidate', own as never);
  model.addHook('beforeDestroy', own as never);
  model.addHook('beforeBulkCreate', ((rows: { tenantId?: string }[], options: InTransaction) => {
    rows.forEach(row => {
      own(row, options);
    });
  }) as never);
  narrowUnhooked(model, narrow);
}

interface InTransaction {
  readonly transaction?: Transaction | null;
}

/** A new row becomes the tenant's; one of another tenant is refused, whether it was read for it or made so. */
function own(row: { tenantId?: string }, { transaction }: InTransaction): void {
  const tenantId = requireTenant(transaction);
  row.tenantId ??= tenantId;
  if (row.tenantId !== tenantId) throw new Error('A row of another tenant');
}

type Static = (...args: unknown[]) => unknown;

/** Sequelize calls no hook for sums and for increments; their options come last. */
function narrowUnhooked(model: ModelCtor, narrow: (options: InTransaction) => void): void {
  const statics = model as unknown as Record<'aggregate' | 'increment', Static>;
  const narrowed =
    (work: Static, position: number): Static =>
    (...args) => {
      const options = { ...(args[position] as InTransaction | undefined) };
      narrow(options);
      return work.apply(model, [...args.slice(0, position), options]);
    };
  statics.aggregate = narrowed(statics.aggregate, 2);
  statics.increment = narrowed(statics.increment, 1);
}

function requireTenant(transaction: Transaction | null | undefined): string {
  const tenantId = transaction ? tenantOf(transaction) : undefined;
  if (tenantId === undefined) throw new Error('Tenant data outside of a tenant transaction');
  return tenantId;
}
