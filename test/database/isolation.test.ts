import { randomUUID } from 'node:crypto';

import { Client } from 'pg';

import { aDatabase, type TestDatabase } from '../support/database';
import { TEMPLATE } from '../support/settings';
import { fillTables, tablesOf } from './rows';

/** Policies besides the tenant's own, with the reason. */
const FURTHER_POLICIES: Readonly<Record<string, readonly string[]>> = {
  // Sign-in comes before the tenant is known: the owner's function looks for the candidates.
  tenants: ['sign_in'],
  users: ['sign_in'],
  // A client names itself before its tenant is known.
  api_clients: ['client_authentication'],
  // What has run out is deleted for all tenants by one statement, and every process learns of every revocation.
  sessions: ['prune', 'find_expired'],
  refresh_tokens: ['prune', 'find_expired', 'erase'],
  revocations: ['prune', 'poll'],
};

/** What such a policy allows when it is not reading. */
const COMMANDS: Readonly<Record<string, string>> = { prune: 'DELETE', erase: 'UPDATE' };

/** Unique without the tenant, with the reason. */
const UNIQUE_ACROSS_TENANTS: ReadonlySet<string> = new Set([
  'one_platform',
  // A tenant is found by its slug at sign-in, and its row has no other tenant.
  'tenants_slug_key',
  'tenants_pkey',
]);

const TENANT_POLICY = /^\((tenant_id|id) = \( SELECT payymo\.tenant\(\) AS tenant\)\)$/;

let db: TestDatabase;
beforeAll(async () => {
  db = await aDatabase();
});
afterAll(() => db.drop());

describe('tables', () => {
  it('all have a tenant, but for the tenants themselves [SEC-016]', async () => {
    expect((await tablesOf(db)).filter(({ tenanted }) => !tenanted)).toEqual([{ name: 'tenants', tenanted: false }]);
  });

  it('all have row-level security, which binds their owner too [SEC-016]', async () => {
    const unbound = await db.query(`
      select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'migrations'
      and not (relrowsecurity and relforcerowsecurity)`);

    expect(unbound).toEqual([]);
  });

  it('have the policy of the tenant, for reading and writing, and no other than those listed [SEC-016]', async () => {
    const policies = await db.query<{ table: string; name: string; cmd: string; roles: string; qual: string; check: string | null }>(`
      select tablename as table, policyname as name, cmd, roles::text, qual, with_check as check from pg_policies where schemaname = 'public'`);

    for (const { name: table } of await tablesOf(db)) {
      const [tenant, ...others] = policies.filter(policy => policy.table === table).sort((a, b) => b.name.localeCompare(a.name));
      expect([table, tenant]).toMatchObject([table, { name: 'tenant', cmd: 'ALL', roles: '{public}' }]);
      expect(tenant?.qual).toMatch(TENANT_POLICY);
      expect(tenant?.check).toBe(tenant?.qual);
      expect([table, others.map(({ name }) => name)]).toEqual([table, FURTHER_POLICIES[table] ?? []]);
      for (const other of others) expect(other).toMatchObject({ cmd: COMMANDS[other.name] ?? 'SELECT', roles: '{payymo_owner}' });
    }
  });

  it('begin every primary key and unique index with the tenant [SEC-016] [DAT-004]', async () => {
    const others = await db.query<{ name: string }>(`
      select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations' and i.indisunique and a.attname <> 'tenant_id'`);

    expect(others.map(({ name }) => name).sort()).toEqual([...UNIQUE_ACROSS_TENANTS].sort());
  });

  it('refer to each other with the tenant first on both sides [SEC-016] [DAT-004]', async () => {
    const keys = await db.query<{ name: string; from: string; to: string; target: string }>(`
      select k.conname as name, a.attname as from, b.attname as to, k.confrelid::regclass::text as target from pg_constraint k
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
      where k.contype = 'f' and k.connamespace = 'public'::regnamespace`);

    expect(keys.length).toBeGreaterThan(15);
    expect(keys.filter(({ from, to, target }) => from !== 'tenant_id' || to !== (target === 'tenants' ? 'id' : 'tenant_id'))).toEqual([]);
  });

  it('refuse a row that refers to another tenant, for anybody [SEC-016]', async () => {
    const [northwind] = await fillTables(db);
    const stranger = randomUUID();
    await db.query(`insert into tenants (id, slug, name, country) values ($1, 'stranger', 'Stranger', 'DE')`, [stranger]);

    const insert = `insert into accounts (tenant_id, id, connection_id, provider_account_id) values ($1, $2, $3, 'a')`;
    await expect(db.query(insert, [stranger, randomUUID(), northwind.rowId])).rejects.toThrow('foreign key');
  });
});

