import type { Migration } from '../src/platform/database/migration';

/** Tenants can be suspended and closed; one of them, the platform itself, is where its operators and auditors belong. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  alter table tenants
    add column kind text not null default 'BUSINESS' check (kind in ('BUSINESS', 'PLATFORM')),
    add column status text not null default 'ACTIVE' check (status in ('ACTIVE', 'SUSPENDED', 'CLOSED')),
    add column second_factor_required boolean not null default false;
  create unique index one_platform on tenants (kind) where kind = 'PLATFORM';

  -- Travels with BEGIN in front of every change; a tenant that is just being made has no row yet.
  create function payymo.require_active() returns void
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
    begin
      if exists (select from public.tenants t where t.id = payymo.tenant() and t.status <> 'ACTIVE') then
        raise exception using errcode = 'PY001', message = 'the tenant is suspended';
      end if;
    end $$;
  revoke all on function payymo.require_active() from public;
  grant execute on function payymo.require_active() to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.require_active();
  drop index one_platform;
  alter table tenants drop column kind, drop column status, drop column second_factor_required;
`);
