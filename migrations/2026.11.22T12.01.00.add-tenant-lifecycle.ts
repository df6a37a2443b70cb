import type { Migration } from '../src/platform/database/migration';

const CANDIDATES = 'payymo.sign_in_candidates(of_email text, of_tenant text)';

/** `condition` is one more that the tenant must meet. */
const signInCandidates = (condition: string) => `
  create or replace function ${CANDIDATES} returns table (tenant_id uuid, user_id uuid)
    language sql stable security definer rows 1 set search_path = pg_catalog, pg_temp
    as $$
      select u.tenant_id, u.id from public.users u join public.tenants t on t.id = u.tenant_id
      where u.email = of_email and (of_tenant is null or t.slug = of_tenant) and u.disabled_at is null${condition}
      order by u.tenant_id limit 5
    $$;`;

/** Tenants can be suspended and closed; one of them, the platform itself, is where its operators and auditors belong. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  alter table tenants
    add column kind text not null default 'BUSINESS' check (kind in ('BUSINESS', 'PLATFORM')),
    add column status text not null default 'ACTIVE' check (status in ('ACTIVE', 'SUSPENDED', 'CLOSED')),
    add column status_reason text,
    add column second_factor_required boolean not null default false,
    add check ((kind = 'PLATFORM') = (slug = 'platform')),
    add check (kind = 'BUSINESS' or (status = 'ACTIVE' and second_factor_required)),
    add check (status <> 'SUSPENDED' or status_reason is not null);
  create unique index one_platform on tenants (kind) where kind = 'PLATFORM';

  -- What a tenant is, and what it is called everywhere, never changes.
  revoke update on tenants from payymo_app;
  grant update (name, country, status, status_reason, second_factor_required, updated_at) on tenants to payymo_app;

  -- Travels with BEGIN in front of every change; a tenant that is just being made has no row yet.
  create function payymo.require_active() returns void
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
    declare
      is_now text := (select t.status from public.tenants t where t.id = payymo.tenant());
    begin
      if is_now = 'CLOSED' then
        raise exception using errcode = 'PY003', message = 'the tenant is closed';
      elsif is_now <> 'ACTIVE' then
        raise exception using errcode = 'PY001', message = 'the tenant is suspended';
      end if;
    end $$;

  -- The same in front of what also a suspended tenant's people may do.
  create function payymo.require_open() returns void
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
    begin
      if exists (select from public.tenants t where t.id = payymo.tenant() and t.status = 'CLOSED') then
        raise exception using errcode = 'PY003', message = 'the tenant is closed';
      end if;
    end $$;
  ${signInCandidates(` and t.status <> 'CLOSED'`)}

  create function payymo.platform_tenant() returns uuid
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$ select t.id from public.tenants t where t.kind = 'PLATFORM' $$;

  -- Every tenant, for a transaction of the platform; none for any other.
  create function payymo.tenants_for_platform(of_tenant uuid) returns setof public.tenants
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
      select t.* from public.tenants t
      where of_tenant = payymo.tenant() and exists (select from public.tenants p where p.id = of_tenant and p.kind = 'PLATFORM')
    $$;

  -- What an operator does to a tenant stands in the trail of the platform too, in the same transaction.
  create function payymo.append_platform_audit(of_tenant uuid, actor text, request_id text, entries jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
      platform constant uuid := payymo.platform_tenant();
    begin
      if payymo.tenant() is null or of_tenant is distinct from payymo.tenant() then
        raise insufficient_privilege using message = 'an audit entry must come from the tenant of its transaction';
      end if;
      if not exists (select from public.users u where u.tenant_id = platform and 'user:' || u.id = actor and u.disabled_at is null) then
        raise insufficient_privilege using message = 'only people of the platform act on tenants';
      end if;
      perform set_config('payymo.tenant_id', platform::text, true);
      perform payymo.append_audit(platform, actor, request_id, entries);
      perform set_config('payymo.tenant_id', of_tenant::text, true);
    end $$;

  -- Jobs of a suspended tenant fail and wait ever longer; once it is active again they need not, and what failed does not count.
  create function payymo.wake_jobs(of_tenant uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
      if payymo.tenant() is null or of_tenant is distinct from payymo.tenant() then
        raise insufficient_privilege using message = 'jobs must belong to the tenant of the transaction';
      end if;
      perform graphile_worker.reschedule_jobs(array(
        select j.id from graphile_worker._private_jobs j where j.payload->>'tenantId' = of_tenant::text and j.attempts > 0
      ), run_at => now(), attempts => 0);
    end $$;

  create function payymo.cancel_jobs(of_tenant uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
      if payymo.tenant() is null or of_tenant is distinct from payymo.tenant() then
        raise insufficient_privilege using message = 'jobs must belong to the tenant of the transaction';
      end if;
      perform graphile_worker.complete_jobs(array(
        select j.id from graphile_worker._private_jobs j where j.payload->>'tenantId' = of_tenant::text
      ));
    end $$;

  revoke all on function payymo.require_active(), payymo.require_open(), payymo.platform_tenant(), payymo.tenants_for_platform(uuid),
    payymo.append_platform_audit(uuid, text, text, jsonb), payymo.wake_jobs(uuid), payymo.cancel_jobs(uuid) from public;
  grant execute on function payymo.require_active(), payymo.require_open(), payymo.platform_tenant(), payymo.tenants_for_platform(uuid),
    payymo.append_platform_audit(uuid, text, text, jsonb), payymo.wake_jobs(uuid), payymo.cancel_jobs(uuid) to payymo_app;
`);

/** The platform's own tenant stays, as a business that nobody works for: what refers to it must not be lost. */
export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.cancel_jobs(uuid), payymo.wake_jobs(uuid), payymo.append_platform_audit(uuid, text, text, jsonb),
    payymo.tenants_for_platform(uuid), payymo.platform_tenant(), payymo.require_open(), payymo.require_active();
  ${signInCandidates('')}
  drop index one_platform;
  alter table tenants drop column kind, drop column status, drop column status_reason, drop column second_factor_required;
  revoke update (name, country, updated_at) on tenants from payymo_app;
  grant update on tenants to payymo_app;
`);
