import { isolate, type Migration } from '../src/platform/database/migration';

/** Proposed and decided matches of payments with invoices, and the runs that propose them. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table reconciliation_runs (
    tenant_id uuid not null references tenants,
    id uuid not null,
    state text not null check (state in ('QUEUED', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED')),
    payments_total int not null default 0,
    payments_done int not null default 0,
    proposals int not null default 0,
    auto_approved int not null default 0,
    auto_approve_from int check (auto_approve_from between 0 and 10000),
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
    foreign key (tenant_id, requested_by) references users,
    check ((state in ('SUCCEEDED', 'FAILED')) = (finished_at is not null))
  );
  create unique index one_reconciliation_at_a_time on reconciliation_runs (tenant_id) where state in ('QUEUED', 'RUNNING', 'WAITING');
  ${isolate('reconciliation_runs')}

  create table matches (
    tenant_id uuid not null,
    id uuid not null,
    transaction_id uuid not null,
    invoice_id uuid not null,
    run_id uuid not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency char(3) not null,
    state text not null check (state in ('PROPOSED', 'WITHDRAWN', 'REJECTED', 'APPROVED', 'APPLIED', 'FAILED')),
    confidence int not null check (confidence between 0 and 10000),
    tied boolean not null,
    evidence jsonb not null,
    engine_version text not null,
    decided_by uuid,
    decided_at timestamptz,
    reason text,
    applied_at timestamptz,
    application_attempts int not null default 0,
    next_attempt_at timestamptz,
    error_code text,
    error_message text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, transaction_id, invoice_id),
    foreign key (tenant_id, transaction_id) references transactions,
    foreign key (tenant_id, invoice_id) references invoices,
    foreign key (tenant_id, run_id) references reconciliation_runs,
    foreign key (tenant_id, decided_by) references users,
    check ((state in ('REJECTED', 'APPROVED', 'APPLIED', 'FAILED')) = (decided_at is not null)),
    check ((state = 'APPLIED') = (applied_at is not null))
  );
  create index matches_of_invoice on matches (tenant_id, invoice_id, id);
  create index matches_by_confidence on matches (tenant_id, confidence, id);
  create index matches_by_state on matches (tenant_id, state, confidence, id);
  create index matches_newest on matches (tenant_id, created_at, id);
  ${isolate('matches')}

  grant select, insert, update on reconciliation_runs, matches to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) => sql('drop table matches, reconciliation_runs;');
