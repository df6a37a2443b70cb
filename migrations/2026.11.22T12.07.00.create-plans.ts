import type { Migration } from '../src/platform/database/migration';

/** `check` is what else must hold before a tenant may change anything. */
const requireActive = (check: string) => `
  create or replace function payymo.require_active() returns void
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
    declare
      is_now record;
    begin
      select t.* into is_now from public.tenants t where t.id = payymo.tenant();
      if is_now.status = 'CLOSED' then
        raise exception using errcode = 'PY003', message = 'the tenant is closed';
      elsif is_now.status <> 'ACTIVE' then
        raise exception using errcode = 'PY001', message = 'the tenant is suspended';
      end if;${check}
    end $$;`;

const EXPIRY = `
      if is_now.plan_expires_at <= now() then
        raise exception using errcode = 'PY002', message = 'the plan of the tenant has run out';
      end if;`;

/** What a tenant may use. It is part of the tenant's row: no tenant is without a plan, and a limit is checked under that row's lock. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  alter table tenants
    add column plan_name text not null default 'Unlimited' check (length(plan_name) between 1 and 60),
    add column max_connections int check (max_connections >= 0),
    add column max_transactions_per_month int check (max_transactions_per_month >= 0),
    add column max_users int check (max_users >= 1),
    add column plan_domains text[] check (array_position(plan_domains, null) is null),
    add column plan_features text[] check (array_position(plan_features, null) is null),
    add column plan_expires_at timestamptz;
  grant update (plan_name, max_connections, max_transactions_per_month, max_users, plan_domains, plan_features, plan_expires_at)
    on tenants to payymo_app;
  create index transactions_by_arrival on transactions (tenant_id, created_at);
  ${requireActive(EXPIRY)}

  -- How much of their plans tenants use at a time: of itself for any tenant, of all for the platform. Counts only; it enters each
  -- tenant in turn, so that row-level security holds while it counts.
  create function payymo.usage_of(caller uuid, of_tenants uuid[], at timestamptz)
    returns table (tenant uuid, connections int, transactions int, users int)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
      since constant timestamptz := date_trunc('month', at, 'UTC');
    begin
      if payymo.tenant() is null or caller is distinct from payymo.tenant()
        or not (of_tenants <@ array[caller] or exists (select from public.tenants t where t.id = caller and t.kind = 'PLATFORM')) then
        raise insufficient_privilege using message = 'the usage of other tenants is for the platform alone';
      end if;
      foreach tenant in array of_tenants loop
        perform set_config('payymo.tenant_id', tenant::text, true);
        connections := (
          select count(*) from public.connections c where c.tenant_id = payymo.tenant() and (c.status in ('ACTIVE', 'ERROR') or (
            c.status = 'PENDING' and exists (select from public.connection_authorizations a
              where a.tenant_id = c.tenant_id and a.connection_id = c.id and a.used_at is null and a.expires_at > at)))
        );
        transactions := (select count(*) from public.transactions x where x.tenant_id = payymo.tenant() and x.created_at >= since);
        users := (select count(*) from public.users u where u.tenant_id = payymo.tenant() and u.disabled_at is null);
        return next;
      end loop;
      perform set_config('payymo.tenant_id', caller::text, true);
    end $$;
  revoke all on function payymo.usage_of(uuid, uuid[], timestamptz) from public;
  grant execute on function payymo.usage_of(uuid, uuid[], timestamptz) to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.usage_of(uuid, uuid[], timestamptz);
  ${requireActive('')}
  drop index transactions_by_arrival;
  alter table tenants drop column plan_name, drop column max_connections, drop column max_transactions_per_month, drop column max_users,
    drop column plan_domains, drop column plan_features, drop column plan_expires_at;
`);
