import { isolate, type Migration } from '../src/platform/database/migration';

/**
 * The audit trail: a hash chain for each tenant. The application role may read it, and append through the function alone; nobody
 * but the owner of the database could change an entry, and that breaks the chain.
 */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table audit_entries (
    tenant_id uuid not null references tenants,
    id uuid not null,
    sequence bigint not null check (sequence > 0),
    recorded_at timestamptz not null,
    actor text not null,
    request_id text not null,
    action text not null check (action ~ '^[a-z-]+\\.[a-z-]+$'),
    object_type text,
    object_id uuid,
    before jsonb,
    after jsonb,
    previous_hash bytea not null check (length(previous_hash) = 32),
    hash bytea not null check (length(hash) = 32),
    primary key (tenant_id, id),
    unique (tenant_id, sequence)
  );
  ${isolate('audit_entries')}
  grant select on audit_entries to payymo_app;

  -- The end of each chain, so that cutting off its last entries shows too.
  create table audit_heads (
    tenant_id uuid primary key references tenants,
    sequence bigint not null,
    hash bytea not null
  );
  ${isolate('audit_heads')}
  grant select on audit_heads to payymo_app;

  -- What is hashed: every value of an entry, in the text form of jsonb, which is the same for equal values.
  create function payymo.audit_payload(entry public.audit_entries) returns text
    language sql stable set search_path = pg_catalog, pg_temp
    as $$
      select jsonb_build_object('tenant', entry.tenant_id, 'id', entry.id, 'sequence', entry.sequence,
        'at', to_char(entry.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'actor', entry.actor,
        'request', entry.request_id, 'action', entry.action, 'objectType', entry.object_type, 'object', entry.object_id,
        'before', entry.before, 'after', entry.after)::text
    $$;

  create function payymo.append_audit(of_tenant uuid, actor text, request_id text, entries jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
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
    end $$;

  revoke all on function payymo.audit_payload(public.audit_entries), payymo.append_audit(uuid, text, text, jsonb) from public;
  grant execute on function payymo.audit_payload(public.audit_entries), payymo.append_audit(uuid, text, text, jsonb) to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.append_audit(uuid, text, text, jsonb);
  drop function payymo.audit_payload(public.audit_entries);
  drop table audit_heads, audit_entries;
`);
