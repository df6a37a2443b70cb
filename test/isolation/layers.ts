import type { Transaction } from 'sequelize';

import { Database, tenantOf } from '../../src/platform/database/database';
import type { ModelCtor } from '../../src/platform/database/model';
import type * as real from '../../src/platform/database/sql';
import type { TestDatabase } from '../support/database';

/** The two layers that keep tenants apart; each must hold alone. */
export interface Layers {
  /** The tenant in each statement and in the hooks of each model. */
  readonly queryScope: boolean;
  /** Row-level security in PostgreSQL. */
  readonly rowLevelSecurity: boolean;
}

let queryScope = true;

/** What takes the place of platform/database/sql: the tenant condition of a statement becomes true while the layer is off. */
export const sqlModule = (): typeof real => ({
  ...jest.requireActual<typeof real>('../../src/platform/database/sql'),
  prepare: (statement, tenantId) => {
    const actual = jest.requireActual<typeof real>('../../src/platform/database/sql');
    const prepared = actual.prepare(statement, tenantId);
    return queryScope ? prepared : withoutTenant(prepared, statement);
  },
});

function withoutTenant({ text, values }: real.Prepared, statement: real.Sql): real.Prepared {
  const numbers = statement.values.flatMap((value, at) => (typeof value === 'symbol' ? [at + 1] : []));
  const open = numbers.reduce(
    (open, number) => open.replaceAll(new RegExp(`(\\w+\\.)?(tenant_id|id) = \\$${number}(?!\\d)`, 'g'), `$$${number}::uuid is not null`),
    text,
  );
  return { name: '', text: open, values };
}

/** Must come before the app starts: models get their hooks then. */
export function switchQueryScope(on: boolean): void {
  queryScope = on;
  Database.prototype.register = on ? register : registerWithoutHooks;
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
const register = Database.prototype.register;

/** Rows still get their tenant when they are made; nothing that is read or changed is narrowed to it. */
function registerWithoutHooks(this: Database, models: readonly ModelCtor[]): void {
  this.sequelize.addModels([...models]);
  const fill = (row: { tenantId?: string }, { transaction }: { transaction?: Transaction | null }) => {
    const tenantId = transaction ? tenantOf(transaction) : undefined;
    if (tenantId !== undefined) row.tenantId ??= tenantId;
  };
  for (const model of models) {
    if (!('tenantId' in model.getAttributes())) continue;
    model.addHook('beforeValidate', fill as never);
    model.addHook('beforeBulkCreate', ((rows: { tenantId?: string }[], options: object) => {
      rows.forEach(row => {
        fill(row, options);
      });
    }) as never);
  }
}

/** Switches row-level security off for every table, as only a superuser can. */
export async function switchRowLevelSecurityOff(db: TestDatabase): Promise<void> {
  const tables = await db.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of tables) await db.query(`alter table ${name} no force row level security, disable row level security`);
}
