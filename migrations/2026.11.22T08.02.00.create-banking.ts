import { isolate, type Migration } from '../src/platform/database/migration';

/** Connections to banks, their accounts, the lines of these, and the runs that fetch them. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table connections (
    tenant_id uuid not null references tenants,
    id uuid not null,
    provider text not null,
    institution_id text not null,
    institution_name text not null,
    status text not null check (status in ('PENDING', 'ACTIVE', 'REJECTED', 'EXPIRED', 'ERROR')),
    status_reason text,
    consent_id text,
    history_days int not null check (history_days > 0),
    consent_expires_at timestamptz,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, created_by) references users,
    check (status <> 'ACTIVE' or consent_id is not null)
  );
  create index connections_newest on connections (tenant_id, created_at, id);
  ${isolate('connections')}

  -- What a bank's redirect brings back: single use, bound to tenant and user, kept only as a hash.
  create table connection_authorizations (
    tenant_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    user_id uuid,
    reference_hash text not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, reference_hash),
    foreign key (tenant_id, connection_id) references connections,
    foreign key (tenant_id, user_id) references users
  );
  ${isolate('connection_authorizations')}

  create table accounts (
    tenant_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    provider_account_id text not null,
    iban text,
    currency char(3),
    name text,
    owner_name text,
    balance_minor bigint,
    balance_currency char(3),
    balance_on date,
    synced_through date,
    synced_in_run uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, provider_account_id),
    foreign key (tenant_id, connection_id) references connections,
    check ((balance_minor is null) = (balance_currency is null))
  );
  ${isolate('accounts')}

  create table sync_runs (
    tenant_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    state text not null check (state in ('QUEUED', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED')),
    accounts_total int not null default 0,
    accounts_done int not null default 0,
    lines_seen int not null default 0,
    lines_new int not null default 0,
    lines_updated int not null default 0,
    lines_rejected int not null default 0,
    attempts int not null default 0,
    error_code text,
    error_message text,
    next_attempt_at timestamptz,
    requested_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections,
    foreign key (tenant_id, requested_by) references users,
    check ((state in ('SUCCEEDED', 'FAILED')) = (finished_at is not null))
  );
  create unique index one_sync_at_a_time on sync_runs (tenant_id, connection_id) where state in ('QUEUED', 'RUNNING', 'WAITING');
  create index sync_runs_newest on sync_runs (tenant_id, connection_id, created_at desc);
  ${isolate('sync_runs')}

  create table transactions (
    tenant_id uuid not null,
    id uuid not null,
    account_id uuid not null,
    connection_id uuid not null,
    status text not null check (status in ('PENDING', 'BOOKED')),
    booked_on date not null,
    value_on date,
    amount_minor bigint not null,
    currency char(3) not null,
    counterparty_name text,
    counterparty_iban text,
    remittance text not null,
    structured_reference text,
    end_to_end_id text,
    bank_transaction_code text,
    provider_id text,
    internal_id text,
    fingerprint text not null,
    ordinal int not null check (ordinal >= 0),
    match_state text not null default 'UNMATCHED' check (match_state in ('UNMATCHED', 'PROPOSED', 'MATCHED')),
    search text not null generated always as (lower(coalesce(counterparty_name, '') || ' ' || remittance || ' ' ||
      coalesce(structured_reference, '') || ' ' || coalesce(end_to_end_id, ''))) stored,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, account_id) references accounts,
    foreign key (tenant_id, connection_id) references connections
  );
  -- Two equal lines of one day stay two (ordinal); the same line fetched twice stays one.
  create unique index one_row_per_line on transactions (tenant_id, account_id, status, fingerprint, ordinal);
  create index transactions_by_date on transactions (tenant_id, booked_on, id);
  create index transactions_by_amount on transactions (tenant_id, amount_minor, id);
  create index transactions_of_account on transactions (tenant_id, account_id, booked_on, id);
  create index transactions_of_connection on transactions (tenant_id, connection_id, booked_on, id);
  create index transactions_by_match_state on transactions (tenant_id, match_state, booked_on, id);
  ${isolate('transactions')}

  -- Lines that could not be understood, as the bank sent them: shown, never lost, never in the way.
  create table rejected_lines (
    tenant_id uuid not null,
    id uuid not null,
    account_id uuid not null,
    run_id uuid not null,
    digest text not null,
    reason text not null,
    raw jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, account_id, digest),
    foreign key (tenant_id, account_id) references accounts,
    foreign key (tenant_id, run_id) references sync_runs
  );
  create index rejected_lines_of_run on rejected_lines (tenant_id, run_id, id);
  ${isolate('rejected_lines')}

  grant select, insert, update on connections, connection_authorizations, accounts, sync_runs, rejected_lines to payymo_app;
  grant select, insert, update, delete on transactions to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql('drop table rejected_lines, transactions, sync_runs, accounts, connection_authorizations, connections;');
