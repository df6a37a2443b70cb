-- Written by npm run schema from the migrations; do not edit.

create table accounts (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  provider_account_id text not null,
  iban text,
  currency character(3),
  name text,
  owner_name text,
  balance_minor bigint,
  balance_currency character(3),
  balance_on date,
  synced_through date,
  synced_in_run uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((balance_minor IS NULL) = (balance_currency IS NULL))),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, connection_id, provider_account_id)
);
alter table accounts enable row level security;
alter table accounts force row level security;
create policy tenant on accounts for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on accounts to payymo_app;

create table audit_entries (
  tenant_id uuid not null,
  id uuid not null,
  sequence bigint not null,
  recorded_at timestamp with time zone not null,
  actor text not null,
  request_id text not null,
  action text not null,
  object_type text,
  object_id uuid,
  before jsonb,
  after jsonb,
  previous_hash bytea not null,
  hash bytea not null,
  CHECK ((action ~ '^[a-z-]+\.[a-z-]+$'::text)),
  CHECK ((length(hash) = 32)),
  CHECK ((length(previous_hash) = 32)),
  CHECK ((sequence > 0)),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, sequence)
);
alter table audit_entries enable row level security;
alter table audit_entries force row level security;
create policy tenant on audit_entries for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant select on audit_entries to payymo_app;

create table audit_heads (
  tenant_id uuid not null,
  sequence bigint not null,
  hash bytea not null,
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  PRIMARY KEY (tenant_id)
);
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy tenant on audit_heads for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant select on audit_heads to payymo_app;

create table connection_authorizations (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  user_id uuid,
  reference_hash text not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, reference_hash)
);
alter table connection_authorizations enable row level security;
alter table connection_authorizations force row level security;
create policy tenant on connection_authorizations for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on connection_authorizations to payymo_app;

create table connections (
  tenant_id uuid not null,
  id uuid not null,
  provider text not null,
  institution_id text not null,
  institution_name text not null,
  status text not null,
  status_reason text,
  consent_id text,
  history_days integer not null,
  consent_expires_at timestamp with time zone,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((status <> 'ACTIVE'::text) OR (consent_id IS NOT NULL))),
  CHECK ((history_days > 0)),
  CHECK ((status = ANY (ARRAY['PENDING'::text, 'ACTIVE'::text, 'REJECTED'::text, 'EXPIRED'::text, 'ERROR'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX connections_newest ON public.connections USING btree (tenant_id, created_at, id);
alter table connections enable row level security;
alter table connections force row level security;
create policy tenant on connections for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on connections to payymo_app;

create table customers (
  tenant_id uuid not null,
  id uuid not null,
  installation_id uuid not null,
  external_id text not null,
  name text not null,
  company_name text,
  email text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (tenant_id, installation_id) REFERENCES installations(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, installation_id, external_id)
);
alter table customers enable row level security;
alter table customers force row level security;
create policy tenant on customers for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on customers to payymo_app;

create table installations (
  tenant_id uuid not null,
  id uuid not null,
  system text not null,
  url text not null,
  gateway text not null,
  sealed_credentials text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((system = 'whmcs'::text)),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX one_installation_per_tenant ON public.installations USING btree (tenant_id);
alter table installations enable row level security;
alter table installations force row level security;
create policy tenant on installations for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on installations to payymo_app;

create table invoice_imports (
  tenant_id uuid not null,
  id uuid not null,
  installation_id uuid not null,
  state text not null,
  invoices_total integer not null default 0,
  invoices_done integer not null default 0,
  attempts integer not null default 0,
  error_code text,
  error_message text,
  next_attempt_at timestamp with time zone,
  requested_by uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  CHECK (((state = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text])) = (finished_at IS NOT NULL))),
  CHECK ((state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'WAITING'::text, 'SUCCEEDED'::text, 'FAILED'::text]))),
  FOREIGN KEY (tenant_id, installation_id) REFERENCES installations(tenant_id, id),
  FOREIGN KEY (tenant_id, requested_by) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX one_import_at_a_time ON public.invoice_imports USING btree (tenant_id, installation_id) WHERE (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'WAITING'::text]));
