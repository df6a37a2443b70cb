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

create table api_client_secrets (
  tenant_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  hash bytea not null,
  hint text not null,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  retired_at timestamp with time zone,
  last_used_at timestamp with time zone,
  CHECK ((length(hash) = 32)),
  CHECK ((length(hint) = 4)),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES api_clients(tenant_id, id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, client_id, hash)
);
alter table api_client_secrets enable row level security;
alter table api_client_secrets force row level security;
create policy tenant on api_client_secrets for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select on api_client_secrets to payymo_app;
grant update (updated_at, expires_at, retired_at, last_used_at) on api_client_secrets to payymo_app;

create table api_clients (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  description text not null default ''::text,
  scopes text[] not null,
  authentication_method text not null,
  jwks jsonb,
  jwks_url text,
  certificate_thumbprints text[] not null default '{}'::text[],
  version integer not null default 1,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  ended_at timestamp with time zone,
  CHECK (((authentication_method = 'PRIVATE_KEY_JWT'::text) = ((jwks IS NULL) <> (jwks_url IS NULL)))),
  CHECK (((authentication_method = 'SELF_SIGNED_TLS_CLIENT_AUTH'::text) = (cardinality(certificate_thumbprints) > 0))),
  CHECK (((jwks IS NULL) OR (jwks_url IS NULL))),
  CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CHECK ((authentication_method = ANY (ARRAY['CLIENT_SECRET'::text, 'PRIVATE_KEY_JWT'::text, 'SELF_SIGNED_TLS_CLIENT_AUTH'::text]))),
  CHECK ((cardinality(certificate_thumbprints) <= 2)),
  CHECK ((cardinality(scopes) > 0)),
  CHECK ((length(description) <= 500)),
  CHECK ((version > 0)),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX api_clients_by_id ON public.api_clients USING btree (id);
CREATE INDEX api_clients_by_time ON public.api_clients USING btree (tenant_id, created_at DESC, id DESC);
alter table api_clients enable row level security;
alter table api_clients force row level security;
create policy client_authentication on api_clients for select to payymo_owner using (true);
create policy tenant on api_clients for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on api_clients to payymo_app;

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
  CHECK (((object_type IS NULL) = (object_id IS NULL))),
  CHECK ((action ~ '^[a-z-]+\.[a-z-]+$'::text)),
  CHECK ((actor <> ''::text)),
  CHECK ((length(hash) = 32)),
  CHECK ((length(previous_hash) = 32)),
  CHECK ((sequence > 0)),
  FOREIGN KEY (tenant_id) REFERENCES audit_heads(tenant_id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, sequence)
);
CREATE INDEX audit_entries_by_action ON public.audit_entries USING btree (tenant_id, action, sequence);
CREATE INDEX audit_entries_by_actor ON public.audit_entries USING btree (tenant_id, actor, sequence);
CREATE INDEX audit_entries_by_object ON public.audit_entries USING btree (tenant_id, object_id, sequence);
CREATE INDEX audit_entries_by_request ON public.audit_entries USING btree (tenant_id, request_id);
CREATE INDEX audit_entries_by_time ON public.audit_entries USING btree (tenant_id, recorded_at);
alter table audit_entries enable row level security;
alter table audit_entries force row level security;
create policy tenant on audit_entries for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant select on audit_entries to payymo_app;

