import path from 'node:path';

import { runMigrations } from 'graphile-worker';
import { Sequelize, type Transaction } from 'sequelize';
import { SequelizeStorage, Umzug } from 'umzug';

import type { Migration, MigrationContext } from './migration';

/** Any number; the same in every process, so that one migrates while the others wait. */
const MIGRATION_LOCK = 7_209_963;

export interface MigrationStatus {
  readonly name: string;
  readonly applied: boolean;
}

export interface Migrator {
  /** Applies what is pending, up to and including `to`. Returns the names. */
  readonly up: (to?: string) => Promise<string[]>;
  /** Takes back the last migration, or all down to and including `to` (0 for all). */
  readonly down: (to?: string | 0) => Promise<string[]>;
  /**
   * Notes the migrations up to and including `to` as applied without running them: for a database that has their tables already.
   * Returns the names. @throws Error for an unknown name.
   */
  readonly baseline: (to: string) => Promise<string[]>;
  readonly status: () => Promise<MigrationStatus[]>;
  readonly close: () => Promise<void>;
}

/**
 * Umzug over Sequelize, as the owner of the database: each migration in a transaction, one process at a time.
 * @requirement DAT-001
 */
export function createMigrator(ownerUrl: string, onStep: (name: string) => void = () => undefined): Migrator {
  const db = new Sequelize(ownerUrl, { logging: false, pool: { max: 3 } });
  const umzug = umzugOn(db, onStep);
  const names = (steps: readonly { name: string }[]) => steps.map(({ name }) => name);
  return {
    up: to =>
      locked(db, async () => {
        await runMigrations({ connectionString: ownerUrl, logger: silent });
        return names(await umzug.up(to === undefined ? {} : { to }));
      }),
    down: to => locked(db, async () => names(await umzug.down(to === undefined ? {} : { to }))),
    baseline: to => locked(db, () => noteAsApplied(db, umzug, to)),
    status: async () => {
      const applied = new Set(names(await umzug.executed()));
      return names([...(await umzug.executed()), ...(await umzug.pending())]).map(name => ({ name, applied: applied.has(name) }));
    },
    close: () => db.close(),
  };
}

function umzugOn(db: Sequelize, onStep: (name: string) => void): Umzug<MigrationContext> {
  const step = (file: string, name: string, direction: 'up' | 'down') => async () => {
    onStep(name);
    const steps = (await import(file)) as Record<'up' | 'down', Migration>;
    await db.transaction(transaction => steps[direction]({ context: contextIn(db, transaction) }));
  };
  return new Umzug<MigrationContext>({
    context: { sql: () => Promise.reject(new Error('Migrations run in their own transaction')) },
    storage: storageOn(db),
    logger: undefined,
    migrations: {
      glob: ['*.{ts,js}', { cwd: migrationsFolder(), ignore: '*.d.ts' }],
      // Names go without their ending, so that a build and a checkout agree on what has run.
      resolve: ({ name, path: file = '' }) => {
        const bare = path.parse(name).name;
        return { name: bare, up: step(file, bare, 'up'), down: step(file, bare, 'down') };
      },
    },
  });
}

const storageOn = (db: Sequelize): SequelizeStorage => new SequelizeStorage({ sequelize: db, tableName: 'migrations' });

async function noteAsApplied(db: Sequelize, umzug: Umzug<MigrationContext>, to: string): Promise<string[]> {
  const pending = (await umzug.pending()).map(({ name }) => name);
  const end = pending.indexOf(to);
  if (end < 0) throw new Error(`${to} is no pending migration`);
  const noted = pending.slice(0, end + 1);
  const storage = storageOn(db);
  for (const name of noted) await storage.logMigration({ name });
  return noted;
}

export const migrationsFolder = (): string => path.join(__dirname, '../../../migrations');

const contextIn = (db: Sequelize, transaction: Transaction): MigrationContext => ({ sql: text => db.query(text, { transaction }) });

/** Holds a session lock on a connection of its own while the work runs; whoever comes second waits and then finds nothing to do. */
async function locked<T>(db: Sequelize, work: () => Promise<T>): Promise<T> {
  return db.transaction(async transaction => {
    await db.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`, { transaction });
    return work();
  });
}

const silent = { scope: () => silent, error: noop, warn: noop, info: noop, debug: noop } as never;

function noop(): void {
  return undefined;
}