alter table invoice_imports enable row level security;
alter table invoice_imports force row level security;
create policy tenant on invoice_imports for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on invoice_imports to payymo_app;

create table invoices (
  tenant_id uuid not null,
  id uuid not null,
  installation_id uuid not null,
  customer_id uuid not null,
  external_id text not null,
  number text not null,
  status text not null,
  currency character(3) not null,
  total_minor bigint not null,
  balance_minor bigint not null,
  issued_on date not null,
  due_on date,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((status = ANY (ARRAY['UNPAID'::text, 'PAID'::text, 'CANCELLED'::text, 'REFUNDED'::text, 'COLLECTIONS'::text, 'DRAFT'::text, 'PAYMENT_PENDING'::text]))),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  FOREIGN KEY (tenant_id, installation_id) REFERENCES installations(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, installation_id, external_id)
);
CREATE INDEX invoices_by_balance ON public.invoices USING btree (tenant_id, balance_minor, id);
CREATE INDEX invoices_by_date ON public.invoices USING btree (tenant_id, issued_on, id);
CREATE INDEX invoices_by_due_date ON public.invoices USING btree (tenant_id, due_on, id);
CREATE INDEX invoices_by_status ON public.invoices USING btree (tenant_id, status, issued_on, id);
CREATE INDEX invoices_of_customer ON public.invoices USING btree (tenant_id, customer_id, issued_on, id);
alter table invoices enable row level security;
alter table invoices force row level security;
create policy tenant on invoices for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on invoices to payymo_app;

create table matches (
  tenant_id uuid not null,
  id uuid not null,
  transaction_id uuid not null,
  invoice_id uuid not null,
  run_id uuid not null,
  amount_minor bigint not null,
  currency character(3) not null,
  state text not null,
  confidence integer not null,
  tied boolean not null,
  evidence jsonb not null,
  engine_version text not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  reason text,
  applied_at timestamp with time zone,
  application_attempts integer not null default 0,
  next_attempt_at timestamp with time zone,
  error_code text,
  error_message text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((confidence >= 0) AND (confidence <= 10000))),
  CHECK (((state = 'APPLIED'::text) = (applied_at IS NOT NULL))),
  CHECK (((state = ANY (ARRAY['REJECTED'::text, 'APPROVED'::text, 'APPLIED'::text, 'FAILED'::text])) = (decided_at IS NOT NULL))),
  CHECK ((amount_minor > 0)),
  CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'WITHDRAWN'::text, 'REJECTED'::text, 'APPROVED'::text, 'APPLIED'::text, 'FAILED'::text]))),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES users(tenant_id, id),
  FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices(tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES reconciliation_runs(tenant_id, id),
  FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, transaction_id, invoice_id)
);
CREATE INDEX matches_by_confidence ON public.matches USING btree (tenant_id, confidence, id);
CREATE INDEX matches_by_state ON public.matches USING btree (tenant_id, state, confidence, id);
CREATE INDEX matches_newest ON public.matches USING btree (tenant_id, created_at, id);
CREATE INDEX matches_of_invoice ON public.matches USING btree (tenant_id, invoice_id, id);
alter table matches enable row level security;
alter table matches force row level security;
create policy tenant on matches for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on matches to payymo_app;

create table reconciliation_runs (
  tenant_id uuid not null,
  id uuid not null,
  state text not null,
  payments_total integer not null default 0,
  payments_done integer not null default 0,
  proposals integer not null default 0,
  auto_approved integer not null default 0,
  auto_approve_from integer,
  attempts integer not null default 0,
  error_code text,
  error_message text,
  next_attempt_at timestamp with time zone,
  requested_by uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  CHECK (((auto_approve_from >= 0) AND (auto_approve_from <= 10000))),
  CHECK (((state = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text])) = (finished_at IS NOT NULL))),
  CHECK ((state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'WAITING'::text, 'SUCCEEDED'::text, 'FAILED'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, requested_by) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX one_reconciliation_at_a_time ON public.reconciliation_runs USING btree (tenant_id) WHERE (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'WAITING'::text]));
alter table reconciliation_runs enable row level security;
alter table reconciliation_runs force row level security;
create policy tenant on reconciliation_runs for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on reconciliation_runs to payymo_app;