create table audit_heads (
  tenant_id uuid not null,
  sequence bigint not null,
  hash bytea not null,
  CHECK ((length(hash) = 32)),
  CHECK ((sequence >= 0)),
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

create table custom_roles (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  description text not null,
  permissions text[] not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((((cardinality(permissions) >= 1) AND (cardinality(permissions) <= 200)) AND (array_position(permissions, NULL::text) IS NULL))),
  CHECK ((((length(name) >= 1) AND (length(name) <= 60)) AND (name = btrim(name)))),
  CHECK ((length(description) <= 300)),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX one_role_of_a_name ON public.custom_roles USING btree (tenant_id, lower(name));
alter table custom_roles enable row level security;
alter table custom_roles force row level security;
create policy tenant on custom_roles for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on custom_roles to payymo_app;

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

create table invitations (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  name text not null,
  role text not null,
  custom_role_id uuid,
  invited_by uuid,
  token_hash text,
  expires_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  accepted_at timestamp with time zone,
  revoked_at timestamp with time zone,
  user_id uuid,
  mailings integer not null default 1,
  attempts integer not null default 0,
  error_code text,
  error_message text,
  next_attempt_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((((role = 'CUSTOM'::text) = (custom_role_id IS NOT NULL)) OR (accepted_at IS NOT NULL) OR (revoked_at IS NOT NULL))),
  CHECK (((accepted_at IS NOT NULL) = (user_id IS NOT NULL))),
  CHECK (((accepted_at IS NULL) OR (revoked_at IS NULL))),
  CHECK (((email = lower(email)) AND (POSITION(('@'::text) IN (email)) > 1))),
  CHECK (((token_hash IS NULL) OR ((accepted_at IS NULL) AND (revoked_at IS NULL)))),
  CHECK ((mailings > 0)),
  CHECK ((role = ANY (ARRAY['OWNER'::text, 'ADMIN'::text, 'ACCOUNTANT'::text, 'VIEWER'::text, 'INTEGRATION'::text, 'CUSTOM'::text, 'PLATFORM_OPERATOR'::text, 'PLATFORM_AUDITOR'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, custom_role_id) REFERENCES custom_roles(tenant_id, id),
  FOREIGN KEY (tenant_id, invited_by) REFERENCES users(tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, token_hash)
);
CREATE INDEX invitations_by_age ON public.invitations USING btree (tenant_id, created_at, id);
CREATE INDEX invitations_by_custom_role ON public.invitations USING btree (tenant_id, custom_role_id) WHERE (custom_role_id IS NOT NULL);
CREATE UNIQUE INDEX one_open_invitation ON public.invitations USING btree (tenant_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on invitations to payymo_app;

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

create table passkey_ceremonies (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  purpose text not null,
  context_id uuid not null,
  challenge_hash text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((purpose = ANY (ARRAY['REGISTRATION'::text, 'AUTHENTICATION'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, challenge_hash)
);
CREATE INDEX passkey_ceremonies_of_user ON public.passkey_ceremonies USING btree (tenant_id, user_id);
alter table passkey_ceremonies enable row level security;
alter table passkey_ceremonies force row level security;
create policy tenant on passkey_ceremonies for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on passkey_ceremonies to payymo_app;

create table passkeys (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  name text not null,
  credential_id text not null,
  public_key text not null,
  transports text[] not null,
  counter bigint not null,
  last_used_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((counter >= 0) AND (counter <= '4294967295'::bigint))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, credential_id)
);
CREATE INDEX passkeys_of_user ON public.passkeys USING btree (tenant_id, user_id);
alter table passkeys enable row level security;
alter table passkeys force row level security;
create policy tenant on passkeys for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on passkeys to payymo_app;

create table password_resets (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  token_hash text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, token_hash),
  UNIQUE (tenant_id, user_id)
);
alter table password_resets enable row level security;
alter table password_resets force row level security;
create policy tenant on password_resets for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on password_resets to payymo_app;

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

create table recovery_codes (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  code_hash text not null,
  used_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, user_id, code_hash)
);
alter table recovery_codes enable row level security;
alter table recovery_codes force row level security;
create policy tenant on recovery_codes for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on recovery_codes to payymo_app;

create table refresh_tokens (
  tenant_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  kept_until timestamp with time zone not null,
  consumed_at timestamp with time zone,
  successor_id uuid,
  successor_sealed text,
  CHECK (((consumed_at IS NULL) = (successor_id IS NULL))),
  CHECK (((successor_sealed IS NULL) OR (successor_id IS NOT NULL))),
  CHECK ((kept_until >= expires_at)),
  CHECK ((length(token_hash) = 32)),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES sessions(tenant_id, id),
  FOREIGN KEY (tenant_id, successor_id) REFERENCES refresh_tokens(tenant_id, id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, token_hash)
);
CREATE INDEX refresh_tokens_by_end ON public.refresh_tokens USING btree (kept_until);
CREATE INDEX refresh_tokens_by_successor ON public.refresh_tokens USING btree (tenant_id, successor_id) WHERE (successor_id IS NOT NULL);
CREATE INDEX refresh_tokens_of_session ON public.refresh_tokens USING btree (tenant_id, session_id);
CREATE INDEX refresh_tokens_to_erase ON public.refresh_tokens USING btree (consumed_at) WHERE (successor_sealed IS NOT NULL);
CREATE UNIQUE INDEX one_live_refresh_token ON public.refresh_tokens USING btree (tenant_id, session_id) WHERE (consumed_at IS NULL);
alter table refresh_tokens enable row level security;
alter table refresh_tokens force row level security;
create policy erase on refresh_tokens for update to payymo_owner using ((consumed_at IS NOT NULL)) with check ((successor_sealed IS NULL));
create policy find_expired on refresh_tokens for select to payymo_owner using (true);
create policy prune on refresh_tokens for delete to payymo_owner using (true);
create policy tenant on refresh_tokens for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on refresh_tokens to payymo_app;

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

create table revocations (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  subject uuid not null,
  min_version integer,
  xid xid8 not null default pg_current_xact_id(),
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  CHECK ((kind = ANY (ARRAY['token'::text, 'session'::text, 'user'::text, 'client'::text, 'tenant'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX revocations_by_expiry ON public.revocations USING btree (expires_at);
CREATE INDEX revocations_by_xid ON public.revocations USING btree (xid, tenant_id, id);
alter table revocations enable row level security;
alter table revocations force row level security;
create policy poll on revocations for select to payymo_owner using (true);
create policy prune on revocations for delete to payymo_owner using (true);
create policy tenant on revocations for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select on revocations to payymo_app;

create table second_factor_challenges (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  token_hash text not null,
  demand text not null,
  proof text,
  password_digest text not null,
  failures integer not null default 0,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((demand = ANY (ARRAY['VERIFY'::text, 'ENROL'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, token_hash)
);
CREATE INDEX second_factor_challenges_of_user ON public.second_factor_challenges USING btree (tenant_id, user_id);
alter table second_factor_challenges enable row level security;
alter table second_factor_challenges force row level security;
create policy tenant on second_factor_challenges for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on second_factor_challenges to payymo_app;

create table second_factor_failures (
  tenant_id uuid not null,
  id uuid not null,
  failures integer not null,
  totp_failures integer not null default 0,
  blocked_until timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
alter table second_factor_failures enable row level security;
alter table second_factor_failures force row level security;
create policy tenant on second_factor_failures for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on second_factor_failures to payymo_app;

create table sessions (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid,
  client_id uuid,
  version integer not null default 1,
  methods text[] not null,
  scopes text[],
  authenticated_at timestamp with time zone,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_reason text,
  user_agent text not null,
  network cidr,
  proof_kind text not null,
  proof_thumbprint text not null,
  CHECK (((client_id IS NULL) = (scopes IS NULL))),
  CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  CHECK (((user_id IS NULL) <> (client_id IS NULL))),
  CHECK ((end_reason ~ '^[A-Z_]+$'::text)),
  CHECK ((expires_at > created_at)),
  CHECK ((length(user_agent) <= 256)),
  CHECK ((proof_kind = ANY (ARRAY['MTLS'::text, 'DPOP'::text, 'COOKIE'::text]))),
  CHECK ((version > 0)),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES api_clients(tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX open_sessions_of_client ON public.sessions USING btree (tenant_id, client_id) WHERE ((ended_at IS NULL) AND (client_id IS NOT NULL));
CREATE INDEX open_sessions_of_user ON public.sessions USING btree (tenant_id, user_id) WHERE ((ended_at IS NULL) AND (user_id IS NOT NULL));
CREATE INDEX sessions_by_expiry ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_of_user ON public.sessions USING btree (tenant_id, user_id, created_at DESC);
alter table sessions enable row level security;
alter table sessions force row level security;
create policy find_expired on sessions for select to payymo_owner using (true);
create policy prune on sessions for delete to payymo_owner using (true);
create policy tenant on sessions for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant insert, select, update on sessions to payymo_app;

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
  status_reason text,
  second_factor_required boolean not null default false,
  plan_name text not null default 'Unlimited'::text,
  max_connections integer,
  max_transactions_per_month integer,
  max_users integer,
  plan_domains text[],
  plan_features text[],
  plan_expires_at timestamp with time zone,
  CHECK (((kind = 'BUSINESS'::text) OR ((status = 'ACTIVE'::text) AND second_factor_required))),
  CHECK (((kind = 'PLATFORM'::text) = (slug = 'platform'::text))),
  CHECK (((length(plan_name) >= 1) AND (length(plan_name) <= 60))),
  CHECK (((status <> 'SUSPENDED'::text) OR (status_reason IS NOT NULL))),
  CHECK ((array_position(plan_domains, NULL::text) IS NULL)),
  CHECK ((array_position(plan_features, NULL::text) IS NULL)),
  CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CHECK ((kind = ANY (ARRAY['BUSINESS'::text, 'PLATFORM'::text]))),
  CHECK ((max_connections >= 0)),
  CHECK ((max_transactions_per_month >= 0)),
  CHECK ((max_users >= 1)),
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
grant insert, select on tenants to payymo_app;
grant update (name, country, updated_at, status, status_reason, second_factor_required, plan_name, max_connections, max_transactions_per_month, max_users, plan_domains, plan_features, plan_expires_at) on tenants to payymo_app;

create table totp_seeds (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  sealed_seed text not null,
  last_step integer not null default 0,
  confirmed_at timestamp with time zone,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((confirmed_at IS NULL) = (expires_at IS NOT NULL))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX one_pending_totp_seed ON public.totp_seeds USING btree (tenant_id, user_id) WHERE (confirmed_at IS NULL);
CREATE UNIQUE INDEX one_totp_seed ON public.totp_seeds USING btree (tenant_id, user_id) WHERE (confirmed_at IS NOT NULL);
alter table totp_seeds enable row level security;
alter table totp_seeds force row level security;
create policy tenant on totp_seeds for all to public using ((tenant_id = ( SELECT payymo.tenant() AS tenant))) with check ((tenant_id = ( SELECT payymo.tenant() AS tenant)));
grant delete, insert, select, update on totp_seeds to payymo_app;

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
CREATE INDEX transactions_by_arrival ON public.transactions USING btree (tenant_id, created_at);
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
  custom_role_id uuid,
  CHECK (((email = lower(email)) AND (POSITION(('@'::text) IN (email)) > 1))),
  CHECK (((role = 'CUSTOM'::text) = (custom_role_id IS NOT NULL))),
  CHECK ((role = ANY (ARRAY['OWNER'::text, 'ADMIN'::text, 'ACCOUNTANT'::text, 'VIEWER'::text, 'INTEGRATION'::text, 'CUSTOM'::text, 'PLATFORM_OPERATOR'::text, 'PLATFORM_AUDITOR'::text]))),
  FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  FOREIGN KEY (tenant_id, custom_role_id) REFERENCES custom_roles(tenant_id, id),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email)
);
CREATE INDEX users_by_custom_role ON public.users USING btree (tenant_id, custom_role_id) WHERE (custom_role_id IS NOT NULL);
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
        job_key => payymo.tenant() || ':' || job_key, job_key_mode => 'replace');
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
      select * into head from public.audit_heads where tenant_id = of_tenant for update;
      if not found then
        perform from public.tenants where id = of_tenant for key share;
        insert into public.audit_heads values (of_tenant, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
        select * into strict head from public.audit_heads where tenant_id = of_tenant for update;
      end if;
      for given in select value from jsonb_array_elements(entries) with ordinality order by ordinality loop
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

CREATE OR REPLACE FUNCTION payymo.append_platform_audit(of_tenant uuid, actor text, request_id text, entries jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
    end $function$
;
grant execute on function payymo.append_platform_audit to payymo_app;

CREATE OR REPLACE FUNCTION payymo.audit_payload(entry audit_entries)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select 'payymo-audit-v1,' || string_agg(coalesce(octet_length(convert_to(field.value, 'UTF8')) || ':' || field.value, '-'), ',' order by field.at)
      from unnest(array[entry.tenant_id::text, entry.id::text, entry.sequence::text,
        to_char(entry.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry.actor, entry.request_id, entry.action,
        entry.object_type, entry.object_id::text, entry.before::text, entry.after::text]) with ordinality field (value, at)
    $function$
;

CREATE OR REPLACE FUNCTION payymo.audited_tenants(of_slug text)
 RETURNS TABLE(tenant_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select t.id from public.tenants t where of_slug is null or t.slug = of_slug order by t.slug $function$
;
grant execute on function payymo.audited_tenants to payymo_app;

CREATE OR REPLACE FUNCTION payymo.cancel_jobs(of_tenant uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      if payymo.tenant() is null or of_tenant is distinct from payymo.tenant() then
        raise insufficient_privilege using message = 'jobs must belong to the tenant of the transaction';
      end if;
      perform graphile_worker.complete_jobs(array(
        select j.id from graphile_worker._private_jobs j where j.payload->>'tenantId' = of_tenant::text
      ));
    end $function$
;
grant execute on function payymo.cancel_jobs to payymo_app;

CREATE OR REPLACE FUNCTION payymo.give_back_sign_in_attempt(forget bytea[], give_back bytea[], at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      perform from payymo.sign_in_throttle t where t.key = any(forget || give_back) order by t.key for update;
      delete from payymo.sign_in_throttle t where t.key = any(forget);
      update payymo.sign_in_throttle t set
        failures = greatest(t.failures - 1, 0),
        -- No later attempt was taken: the delay is this one's.
        blocked_until = case when t.taken_at is distinct from at then t.blocked_until end
      where t.key = any(give_back);
    end $function$
;
grant execute on function payymo.give_back_sign_in_attempt to payymo_app;

CREATE OR REPLACE FUNCTION payymo.platform_tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select t.id from public.tenants t where t.kind = 'PLATFORM' $function$
;
grant execute on function payymo.platform_tenant to payymo_app;

CREATE OR REPLACE FUNCTION payymo.prune_sessions(at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      -- One process at a time is enough.
      if not pg_try_advisory_xact_lock(hashtextextended('payymo.prune_sessions', 0)) then
        return;
      end if;
      at := least(at, clock_timestamp());
      delete from public.revocations r where r.expires_at < at;
      update public.refresh_tokens t set successor_sealed = null
        where t.successor_sealed is not null and t.consumed_at < at - interval '10 seconds';
      delete from public.refresh_tokens t where t.kept_until < at;
      delete from public.sessions s where s.expires_at < at - interval '60 days';
      delete from payymo.sign_in_throttle t where t.as_of < at - interval '2 days' and coalesce(t.blocked_until < at, true);
    end $function$
;
grant execute on function payymo.prune_sessions to payymo_app;

CREATE OR REPLACE FUNCTION payymo.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ begin raise insufficient_privilege using message = 'the audit trail is append-only'; end $function$
;

CREATE OR REPLACE FUNCTION payymo.require_active()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    declare
      is_now record;
    begin
      select t.* into is_now from public.tenants t where t.id = payymo.tenant();
      if is_now.status = 'CLOSED' then
        raise exception using errcode = 'PY003', message = 'the tenant is closed';
      elsif is_now.status <> 'ACTIVE' then
        raise exception using errcode = 'PY001', message = 'the tenant is suspended';
      end if;
      if is_now.plan_expires_at <= now() then
        raise exception using errcode = 'PY002', message = 'the plan of the tenant has run out';
      end if;
    end $function$
;
grant execute on function payymo.require_active to payymo_app;

CREATE OR REPLACE FUNCTION payymo.require_open()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      if exists (select from public.tenants t where t.id = payymo.tenant() and t.status = 'CLOSED') then
        raise exception using errcode = 'PY003', message = 'the tenant is closed';
      end if;
    end $function$
;
grant execute on function payymo.require_open to payymo_app;

CREATE OR REPLACE FUNCTION payymo.revocations_since(since xid8, after_tenant uuid, after_id uuid, at timestamp with time zone, page_size integer)
 RETURNS TABLE(horizon text, xid text, tenant_id uuid, id uuid, kind text, subject uuid, min_version integer, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select pg_snapshot_xmin(pg_current_snapshot())::text, r.xid::text, r.tenant_id, r.id, r.kind, r.subject, r.min_version, r.expires_at
      from (values (1)) as always (one) left join lateral (
        select * from public.revocations n
        where (n.xid, n.tenant_id, n.id) > (since, after_tenant, after_id) and n.expires_at > at
        order by n.xid, n.tenant_id, n.id limit page_size
      ) r on true
      order by r.xid, r.tenant_id, r.id
    $function$
;
grant execute on function payymo.revocations_since to payymo_app;

CREATE OR REPLACE FUNCTION payymo.role_fits_tenant()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      if (new.role in ('PLATFORM_OPERATOR', 'PLATFORM_AUDITOR')) is distinct from
         (select t.kind = 'PLATFORM' from public.tenants t where t.id = new.tenant_id) then
        raise check_violation using message = 'the role does not fit the kind of the tenant';
      end if;
      return new;
    end $function$
;

CREATE OR REPLACE FUNCTION payymo.seconds_until_attempt(keys bytea[], at timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select coalesce(ceil(extract(epoch from max(t.blocked_until) - at)), 0)::int
      from payymo.sign_in_throttle t where t.key = any(keys) and t.blocked_until > at
    $function$
;
grant execute on function payymo.seconds_until_attempt to payymo_app;

CREATE OR REPLACE FUNCTION payymo.sign_in_candidates(of_email text, of_tenant text)
 RETURNS TABLE(tenant_id uuid, user_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 1
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select u.tenant_id, u.id from public.users u join public.tenants t on t.id = u.tenant_id
      where u.email = of_email and (of_tenant is null or t.slug = of_tenant) and u.disabled_at is null and t.status <> 'CLOSED'
      order by u.tenant_id limit 5
    $function$
;
grant execute on function payymo.sign_in_candidates to payymo_app;

CREATE OR REPLACE FUNCTION payymo.take_sign_in_attempt(keys bytea[], free integer[], leak_seconds integer[], at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    declare
      free_at timestamptz;
    begin
      insert into payymo.sign_in_throttle (key, as_of) select distinct k, at from unnest(keys) k order by 1 on conflict do nothing;
      perform from payymo.sign_in_throttle t where t.key = any(keys) order by t.key for update;
      select max(t.blocked_until) into free_at from payymo.sign_in_throttle t where t.key = any(keys);
      if free_at > at then
        return ceil(extract(epoch from free_at - at));
      end if;
      update payymo.sign_in_throttle t set
        failures = n.failures,
        taken_at = at,
        as_of = case when n.failures = 1 then at else t.as_of + n.forgiven * make_interval(secs => b.leak) end,
        blocked_until = case when n.failures > b.free
          then at + make_interval(secs => least(power(2, least(n.failures - b.free - 1, 10)), 900)) end
      from unnest(keys, free, leak_seconds) as b (key, free, leak),
        lateral (select greatest(0, floor(extract(epoch from at - (
          select o.as_of from payymo.sign_in_throttle o where o.key = b.key)) / b.leak))::int as forgiven) f,
        lateral (select f.forgiven, greatest((
          select o.failures from payymo.sign_in_throttle o where o.key = b.key) - f.forgiven, 0) + 1 as failures) n
      where t.key = b.key;
      return 0;
    end $function$
;
grant execute on function payymo.take_sign_in_attempt to payymo_app;

CREATE OR REPLACE FUNCTION payymo.tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select nullif(current_setting('payymo.tenant_id', true), '')::uuid $function$
;
grant execute on function payymo.tenant to payymo_app;

CREATE OR REPLACE FUNCTION payymo.tenant_by_slug(of_slug text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select t.id from public.tenants t where t.slug = of_slug and t.kind = 'BUSINESS' and t.status <> 'CLOSED' $function$
;
grant execute on function payymo.tenant_by_slug to payymo_app;

CREATE OR REPLACE FUNCTION payymo.tenant_of_api_client(of_client uuid)
 RETURNS TABLE(tenant_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 1
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select (array_agg(c.tenant_id))[1] from public.api_clients c join public.tenants t on t.id = c.tenant_id
      where c.id = of_client and c.ended_at is null and t.status <> 'CLOSED' having count(*) = 1
    $function$
;
grant execute on function payymo.tenant_of_api_client to payymo_app;

CREATE OR REPLACE FUNCTION payymo.tenants_for_platform(of_tenant uuid)
 RETURNS SETOF tenants
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select t.* from public.tenants t
      where of_tenant = payymo.tenant() and exists (select from public.tenants p where p.id = of_tenant and p.kind = 'PLATFORM')
    $function$
;
grant execute on function payymo.tenants_for_platform to payymo_app;

CREATE OR REPLACE FUNCTION payymo.usage_of(caller uuid, of_tenants uuid[], at timestamp with time zone)
 RETURNS TABLE(tenant uuid, connections integer, transactions integer, users integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
    end $function$
;
grant execute on function payymo.usage_of to payymo_app;

CREATE OR REPLACE FUNCTION payymo.use_once(of_key bytea, until timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      delete from payymo.used_once where key in (
        select key from payymo.used_once where expires_at < now() order by expires_at limit 20 for update skip locked
      );
      insert into payymo.used_once values (of_key, until) on conflict do nothing;
      return found;
    end $function$
;
grant execute on function payymo.use_once to payymo_app;

CREATE OR REPLACE FUNCTION payymo.users_of_device(of_email text, of_tenant text, kind text, thumbprint text, unless_ended_by text[])
 RETURNS TABLE(tenant_id uuid, user_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 1
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      select c.tenant_id, c.user_id from payymo.sign_in_candidates(of_email, of_tenant) c, lateral (
        select s.end_reason from public.sessions s
        where s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.proof_kind = kind and s.proof_thumbprint = thumbprint
        order by s.created_at desc, s.id desc limit 1
      ) last
      where coalesce(last.end_reason <> all(unless_ended_by), true)
    $function$
;
grant execute on function payymo.users_of_device to payymo_app;

CREATE OR REPLACE FUNCTION payymo.wake_jobs(of_tenant uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    begin
      if payymo.tenant() is null or of_tenant is distinct from payymo.tenant() then
        raise insufficient_privilege using message = 'jobs must belong to the tenant of the transaction';
      end if;
      perform graphile_worker.reschedule_jobs(array(
        select j.id from graphile_worker._private_jobs j where j.payload->>'tenantId' = of_tenant::text and j.attempts > 0
      ), run_at => now(), attempts => 0);
    end $function$
;
grant execute on function payymo.wake_jobs to payymo_app;
