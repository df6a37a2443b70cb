import { isolate, type Migration } from '../src/platform/database/migration';

/** Billing installations, their customers and invoices, and the runs that import these. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table installations (
    tenant_id uuid not null references tenants,
    id uuid not null,
    system text not null check (system in ('whmcs')),
    url text not null,
    gateway text not null,
    sealed_credentials text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
  );
  -- One for now: a tenant's invoices come from one place.
  create unique index one_installation_per_tenant on installations (tenant_id);
  ${isolate('installations')}

  create table customers (
    tenant_id uuid not null,
    id uuid not null,
    installation_id uuid not null,
    external_id text not null,
    name text not null,
    company_name text,
    email text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, installation_id, external_id),
    foreign key (tenant_id, installation_id) references installations
  );
  ${isolate('customers')}

  create table invoices (
    tenant_id uuid not null,
    id uuid not null,
    installation_id uuid not null,
    customer_id uuid not null,
    external_id text not null,
    number text not null,
    status text not null check (status in ('UNPAID', 'PAID', 'CANCELLED', 'REFUNDED', 'COLLECTIONS', 'DRAFT', 'PAYMENT_PENDING')),
    currency char(3) not null,
    total_minor bigint not null,
    balance_minor bigint not null,
    issued_on date not null,
    due_on date,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, installation_id, external_id),
    foreign key (tenant_id, installation_id) references installations,
    foreign key (tenant_id, customer_id) references customers
  );
  create index invoices_by_date on invoices (tenant_id, issued_on, id);
  create index invoices_by_due_date on invoices (tenant_id, due_on, id);
  create index invoices_by_balance on invoices (tenant_id, balance_minor, id);
  create index invoices_by_status on invoices (tenant_id, status, issued_on, id);
  create index invoices_of_customer on invoices (tenant_id, customer_id, issued_on, id);
  ${isolate('invoices')}

  create table invoice_imports (
    tenant_id uuid not null,
    id uuid not null,
    installation_id uuid not null,
    state text not null check (state in ('QUEUED', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED')),
    invoices_total int not null default 0,
    invoices_done int not null default 0,
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
    foreign key (tenant_id, installation_id) references installations,
    foreign key (tenant_id, requested_by) references users,
    check ((state in ('SUCCEEDED', 'FAILED')) = (finished_at is not null))
  );
  create unique index one_import_at_a_time on invoice_imports (tenant_id, installation_id) where state in ('QUEUED', 'RUNNING', 'WAITING');
  ${isolate('invoice_imports')}

  grant select, insert, update on installations, customers, invoices, invoice_imports to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) => sql('drop table invoice_imports, invoices, customers, installations;');
