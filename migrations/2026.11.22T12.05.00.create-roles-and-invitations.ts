import { isolate, type Migration } from '../src/platform/database/migration';

const BUSINESS_ROLES = `'OWNER', 'ADMIN', 'ACCOUNTANT', 'VIEWER', 'INTEGRATION'`;
const ROLES = `${BUSINESS_ROLES}, 'CUSTOM', 'PLATFORM_OPERATOR', 'PLATFORM_AUDITOR'`;

/** Roles that tenants make, invitations and password resets. Their tokens are kept as SHA-256: 256 random bits need no slow hash. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table custom_roles (
    tenant_id uuid not null references tenants,
    id uuid not null,
    name text not null check (length(name) between 1 and 60 and name = btrim(name)),
    description text not null check (length(description) <= 300),
    permissions text[] not null check (cardinality(permissions) between 1 and 200 and array_position(permissions, null) is null),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
  );
  create unique index one_role_of_a_name on custom_roles (tenant_id, lower(name));
  ${isolate('custom_roles')}
  grant select, insert, update, delete on custom_roles to payymo_app;

  alter table users drop constraint users_role_check;
  alter table users
    add constraint users_role_check check (role in (${ROLES})),
    add column custom_role_id uuid,
    add constraint users_custom_role check ((role = 'CUSTOM') = (custom_role_id is not null)),
    add foreign key (tenant_id, custom_role_id) references custom_roles;
  create index users_by_custom_role on users (tenant_id, custom_role_id) where custom_role_id is not null;

  create table invitations (
    tenant_id uuid not null references tenants,
    id uuid not null,
    email text not null check (email = lower(email) and position('@' in email) > 1),
    name text not null,
    role text not null check (role in (${ROLES})),
    custom_role_id uuid,
    invited_by uuid,
    token_hash text,
    expires_at timestamptz not null,
    sent_at timestamptz,
    accepted_at timestamptz,
    revoked_at timestamptz,
    user_id uuid,
    mailings int not null default 1 check (mailings > 0),
    attempts int not null default 0,
    error_code text,
    error_message text,
    next_attempt_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, token_hash),
    check ((role = 'CUSTOM') = (custom_role_id is not null) or accepted_at is not null or revoked_at is not null),
    check (accepted_at is null or revoked_at is null),
    check ((accepted_at is not null) = (user_id is not null)),
    check (token_hash is null or accepted_at is null and revoked_at is null),
    foreign key (tenant_id, custom_role_id) references custom_roles,
    foreign key (tenant_id, invited_by) references users,
    foreign key (tenant_id, user_id) references users
  );
  create unique index one_open_invitation on invitations (tenant_id, email) where accepted_at is null and revoked_at is null;
  create index invitations_by_age on invitations (tenant_id, created_at, id);
  create index invitations_by_custom_role on invitations (tenant_id, custom_role_id) where custom_role_id is not null;
  ${isolate('invitations')}
  grant select, insert, update on invitations to payymo_app;

  -- One for each user: a new request takes the place of the last.
  create table password_resets (
    tenant_id uuid not null references tenants,
    id uuid not null,
    user_id uuid not null,
    token_hash text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, user_id),
    unique (tenant_id, token_hash),
    foreign key (tenant_id, user_id) references users
  );
  ${isolate('password_resets')}
  grant select, insert, update, delete on password_resets to payymo_app;

  -- Operators and auditors belong to the platform's own tenant, and nobody else does.
  create function payymo.role_fits_tenant() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
    begin
      if (new.role in ('PLATFORM_OPERATOR', 'PLATFORM_AUDITOR')) is distinct from
         (select t.kind = 'PLATFORM' from public.tenants t where t.id = new.tenant_id) then
        raise check_violation using message = 'the role does not fit the kind of the tenant';
      end if;
      return new;
    end $$;
  revoke all on function payymo.role_fits_tenant() from public;
  create trigger role_fits_tenant before insert or update of role, tenant_id on users
    for each row execute function payymo.role_fits_tenant();
  create trigger role_fits_tenant before insert or update of role, tenant_id on invitations
    for each row execute function payymo.role_fits_tenant();
`);

/** Users whose role did not exist before lose their access rather than keep another role. */
export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop trigger role_fits_tenant on users;
  drop table password_resets, invitations;
  drop function payymo.role_fits_tenant();
  alter table users drop constraint users_custom_role;
  alter table users no force row level security;
  update users set role = 'VIEWER', disabled_at = coalesce(disabled_at, now()), custom_role_id = null
    where role in ('CUSTOM', 'PLATFORM_OPERATOR', 'PLATFORM_AUDITOR');
  alter table users force row level security;
  alter table users drop column custom_role_id;
  drop table custom_roles;
  alter table users drop constraint users_role_check;
  alter table users add constraint users_role_check check (role in (${BUSINESS_ROLES}));
`);
