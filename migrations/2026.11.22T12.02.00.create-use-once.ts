import type { Migration } from '../src/platform/database/migration';

/**
 * What may be used once: hashes of the ids of DPoP proofs and client assertions. They come before a tenant is known and belong to
 * none, so the table stands apart from the tenants' tables and is reached through its function alone.
 * Unlogged: a row is worth two minutes, and every request that carries a proof writes one.
 */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create unlogged table payymo.used_once (
    key bytea primary key check (length(key) = 32),
    expires_at timestamptz not null
  );
  create index used_once_by_expiry on payymo.used_once (expires_at);

  -- Prunes a few at each call, and leaves those that another call is pruning.
  create function payymo.use_once(of_key bytea, until timestamptz) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
      delete from payymo.used_once where key in (
        select key from payymo.used_once where expires_at < now() order by expires_at limit 20 for update skip locked
      );
      insert into payymo.used_once values (of_key, until) on conflict do nothing;
      return found;
    end $$;

  -- A token of a trusted issuer names its tenant by slug. The platform itself has no outside issuer.
  create function payymo.tenant_by_slug(of_slug text) returns uuid
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$ select t.id from public.tenants t where t.slug = of_slug and t.kind = 'BUSINESS' and t.status <> 'CLOSED' $$;

  revoke all on function payymo.use_once(bytea, timestamptz), payymo.tenant_by_slug(text) from public;
  grant execute on function payymo.use_once(bytea, timestamptz), payymo.tenant_by_slug(text) to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.tenant_by_slug(text);
  drop function payymo.use_once(bytea, timestamptz);
  drop table payymo.used_once;
`);
