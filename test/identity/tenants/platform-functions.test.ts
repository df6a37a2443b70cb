import { randomUUID } from 'node:crypto';

import { Client } from 'pg';

import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aPlatform, type TestPlatform } from '../../support/platform';

/** What the database itself holds against a fault of ours: each statement runs as the application, inside a tenant. */
describe('the database', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let northwind: TestTenant;
  let aurora: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    platform = await aPlatform(app);
    [northwind, aurora] = [app.tenant('northwind'), app.tenant('aurora')];
  });
  afterAll(() => app.close());

  const inside = async (tenantId: string, text: string, values: unknown[] = []): Promise<unknown[]> => {
    const client = new Client({ connectionString: app.db.appUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('payymo.tenant_id', $1, true)`, [tenantId]);
      return (await client.query<object>(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  const USAGE = `select tenant, users from payymo.usage_of($1, $2, now())`;
  const PLATFORM_ENTRY = `select payymo.append_platform_audit($1, $2, 'request', '[]')`;

  it('lists tenants inside the platform alone [SEC-016]', async () => {
    const list = 'select id from payymo.tenants_for_platform($1)';
    expect(await inside(platform.uuid, list, [platform.uuid])).toHaveLength(3);
    expect(await inside(northwind.uuid, list, [northwind.uuid])).toEqual([]);
    expect(await inside(northwind.uuid, list, [platform.uuid])).toEqual([]);
    expect(await inside(platform.uuid, list, [northwind.uuid])).toEqual([]);
  });

  it('counts the usage of others inside the platform alone, and stays in the tenant that asks [SEC-016]', async () => {
    expect(await inside(northwind.uuid, USAGE, [northwind.uuid, [northwind.uuid]])).toEqual([{ tenant: northwind.uuid, users: 5 }]);
    expect(await inside(platform.uuid, USAGE, [platform.uuid, [northwind.uuid, aurora.uuid]])).toHaveLength(2);
    await expect(inside(northwind.uuid, USAGE, [northwind.uuid, [aurora.uuid]])).rejects.toThrow('for the platform alone');
    await expect(inside(northwind.uuid, USAGE, [platform.uuid, [aurora.uuid]])).rejects.toThrow('for the platform alone');

    const after = `with used as materialized (${USAGE}) select (select count(*)::int from used) as used, payymo.tenant() as tenant`;
    expect(await inside(platform.uuid, after, [platform.uuid, [northwind.uuid]])).toEqual([{ used: 1, tenant: platform.uuid }]);
    const people = await inside(platform.uuid, `select count(*)::int from (${USAGE}) u, users`, [platform.uuid, [northwind.uuid]]);
    expect(people).toEqual([{ count: 2 }]);
  });

  it('takes entries for the trail of the platform from its own people alone [SEC-020]', async () => {
    const operator = `user:${platform.userUuids.PLATFORM_OPERATOR}`;
    await expect(inside(northwind.uuid, PLATFORM_ENTRY, [northwind.uuid, operator])).resolves.toHaveLength(1);
    for (const actor of [`user:${northwind.userUuids.OWNER}`, `user:${randomUUID()}`, 'job:any', '']) {
      await expect(inside(northwind.uuid, PLATFORM_ENTRY, [northwind.uuid, actor])).rejects.toThrow('only people of the platform');
    }
    await expect(inside(northwind.uuid, PLATFORM_ENTRY, [aurora.uuid, operator])).rejects.toThrow('the tenant of its transaction');
  });

  it.each(['wake_jobs', 'cancel_jobs'])('lets %s touch the jobs of the own tenant alone [SEC-016]', async name => {
    await expect(inside(northwind.uuid, `select payymo.${name}($1)`, [northwind.uuid])).resolves.toHaveLength(1);
    await expect(inside(northwind.uuid, `select payymo.${name}($1)`, [aurora.uuid])).rejects.toThrow('the tenant of the transaction');
  });

  it('changes neither slug, kind nor id of a tenant, and no tenant but the own [SEC-016]', async () => {
    for (const column of [`slug = 'other'`, `kind = 'PLATFORM'`, 'id = gen_random_uuid()', 'created_at = now()']) {
      await expect(inside(northwind.uuid, `update tenants set ${column}`)).rejects.toThrow('permission denied');
    }
    expect(await inside(northwind.uuid, `update tenants set name = 'Mine' returning id`)).toEqual([{ id: northwind.uuid }]);
  });

  it('has one platform, under one name, always active and with a second factor [SEC-011]', async () => {
    const insert = `insert into tenants (id, slug, name, country, kind, second_factor_required) values ($1, $2, 'x', 'DE', $3, true)`;
    await expect(app.db.query(insert, [randomUUID(), 'platform-two', 'PLATFORM'])).rejects.toThrow('check constraint');
    await expect(app.db.query(insert, [randomUUID(), 'platform', 'BUSINESS'])).rejects.toThrow('check constraint');
    await expect(app.db.query(insert, [randomUUID(), 'platform', 'PLATFORM'])).rejects.toThrow('unique');
    for (const change of [`status = 'CLOSED'`, `status = 'SUSPENDED', status_reason = 'why'`, 'second_factor_required = false']) {
      await expect(app.db.query(`update tenants set ${change} where kind = 'PLATFORM'`)).rejects.toThrow('check constraint');
    }
  });
});
