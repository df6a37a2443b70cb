import { Client } from 'pg';

/**
 * The schema as text in one fixed order: tables with columns, constraints, indexes, policies and grants, and functions. Not a dump to
 * restore from: a review sees in its diff what a migration did.
 * @requirement DAT-002
 */
export async function describeDatabase(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const sections: string[] = [];
    for (const statement of [TABLES, FUNCTIONS]) {
      const { rows } = await client.query<{ text: string }>(statement);
      sections.push(...rows.map(({ text }) => text));
    }
    return `-- Written by npm run schema from the migrations; do not edit.\n\n${sections.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}

const TABLES = `
  select format(E'create table %I (\\n%s\\n);', c.relname, concat_ws(E',\\n', columns.text, constraints.text))
    || coalesce(E'\\n' || indexes.text, '')
    || case when c.relrowsecurity then E'\\n' || format('alter table %I enable row level security;', c.relname) else '' end
    || case when c.relforcerowsecurity then E'\\n' || format('alter table %I force row level security;', c.relname) else '' end
    || coalesce(E'\\n' || policies.text, '') || coalesce(E'\\n' || grants.text, '')
    || coalesce(E'\\n' || column_grants.text, '') as text
  from pg_class c
  cross join lateral (
    select string_agg(format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
      case when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
        when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end), E',\\n' order by a.attnum) as text
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) columns
  cross join lateral (
    select string_agg('  ' || pg_get_constraintdef(k.oid), E',\\n' order by k.contype, pg_get_constraintdef(k.oid)) as text
    from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c')
  ) constraints
  cross join lateral (
    select string_agg(pg_get_indexdef(i.indexrelid) || ';', E'\\n' order by pg_get_indexdef(i.indexrelid)) as text
    from pg_index i where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
  ) indexes
  cross join lateral (
    select string_agg(format('create policy %I on %I for %s to %s using (%s)%s;', p.policyname, p.tablename, lower(p.cmd),
      array_to_string(p.roles, ', '), p.qual, coalesce(' with check (' || p.with_check || ')', '')), E'\\n' order by p.policyname) as text
    from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
  ) policies
  cross join lateral (
    select string_agg(format('grant %s on %I to %s;', g.privileges, c.relname, g.grantee), E'\\n' order by g.grantee) as text
    from (select grantee, string_agg(lower(privilege_type), ', ' order by privilege_type) as privileges
      from information_schema.role_table_grants where table_schema = 'public' and table_name = c.relname and grantee <> 'payymo_owner'
      group by grantee) g
  ) grants
  cross join lateral (
    select string_agg(format('grant %s (%s) on %I to %s;', g.privilege, g.columns, c.relname, g.grantee), E'\\n' order by g.grantee, g.privilege) as text
    from (select lower(acl.privilege_type) as privilege, acl.grantee::regrole::text as grantee, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
      from pg_attribute a, aclexplode(a.attacl) acl where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped group by 1, 2) g
  ) column_grants
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'
  order by c.relname`;

const FUNCTIONS = `
  select pg_get_functiondef(p.oid) || ';' || coalesce(E'\\n' || grants.text, '') as text
  from pg_proc p
  cross join lateral (
    select string_agg(format('grant execute on function payymo.%I to %s;', p.proname, g.grantee), E'\\n' order by g.grantee) as text
    from information_schema.routine_privileges g
    where g.specific_schema = 'payymo' and g.specific_name = p.proname || '_' || p.oid and g.grantee <> 'payymo_owner'
  ) grants
  where p.pronamespace = 'payymo'::regnamespace order by p.proname`;