create table rejected_lines (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  run_id uuid not null,
  digest text not null,
  reason text not null,
  raw jsonb not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts(tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES sync_runs(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, account_id, digest)
);
CREATE INDEX rejected_lines_of_run ON public.rejected_lines USING btree (tenant_id, run_id, id);
alter table rejected_lines enable row level security;
alter table rejected_lines force row level security;
create policy tenant on rejected_lines for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on rejected_lines to payymo_app;

create table sync_runs (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  state text not null,
  accounts_total integer not null default 0,
  accounts_done integer not null default 0,
  lines_seen integer not null default 0,
  lines_new integer not null default 0,
  lines_updated integer not null default 0,
  lines_rejected integer not null default 0,
  attempts integer not null default 0,
  error_code text,
  error_message text,
  next_attempt_at timestamp with time zone,
  requested_by uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  CHECK (((state = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text])) = (finished_at IS NOT NULL))),
  CHECK ((state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'WAITING'::text, 'SUCCEEDED'::text, 'FAILED'::text]))),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, id),
  FOREIGN KEY (tenant_id, requested_by) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sync_runs_newest ON public.sync_runs USING btree (tenant_id, connection_id, created_at DESC);
CREATE UNIQUE INDEX one_sync_at_a_time ON public.sync_runs USING btree (tenant_id, connection_id) WHERE (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'WAITING'::text]));
alter table sync_runs enable row level security;
alter table sync_runs force row level security;
create policy tenant on sync_runs for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on sync_runs to payymo_app;

