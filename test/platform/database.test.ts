import { randomUUID } from 'node:crypto';

import { Client } from 'pg';
import type { Transaction } from 'sequelize';

import { Connection } from '../../src/banking/connection.model';
import { RejectedLine } from '../../src/banking/rejected-line.model';
import { SyncRun } from '../../src/banking/sync-run.model';
import { Database, run } from '../../src/platform/database/database';
import { prepare, sql, tenant } from '../../src/platform/database/sql';
import { tablesOf } from '../database/rows';
import { aTenantedDatabase, type TenantedDatabase } from '../support/tenanted-database';

let on: TenantedDatabase;
beforeAll(async () => {
  on = await aTenantedDatabase({ models: [Connection, SyncRun, RejectedLine] });
  await on.db.query('grant delete on rejected_lines to payymo_app');
});
afterAll(() => on.close());

/** Works as northwind; nothing stays. */
async function asNorthwind<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const transaction = await on.database.begin(on.northwind.id);
  try {
    return await work(transaction);
  } finally {
    await transaction.rollback();
  }
}

describe('the pool', () => {
  it('is healthy while the database answers [OBS-005]', async () => {
    expect(await on.database.health()).toBeUndefined();
    await expect(new Database({ url: 'postgres://nobody@127.0.0.1:1/none', pool: 1 }).health()).rejects.toThrow();
  });

  it.each([
    ['a superuser', () => on.db.superuserUrl],
    ['the owner of the tables', () => on.db.ownerUrl],
  ])('does not start as %s [SEC-016]', async (_who, url) => {
    const database = new Database({ url: url(), pool: 1 });

    await expect(database.start()).rejects.toThrow('row-level security does not bind');
    await database.stop();
  });

  it('does not start as a role that bypasses row-level security [SEC-016]', async () => {
    const name = `bypasser_${randomUUID().slice(0, 8)}`;
    await on.db.query(`create role ${name} login bypassrls password 'none'`);
    const url = new URL(on.db.superuserUrl);
    Object.assign(url, { username: name, password: 'none' });
    const database = new Database({ url: url.href, pool: 1 });

    await expect(database.start()).rejects.toThrow('row-level security does not bind');
    await database.stop();
    await on.db.query(`drop role ${name}`);
  });

  it('throws for a query outside of a transaction, of a model or in text [SEC-016]', async () => {
    await expect(Connection.findAll()).rejects.toThrow();
    await expect(on.database.sequelize.query('select 1')).rejects.toThrow('A query outside of a transaction');
    await expect(on.database.sequelize.query('set role none')).rejects.toThrow('A query outside of a transaction');
  });

  it('throws for a model in a transaction without a tenant [SEC-016]', async () => {
    await on.database.sequelize.transaction(async transaction => {
      await expect(Connection.findAll({ transaction })).rejects.toThrow('Tenant data outside of a tenant transaction');
      await expect(SyncRun.create({ id: randomUUID(), connectionId: on.northwind.rowId }, { transaction })).rejects.toThrow(
        'outside of a tenant',
      );
    });
  });

  it.each(['', 'northwind', `'; --`, '01890A5D-AC96-774B-BCCE-B302099A8057'])('begins nothing for the tenant %j [SEC-016]', tenantId => {
    expect(() => on.database.begin(tenantId)).toThrow('needs the UUID of its tenant');
  });

  it('throws for a transaction that has ended [SEC-016]', async () => {
    const transaction = await on.database.begin(on.northwind.id);
    await transaction.commit();

    await expect(run(transaction, prepare(sql`select ${tenant}`, on.northwind.id))).rejects.toThrow();
  });

  it('forgets the tenant at the end of a transaction, on the same connection [SEC-016]', async () => {
    const single = new Database({ url: on.db.appUrl, pool: 1 });
    const transaction = await single.begin(on.northwind.id);
    await transaction.commit();

    const [row] = await single.callUntenanted<{ setting: string; tenant: null; users: number }>(
      `select current_setting('payymo.tenant_id', true) as setting, payymo.tenant() as tenant, (select count(*)::int from users) as users`,
      [],
    );

    // An empty string, not null: a cast of it to uuid would fail (22P02).
    expect(row).toEqual({ setting: '', tenant: null, users: 0 });
    await single.stop();
  });
});