describe('roles', () => {
  it('have no power of their own [SEC-016]', async () => {
    const roles = await db.query(`
      select rolname, rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication as powerful
      from pg_roles where rolname like 'payymo%' order by rolname`);

    expect(roles).toEqual(['app', 'owner', 'worker'].map(name => ({ rolname: `payymo_${name}`, powerful: false })));
    expect(await db.query(`select from pg_auth_members where member in (select oid from pg_roles where rolname like 'payymo%')`)).toEqual(
      [],
    );
  });

  it('own nothing, but for the owner [SEC-016]', async () => {
    const owners = await db.query<{ owner: string }>(`
      select distinct relowner::regrole::text as owner from pg_class where relnamespace in ('public'::regnamespace, 'payymo'::regnamespace)
      union select proowner::regrole::text from pg_proc where pronamespace = 'payymo'::regnamespace`);

    expect(owners).toEqual([{ owner: 'payymo_owner' }]);
  });

  it.each(['payymo_app', 'payymo_worker'])('%s makes no table, schema or temporary table [SEC-016]', async role => {
    const [may] = await db.query(
      `select has_database_privilege($1, $2, 'create') or has_database_privilege($1, $2, 'temp') or has_schema_privilege($1, 'public', 'create')
        or has_schema_privilege($1, 'payymo', 'create') or has_schema_privilege($1, 'graphile_worker', 'create') as make`,
      [role, TEMPLATE],
    );

    expect(may).toEqual({ make: false });
  });

  it('grant the public nothing [SEC-016]', async () => {
    const grants = await db.query(`
      select relname from pg_class, aclexplode(relacl) where relnamespace in ('public'::regnamespace, 'payymo'::regnamespace, 'graphile_worker'::regnamespace)
        and grantee = 0 and relname <> 'migrations'
      union select proname from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) where pronamespace = 'payymo'::regnamespace and grantee = 0`);

    expect(grants).toEqual([]);
  });

  it('let nobody truncate, disable triggers or refer to tables but the owner [SEC-016]', async () => {
    const grants = await db.query(`
      select table_name, grantee, privilege_type from information_schema.role_table_grants where table_schema = 'public'
      and grantee <> 'payymo_owner' and (grantee <> 'payymo_app' or privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))`);

    expect(grants).toEqual([]);
  });
});

describe('functions of ours', () => {
  it('look names up in fixed places only [SEC-016]', async () => {
    const functions = await db.query<{ name: string; config: string[] | null }>(
      `select proname as name, proconfig as config from pg_proc where pronamespace = 'payymo'::regnamespace order by proname`,
    );

    expect(functions.map(({ name }) => name)).toEqual(FUNCTIONS);
    for (const { config } of functions) expect(config).toEqual(['search_path=pg_catalog, pg_temp']);
  });
});

describe('the database refuses', () => {
  const as = async (role: 'app' | 'worker', text: string, tenant?: string): Promise<unknown[]> => {
    const client = new Client({ connectionString: role === 'app' ? db.appUrl : db.workerUrl });
    await client.connect();
    try {
      await client.query('begin');
      if (tenant !== undefined) await client.query(`select set_config('payymo.tenant_id', $1, true)`, [tenant]);
      return (await client.query(text)).rows as unknown[];
    } finally {
      await client.end();
    }
  };

  it('the worker every table of tenants [SEC-016]', async () => {
    for (const { name } of await tablesOf(db)) await expect(as('worker', `select from ${name}`)).rejects.toThrow('permission denied');
  });

  it('the application the job queue [SEC-016]', async () => {
    for (const table of ['_private_jobs', '_private_tasks', '_private_job_queues', 'jobs']) {
      await expect(as('app', `select from graphile_worker.${table}`)).rejects.toThrow('permission denied');
    }
    await expect(as('app', `select graphile_worker.add_job('a')`)).rejects.toThrow('permission denied');
  });

  it("a job for another tenant, for none, and for one outside of a tenant's transaction [SEC-016]", async () => {
    const [tenant, other] = [randomUUID(), randomUUID()];
    const add = (payload: string) => `select payymo.add_job('a', '${payload}', null, null, null, 1)`;

    await expect(as('app', add(`{"tenantId": "${other}"}`), tenant)).rejects.toThrow('must belong to the tenant');
    await expect(as('app', add('{}'), tenant)).rejects.toThrow('must belong to the tenant');
    await expect(as('app', add('{}'))).rejects.toThrow('must belong to the tenant');
    await expect(as('app', add('{"tenantId": ""}'))).rejects.toThrow('must belong to the tenant');
    await expect(as('app', add(`{"tenantId": "${tenant}"}`))).rejects.toThrow('must belong to the tenant');
    await expect(as('app', add(`{"tenantId": "${tenant}"}`), tenant)).resolves.toHaveLength(1);
  });

  it('the application to switch row-level security off, or to become another role [SEC-016]', async () => {
    for (const text of ['alter table users disable row level security', 'set role payymo_owner', 'drop policy tenant on users', 'set session authorization payymo_owner']) {
      await expect(as('app', text)).rejects.toThrow(/permission denied|must be owner/);
    }
    // Asked to do without policies, PostgreSQL fails rather than show more.
    await expect(as('app', 'set row_security = off; select * from users')).rejects.toThrow('row-level security');
  }); // prettier-ignore
});

/** Each is small, and those that look across tenants give ids only: a new one is added here on purpose. */
const FUNCTIONS = [
  'add_job',
  'append_audit',
  'append_platform_audit',
  'audit_payload',
  'audited_tenants',
  'cancel_jobs',
  'give_back_sign_in_attempt',
  'platform_tenant',
  'prune_sessions',
  'refuse_audit_change',
  'require_active',
  'require_open',
  'revocations_since',
  'role_fits_tenant',
  'seconds_until_attempt',
  'sign_in_candidates',
  'take_sign_in_attempt',
  'tenant',
  'tenant_by_slug',
  'tenant_of_api_client',
  'tenants_for_platform',
  'usage_of',
  'use_once',
  'users_of_device',
  'wake_jobs',
];