create table tenants (
  id uuid not null,
  slug text not null,
  name text not null,
  country character(2) not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  kind text not null default 'BUSINESS'::text,
  status text not null default 'ACTIVE'::text,
  second_factor_required boolean not null default false,
  CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CHECK ((kind = ANY (ARRAY['BUSINESS'::text, 'PLATFORM'::text]))),
  CHECK ((slug ~ '^[a-z][a-z0-9-]{1,62}$'::text)),
  CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'CLOSED'::text]))),
  PRIMARY KEY (id),
  UNIQUE (slug)
);
CREATE UNIQUE INDEX one_platform ON public.tenants USING btree (kind) WHERE (kind = 'PLATFORM'::text);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy sign_in on tenants for select to payymo_owner using (true);
create policy tenant on tenants for all to public using ((id = ( SELECT payymo.tenant() AS tenant))) with check ((id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on tenants to payymo_app;

create table transactions (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  connection_id uuid not null,
  status text not null,
  booked_on date not null,
  value_on date,
  amount_minor bigint not null,
  currency character(3) not null,
  counterparty_name text,
  counterparty_iban text,
  remittance text not null,
  structured_reference text,
  end_to_end_id text,
  bank_transaction_code text,
  provider_id text,
  internal_id text,
  fingerprint text not null,
  ordinal integer not null,
  match_state text not null default 'UNMATCHED'::text,
  search text not null generated always as (lower(((((((COALESCE(counterparty_name, ''::text) || ' '::text) || remittance) || ' '::text) || COALESCE(structured_reference, ''::text)) || ' '::text) || COALESCE(end_to_end_id, ''::text)))) stored,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((match_state = ANY (ARRAY['UNMATCHED'::text, 'PROPOSED'::text, 'MATCHED'::text]))),
  CHECK ((ordinal >= 0)),
  CHECK ((status = ANY (ARRAY['PENDING'::text, 'BOOKED'::text]))),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts(tenant_id, id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX transactions_by_amount ON public.transactions USING btree (tenant_id, amount_minor, id);
CREATE INDEX transactions_by_date ON public.transactions USING btree (tenant_id, booked_on, id);
CREATE INDEX transactions_by_match_state ON public.transactions USING btree (tenant_id, match_state, booked_on, id);
CREATE INDEX transactions_of_account ON public.transactions USING btree (tenant_id, account_id, booked_on, id);
CREATE INDEX transactions_of_connection ON public.transactions USING btree (tenant_id, connection_id, booked_on, id);
CREATE UNIQUE INDEX one_row_per_line ON public.transactions USING btree (tenant_id, account_id, status, fingerprint, ordinal);
alter table transactions enable row level security;
alter table transactions force row level security;
create policy tenant on transactions for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on transactions to payymo_app;

create table users (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  name text not null,
  role text not null,
  password_hash text not null,
  disabled_at timestamp with time zone,
  last_signed_in_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((email = lower(email)) AND (POSITION(('@'::text) IN (email)) > 1))),
  CHECK ((role = ANY (ARRAY['OWNER'::text, 'ADMIN'::text, 'ACCOUNTANT'::text, 'VIEWER'::text, 'INTEGRATION'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email)
);
CREATE INDEX users_by_email ON public.users USING btree (email);
alter table users enable row level security;
alter table users force row level security;
create policy sign_in on users for select to payymo_owner using (true);
create policy tenant on users for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on users to payymo_app;

CREATE OR REPLACE FUNCTION payymo.add_job(task text, payload json, queue text, job_key text, run_at timestamp with time zone, attempts integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      if payymo.tenant() is null or payload->>'tenantId' is distinct from payymo.tenant()::text then
        raise insufficient_privilege using message = 'a job must belong to the tenant of its transaction';
      end if;
      perform graphile_worker.add_job(task, payload, queue_name => queue, run_at => run_at, max_attempts => attempts,
        job_key => job_key, job_key_mode => 'replace');
    end $function$
;
grant execute on function payymo.add_job to payymo_app;

CREATE OR REPLACE FUNCTION payymo.append_audit(of_tenant uuid, actor text, request_id text, entries jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    declare
      head public.audit_heads;
      given jsonb;
      entry public.audit_entries;
    begin
      if payymo.tenant() is null or of_tenant is distinct from payymo.tenant() then
        raise insufficient_privilege using message = 'an audit entry must belong to the tenant of its transaction';
      end if;
      insert into public.audit_heads values (of_tenant, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
      select * into head from public.audit_heads where tenant_id = of_tenant for update;
      for given in select * from jsonb_array_elements(entries) loop
        head.sequence := head.sequence + 1;
        entry := row(of_tenant, given->>'id', head.sequence, clock_timestamp(), actor, request_id, given->>'action',
          given->'object'->>'type', given->'object'->>'id', given->'before', given->'after', head.hash, head.hash);
        entry.hash := sha256(head.hash || convert_to(payymo.audit_payload(entry), 'UTF8'));
        head.hash := entry.hash;
        insert into public.audit_entries select entry.*;
      end loop;
      update public.audit_heads set sequence = head.sequence, hash = head.hash where tenant_id = of_tenant;
    end $function$
;
grant execute on function payymo.append_audit to payymo_app;

CREATE OR REPLACE FUNCTION payymo.audit_payload(entry audit_entries)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select jsonb_build_object('tenant', entry.tenant_id, 'id', entry.id, 'sequence', entry.sequence,
        'at', to_char(entry.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'actor', entry.actor,
        'request', entry.request_id, 'action', entry.action, 'objectType', entry.object_type, 'object', entry.object_id,
        'before', entry.before, 'after', entry.after)::text
    $function$
;
grant execute on function payymo.audit_payload to payymo_app;

CREATE OR REPLACE FUNCTION payymo.require_active()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      if exists (select from public.tenants t where t.id = payymo.tenant() and t.status <> 'ACTIVE') then
        raise exception using errcode = 'PY001', message = 'the tenant is suspended';
      end if;
    end $function$
;
grant execute on function payymo.require_active to payymo_app;

CREATE OR REPLACE FUNCTION payymo.sign_in_candidates(of_email text, of_tenant text)
 RETURNS TABLE(tenant_id uuid, user_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 1
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select u.tenant_id, u.id from public.users u join public.tenants t on t.id = u.tenant_id
      where u.email = of_email and (of_tenant is null or t.slug = of_tenant) and u.disabled_at is null
      order by u.tenant_id limit 5
    $function$
;
grant execute on function payymo.sign_in_candidates to payymo_app;

CREATE OR REPLACE FUNCTION payymo.tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select nullif(current_setting('payymo.tenant_id', true), '')::uuid $function$
;
grant execute on function payymo.tenant to payymo_app;