describe('models, with row-level security switched off', () => {
  beforeAll(() => onEveryTable('disable'));
  afterAll(() => onEveryTable('enable'));
  const onEveryTable = async (verb: 'enable' | 'disable') => {
    for (const { name } of await tablesOf(on.db)) await on.db.query(`alter table ${name} ${verb} row level security`);
  };
  const names = () => on.db.query<{ name: string }>('select institution_name as name from connections order by name');

  it('is really off: text sees both tenants [SEC-016]', async () => {
    const rows = await asNorthwind(transaction => run(transaction, prepare(sql`select from connections where ${tenant}::text is not null`, on.northwind.id)));

    expect(rows).toHaveLength(2);
  }); // prettier-ignore

  it.each<[string, (transaction: Transaction) => Promise<unknown>, unknown]>([
    ['find all', async transaction => (await Connection.findAll({ transaction })).map(row => row.institutionName), ['northwind']],
    ['find one', async transaction => (await Connection.findOne({ transaction }))?.institutionName, 'northwind'],
    ['find by id', async transaction => (await Connection.findOne({ where: { id: on.aurora.rowId }, transaction }))?.institutionName, 'northwind'],
    ['find those of another', async transaction => (await Connection.findAll({ where: { tenantId: on.aurora.id }, transaction })).map(row => row.tenantId), () => [on.northwind.id]],
    ['count', transaction => Connection.count({ transaction }), 1],
    ['count those of another', transaction => Connection.count({ where: { tenantId: on.aurora.id }, transaction }), 1],
    ['add up', transaction => Connection.sum('historyDays', { transaction }), 90],
    ['update', async transaction => (await Connection.update({ statusReason: 'x' }, { where: {}, transaction }))[0], 1],
    ['destroy', transaction => RejectedLine.destroy({ where: {}, transaction }), 1],
  ])('%s within their tenant [SEC-016]', async (_what, work, expected) => {
    expect(await asNorthwind(work)).toEqual(typeof expected === 'function' ? (expected as () => unknown)() : expected);
  }); // prettier-ignore

  it('increment within their tenant [SEC-016]', async () => {
    const transaction = await on.database.begin(on.northwind.id);
    await SyncRun.increment({ linesSeen: 5 }, { where: {}, transaction });
    await transaction.commit();

    const lines = await on.db.query('select tenant_id, lines_seen from sync_runs where lines_seen > 0');
    expect(lines).toEqual([{ tenant_id: on.northwind.id, lines_seen: 5 }]);
  });

  const aRow = () => ({
    id: randomUUID(),
    provider: 'p',
    institutionId: 'i',
    institutionName: 'made',
    status: 'PENDING' as const,
    historyDays: 90,
  });

  it('create in their tenant, one or many [SEC-016]', async () => {
    const tenants = await asNorthwind(async transaction => {
      await Connection.create(aRow(), { transaction });
      await Connection.bulkCreate([aRow()], { transaction });
      return run(transaction, prepare(sql`select tenant_id from connections where institution_name = 'made' and ${tenant}::text is not null`, on.northwind.id));
    });

    expect(tenants).toEqual([{ tenant_id: on.northwind.id }, { tenant_id: on.northwind.id }]);
  }); // prettier-ignore

  it.each<[string, (row: ReturnType<typeof aRow> & { tenantId: string }, transaction: Transaction) => Promise<unknown>]>([
    ['create', (row, transaction) => Connection.create(row, { transaction })],
    ['create in bulk', (row, transaction) => Connection.bulkCreate([row], { transaction })],
    ['save', (row, transaction) => Connection.build(row).save({ transaction })],
    ['upsert', (row, transaction) => Connection.upsert(row, { transaction })],
    ['destroy', (row, transaction) => Connection.build(row, { isNewRecord: false }).destroy({ transaction })],
  ])('%s no row that says it is of another tenant [SEC-016]', async (_what, attempt) => {
    await expect(asNorthwind(transaction => attempt({ ...aRow(), tenantId: on.aurora.id }, transaction))).rejects.toThrow('A row of another tenant');
  }); // prettier-ignore

  it('do not change or destroy a row that was read for another tenant [SEC-016]', async () => {
    const read = await on.database.begin(on.aurora.id);
    const foreign = await Connection.findOne({ transaction: read });
    await read.commit();

    await asNorthwind(async transaction => {
      await expect(foreign?.update({ statusReason: 'taken' }, { transaction })).rejects.toThrow('A row of another tenant');
      await expect(foreign?.destroy({ transaction })).rejects.toThrow('A row of another tenant');
    });
    expect(await names()).toEqual([{ name: 'aurora' }, { name: 'northwind' }]);
  });
});

describe('row-level security alone', () => {
  const asApp = async <T>(tenantId: string | undefined, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ connectionString: on.db.appUrl });
    await client.connect();
    try {
      await client.query('begin');
      if (tenantId !== undefined) await client.query(`select set_config('payymo.tenant_id', $1, true)`, [tenantId]);
      return await work(client);
    } finally {
      await client.end();
    }
  };

  it('shows raw SQL the rows of its tenant, in every table [SEC-016]', async () => {
    for (const { name, tenanted } of await tablesOf(on.db)) {
      const column = tenanted ? 'tenant_id' : 'id';
      const { rows } = await asApp(on.northwind.id, client =>
        client.query<Record<string, string>>(`select ${column} as tenant from ${name}`),
      );
      expect([name, rows]).toEqual([name, [{ tenant: on.northwind.id }]]);
    }
  });

  it('shows raw SQL without a tenant nothing [SEC-016]', async () => {
    for (const { name } of await tablesOf(on.db)) {
      expect([name, (await asApp(undefined, client => client.query(`select from ${name}`))).rowCount]).toEqual([name, 0]);
    }
  });

  it('lets raw SQL change rows of its tenant alone, and give none away [SEC-016]', async () => {
    const { rowCount } = await asApp(on.northwind.id, client => client.query('update connections set status_reason = $1', ['x']));
    expect(rowCount).toBe(1);

    const give = asApp(on.northwind.id, client => client.query('update sync_runs set tenant_id = $1', [on.aurora.id]));
    await expect(give).rejects.toThrow('row-level security');

    const plant = asApp(on.northwind.id, client =>
      client.query(`insert into reconciliation_runs (tenant_id, id, state) values ($1, $2, 'QUEUED')`, [on.aurora.id, randomUUID()]),
    );
    await expect(plant).rejects.toThrow('row-level security');
  });

  it('gives the owner of the tables no more, but for what is looked up before a tenant is known, or in all of them [SEC-016]', async () => {
    // The same that test/database/isolation.test.ts lists, with the reasons.
    const lookedUp = ['tenants', 'users', 'api_clients', 'sessions', 'refresh_tokens', 'revocations'];
    const client = new Client({ connectionString: on.db.ownerUrl });
    await client.connect();
    for (const { name } of await tablesOf(on.db)) {
      expect([name, (await client.query(`select from ${name}`)).rowCount]).toEqual([name, lookedUp.includes(name) ? 2 : 0]);
    }
    await client.end();
  });
});
