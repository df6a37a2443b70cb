import { isolate, type Migration } from '../src/platform/database/migration';

/** The partners' clients of a tenant, and their secrets: of each the hash alone, and no more than two that are valid. Sessions belong to them. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table api_clients (
    tenant_id uuid not null references tenants,
    id uuid not null,
    name text not null check (length(name) between 1 and 100),
    description text not null default '' check (length(description) <= 500),
    scopes text[] not null check (cardinality(scopes) > 0),
    authentication_method text not null
      check (authentication_method in ('CLIENT_SECRET', 'PRIVATE_KEY_JWT', 'SELF_SIGNED_TLS_CLIENT_AUTH')),
    jwks jsonb,
    jwks_url text,
    certificate_thumbprints text[] not null default '{}' check (cardinality(certificate_thumbprints) <= 2),
    version int not null default 1 check (version > 0),
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    last_used_at timestamptz,
    ended_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, created_by) references users,
    check ((authentication_method = 'PRIVATE_KEY_JWT') = ((jwks is null) <> (jwks_url is null))),
    check (jwks is null or jwks_url is null),
    check ((authentication_method = 'SELF_SIGNED_TLS_CLIENT_AUTH') = (cardinality(certificate_thumbprints) > 0))
  );
  create index api_clients_by_id on api_clients (id);
  create index api_clients_by_time on api_clients (tenant_id, created_at desc, id desc);
  ${isolate('api_clients')}
  grant select, insert, update on api_clients to payymo_app;

  -- A secret is as it was made, for ever: nobody can put another hash in its place.
  create table api_client_secrets (
    tenant_id uuid not null references tenants,
    id uuid not null,
    client_id uuid not null,
    hash bytea not null check (length(hash) = 32),
    hint text not null check (length(hint) = 4),
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    expires_at timestamptz,
    retired_at timestamptz,
    last_used_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, client_id, hash),
    foreign key (tenant_id, client_id) references api_clients,
    foreign key (tenant_id, created_by) references users
  );
  ${isolate('api_client_secrets')}
  grant select, insert, update (expires_at, retired_at, last_used_at, updated_at) on api_client_secrets to payymo_app;

  -- A client names itself before its tenant is known: this function alone looks across tenants, and gives the id of the tenant only.
  create policy client_authentication on api_clients for select to payymo_owner using (true);
  create function payymo.tenant_of_api_client(of_client uuid) returns table (tenant_id uuid)
    language sql stable security definer rows 1 set search_path = pg_catalog, pg_temp
    as $$
      select (array_agg(c.tenant_id))[1] from public.api_clients c join public.tenants t on t.id = c.tenant_id
      where c.id = of_client and c.ended_at is null and t.status <> 'CLOSED' having count(*) = 1
    $$;
  -- How many seconds the longest block of these counts of failures lasts; 0 when there is none. It takes no attempt: a client asks for
  -- many tokens at once, and those that succeed are no failures.
  create function payymo.seconds_until_attempt(keys bytea[], at timestamptz) returns int
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
      select coalesce(ceil(extract(epoch from max(t.blocked_until) - at)), 0)::int
      from payymo.sign_in_throttle t where t.key = any(keys) and t.blocked_until > at
    $$;
  revoke all on function payymo.tenant_of_api_client(uuid), payymo.seconds_until_attempt(bytea[], timestamptz) from public;
  grant execute on function payymo.tenant_of_api_client(uuid), payymo.seconds_until_attempt(bytea[], timestamptz) to payymo_app;

  alter table sessions add constraint sessions_client_id_fkey foreign key (tenant_id, client_id) references api_clients;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  alter table sessions drop constraint sessions_client_id_fkey;
  drop function payymo.seconds_until_attempt(bytea[], timestamptz);
  drop function payymo.tenant_of_api_client(uuid);
  drop table api_client_secrets, api_clients;
`);
