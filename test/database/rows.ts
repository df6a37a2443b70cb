import { randomUUID } from 'node:crypto';

import type { TestDatabase } from '../support/database';

/** A statement for each table, in the order of their foreign keys. */
const ROWS = [
  `insert into tenants (id, slug, name, country) values (TENANT, SLUG, SLUG, 'DE')`,
  `insert into users (tenant_id, id, email, name, role, password_hash) values (TENANT, ROW, SLUG || '@rows.example', SLUG, 'OWNER', 'none')`,
  `insert into custom_roles (tenant_id, id, name, description, permissions) values (TENANT, ROW, SLUG, '', '{matches:read}')`,
  `insert into invitations (tenant_id, id, email, name, role, invited_by, token_hash, expires_at)
   values (TENANT, ROW, SLUG || '@invited.example', SLUG, 'VIEWER', ROW, 'hash', now())`,
  `insert into password_resets (tenant_id, id, user_id, token_hash, expires_at) values (TENANT, ROW, ROW, 'hash', now())`,
  `insert into api_clients (tenant_id, id, name, scopes, authentication_method, created_by)
   values (TENANT, ROW, SLUG, '{matches:read}', 'CLIENT_SECRET', ROW)`,
  `insert into api_client_secrets (tenant_id, id, client_id, hash, hint) values (TENANT, ROW, ROW, sha256(SLUG::bytea), 'hint')`,
  `insert into totp_seeds (tenant_id, id, user_id, sealed_seed, confirmed_at) values (TENANT, ROW, ROW, 'v1.' || SLUG, now())`,
  `insert into passkeys (tenant_id, id, user_id, name, credential_id, public_key, transports, counter)
   values (TENANT, ROW, ROW, SLUG, 'credential', 'key', '{usb}', 0)`,
  `insert into recovery_codes (tenant_id, id, user_id, code_hash) values (TENANT, ROW, ROW, SLUG)`,
  `insert into second_factor_challenges (tenant_id, id, user_id, token_hash, demand, password_digest, expires_at)
   values (TENANT, ROW, ROW, SLUG, 'VERIFY', 'digest', now())`,
  `insert into passkey_ceremonies (tenant_id, id, user_id, purpose, context_id, challenge_hash, expires_at)
   values (TENANT, ROW, ROW, 'REGISTRATION', ROW, SLUG, now())`,
  `insert into second_factor_failures (tenant_id, id, failures) values (TENANT, ROW, 1)`,
  `insert into sessions (tenant_id, id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, user_agent, proof_kind,
   proof_thumbprint)
   values (TENANT, ROW, ROW, '{pwd}', now(), now(), now(), now() + interval '1 day', SLUG, 'COOKIE', SLUG)`,
  `insert into refresh_tokens (tenant_id, id, session_id, token_hash, created_at, expires_at, kept_until)
   values (TENANT, ROW, ROW, sha256(SLUG::bytea), now(), now() + interval '1 day', now() + interval '1 day')`,
  `insert into revocations (tenant_id, id, kind, subject, expires_at) values (TENANT, ROW, 'session', ROW, now() + interval '1 day')`,
  `insert into connections (tenant_id, id, provider, institution_id, institution_name, status, consent_id, history_days, created_by)
   values (TENANT, ROW, 'gocardless-bank-data', 'BANK', SLUG, 'ACTIVE', 'consent', 90, ROW)`,
  `insert into connection_authorizations (tenant_id, id, connection_id, user_id, reference_hash, expires_at)
   values (TENANT, ROW, ROW, ROW, SLUG, now())`,
  `insert into accounts (tenant_id, id, connection_id, provider_account_id, name) values (TENANT, ROW, ROW, 'account', SLUG)`,
  `insert into sync_runs (tenant_id, id, connection_id, state, error_message) values (TENANT, ROW, ROW, 'QUEUED', SLUG)`,
  `insert into transactions (tenant_id, id, account_id, connection_id, status, booked_on, amount_minor, currency, remittance, fingerprint, ordinal)
   values (TENANT, ROW, ROW, ROW, 'BOOKED', '2026-05-04', 11845, 'EUR', SLUG, 'print', 0)`,
  `insert into rejected_lines (tenant_id, id, account_id, run_id, digest, reason, raw)
   values (TENANT, ROW, ROW, ROW, 'digest', SLUG, '{}')`,
  `insert into installations (tenant_id, id, system, url, gateway, sealed_credentials)
   values (TENANT, ROW, 'whmcs', 'https://billing.example', SLUG, 'v1.sealed')`,
  `insert into customers (tenant_id, id, installation_id, external_id, name) values (TENANT, ROW, ROW, '31', SLUG)`,
  `insert into invoices (tenant_id, id, installation_id, customer_id, external_id, number, status, currency, total_minor, balance_minor, issued_on)
   values (TENANT, ROW, ROW, ROW, '801', SLUG, 'UNPAID', 'EUR', 11845, 11845, '2026-04-20')`,
  `insert into invoice_imports (tenant_id, id, installation_id, state, error_message) values (TENANT, ROW, ROW, 'QUEUED', SLUG)`,
  `insert into reconciliation_runs (tenant_id, id, state, error_message) values (TENANT, ROW, 'QUEUED', SLUG)`,
  `insert into matches (tenant_id, id, transaction_id, invoice_id, run_id, amount_minor, currency, state, confidence, tied, evidence,
   engine_version, error_message)
   values (TENANT, ROW, ROW, ROW, ROW, 11845, 'EUR', 'PROPOSED', 9900, false, '[]', '1', SLUG)`,
  `insert into audit_heads (tenant_id, sequence, hash) values (TENANT, 1, sha256(SLUG::bytea))`,
  `insert into audit_entries (tenant_id, id, sequence, recorded_at, actor, request_id, action, previous_hash, hash)
   values (TENANT, ROW, 1, now(), SLUG, 'request', 'row.made', sha256(''), sha256(SLUG::bytea))`,
];

export interface FilledTenant {
  readonly id: string;
  readonly slug: string;
  /** Of each of its rows. */
  readonly rowId: string;
}

/** Two tenants with a row in every table; all rows have one id, so that nothing but the tenant tells them apart. */
export async function fillTables(db: TestDatabase): Promise<readonly [FilledTenant, FilledTenant]> {
  const rowId = randomUUID();
  const fill = async (slug: string): Promise<FilledTenant> => {
    const id = randomUUID();
    await insert(db, ROWS, { id, slug, rowId });
    return { id, slug, rowId };
  };
  return [await fill('northwind'), await fill('aurora')];
}

/** A row in each of these tables for a tenant that is there. */
export const fillSome = (db: TestDatabase, tables: readonly string[], tenant: FilledTenant): Promise<void> =>
  insert(
    db,
    ROWS.filter(row => tables.some(table => row.startsWith(`insert into ${table} `))),
    tenant,
  );

async function insert(db: TestDatabase, rows: readonly string[], { id, slug, rowId }: FilledTenant): Promise<void> {
  const values = { TENANT: `'${id}'::uuid`, SLUG: `'${slug}'`, ROW: `'${rowId}'::uuid` };
  for (const row of rows) await db.query(row.replaceAll(/\b(TENANT|SLUG|ROW)\b/g, name => values[name as keyof typeof values]));
}

/** Every table of ours, with whether it has a tenant; what keeps the migrations is left out. */
export const tablesOf = (db: TestDatabase): Promise<{ name: string; tenanted: boolean }[]> =>
  db.query(`
    select c.relname as name, exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as tenanted
    from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations' order by c.relname`);
