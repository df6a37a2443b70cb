import { isolate, type Migration } from '../src/platform/database/migration';

/** What users prove themselves with beside the password: one-time passwords, passkeys, recovery codes; and the second step of a sign-in. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table totp_seeds (
    tenant_id uuid not null references tenants,
    id uuid not null,
    user_id uuid not null,
    sealed_seed text not null,
    -- The last time step whose code was taken (RFC 6238, section 5.2): no step is taken twice.
    last_step integer not null default 0,
    confirmed_at timestamptz,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users,
    check ((confirmed_at is null) = (expires_at is not null))
  );
  create unique index one_totp_seed on totp_seeds (tenant_id, user_id) where confirmed_at is not null;
  create unique index one_pending_totp_seed on totp_seeds (tenant_id, user_id) where confirmed_at is null;
  ${isolate('totp_seeds')}
  grant select, insert, update, delete on totp_seeds to payymo_app;

  create table passkeys (
    tenant_id uuid not null references tenants,
    id uuid not null,
    user_id uuid not null,
    name text not null,
    -- Base64url, both.
    credential_id text not null,
    public_key text not null,
    transports text[] not null,
    counter bigint not null check (counter between 0 and 4294967295),
    last_used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, credential_id),
    foreign key (tenant_id, user_id) references users
  );
  create index passkeys_of_user on passkeys (tenant_id, user_id);
  ${isolate('passkeys')}
  grant select, insert, update, delete on passkeys to payymo_app;

  create table recovery_codes (
    tenant_id uuid not null references tenants,
    id uuid not null,
    user_id uuid not null,
    code_hash text not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, user_id, code_hash),
    foreign key (tenant_id, user_id) references users
  );
  ${isolate('recovery_codes')}
  grant select, insert, update, delete on recovery_codes to payymo_app;

  -- The second step of a sign-in, between the password and the tokens.
  create table second_factor_challenges (
    tenant_id uuid not null references tenants,
    id uuid not null,
    user_id uuid not null,
    token_hash text not null,
    demand text not null check (demand in ('VERIFY', 'ENROL')),
    -- The key, certificate or browser that gave the password; null when the request proved none.
    proof text,
    -- SHA-256 of the password hash: a changed password ends the step.
    password_digest text not null,
    failures integer not null default 0,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, token_hash),
    foreign key (tenant_id, user_id) references users
  );
  create index second_factor_challenges_of_user on second_factor_challenges (tenant_id, user_id);
  ${isolate('second_factor_challenges')}
  grant select, insert, update, delete on second_factor_challenges to payymo_app;

  -- What a passkey is asked to sign: once, in time, and where it was asked.
  create table passkey_ceremonies (
    tenant_id uuid not null references tenants,
    id uuid not null,
    user_id uuid not null,
    purpose text not null check (purpose in ('REGISTRATION', 'AUTHENTICATION')),
    -- The sign-in or the session that it belongs to.
    context_id uuid not null,
    challenge_hash text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, challenge_hash),
    foreign key (tenant_id, user_id) references users
  );
  create index passkey_ceremonies_of_user on passkey_ceremonies (tenant_id, user_id);
  ${isolate('passkey_ceremonies')}
  grant select, insert, update, delete on passkey_ceremonies to payymo_app;

  -- Failures in a row, of a user: the id is the user's.
  create table second_factor_failures (
    tenant_id uuid not null references tenants,
    id uuid not null,
    failures integer not null,
    -- Of them those of one-time passwords: they alone can be guessed, and they alone make the next one wait.
    totp_failures integer not null default 0,
    blocked_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, id) references users
  );
  ${isolate('second_factor_failures')}
  grant select, insert, update, delete on second_factor_failures to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql('drop table second_factor_failures, passkey_ceremonies, second_factor_challenges, recovery_codes, passkeys, totp_seeds');
