import { isolate, type Migration } from '../src/platform/database/migration';

/** Tenants and their users. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table tenants (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,62}$'),
    name text not null,
    country char(2) not null check (country ~ '^[A-Z]{2}$'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  ${isolate('tenants', 'id')}
  grant select, insert, update on tenants to payymo_app;

  create table users (
    tenant_id uuid not null references tenants,
    id uuid not null,
    email text not null check (email = lower(email) and position('@' in email) > 1),
    name text not null,
    role text not null check (role in ('OWNER', 'ADMIN', 'ACCOUNTANT', 'VIEWER', 'INTEGRATION')),
    password_hash text not null,
    disabled_at timestamptz,
    last_signed_in_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, email)
  );
  create index users_by_email on users (email);
  ${isolate('users')}
  grant select, insert, update on users to payymo_app;

  -- Sign-in comes before the tenant is known: this function alone looks across tenants, and gives ids only.
  create policy sign_in on tenants for select to payymo_owner using (true);
  create policy sign_in on users for select to payymo_owner using (true);
  create function payymo.sign_in_candidates(of_email text, of_tenant text) returns table (tenant_id uuid, user_id uuid)
    language sql stable security definer rows 1 set search_path = pg_catalog, pg_temp
    as $$
      select u.tenant_id, u.id from public.users u join public.tenants t on t.id = u.tenant_id
      where u.email = of_email and (of_tenant is null or t.slug = of_tenant) and u.disabled_at is null
      order by u.tenant_id limit 5
    $$;
  revoke all on function payymo.sign_in_candidates(text, text) from public;
  grant execute on function payymo.sign_in_candidates(text, text) to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.sign_in_candidates(text, text);
  drop table users, tenants;
`);
