import { isolate, type Migration } from '../src/platform/database/migration';

/**
 * The audit trail: a hash chain for each tenant. The application role may read it, and append through the function alone; nobody
 * but the owner of the database could change an entry, and that breaks the chain.
 */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  -- The end of each chain, so that cutting off its last entries shows too. Whoever appends holds it until the end of their transaction.
  create table audit_heads (
    tenant_id uuid primary key references tenants,
    sequence bigint not null check (sequence >= 0),
    hash bytea not null check (length(hash) = 32)
  );
  ${isolate('audit_heads')}
  grant select on audit_heads to payymo_app;

  create table audit_entries (
    -- The head and not the tenant: a lock on the tenant's row that somebody takes first would make two that append wait for each other.
    tenant_id uuid not null references audit_heads,
    id uuid not null,
    sequence bigint not null check (sequence > 0),
    recorded_at timestamptz not null,
    actor text not null check (actor <> ''),
    request_id text not null,
    action text not null check (action ~ '^[a-z-]+\\.[a-z-]+$'),
    object_type text,
    object_id uuid,
    before jsonb,
    after jsonb,
    previous_hash bytea not null check (length(previous_hash) = 32),
    hash bytea not null check (length(hash) = 32),
    primary key (tenant_id, id),
    unique (tenant_id, sequence),
    check ((object_type is null) = (object_id is null))
  );
  create index audit_entries_by_time on audit_entries (tenant_id, recorded_at);
  create index audit_entries_by_actor on audit_entries (tenant_id, actor, sequence);
  create index audit_entries_by_action on audit_entries (tenant_id, action, sequence);
  create index audit_entries_by_object on audit_entries (tenant_id, object_id, sequence);
  create index audit_entries_by_request on audit_entries (tenant_id, request_id);
  ${isolate('audit_entries')}
  grant select on audit_entries to payymo_app;

  -- Against mistakes of the owner; one who means it can switch this off, and still breaks the chain.
  create function payymo.refuse_audit_change() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$ begin raise insufficient_privilege using message = 'the audit trail is append-only'; end $$;
  create trigger append_only before update or delete or truncate on audit_entries
    for each statement execute function payymo.refuse_audit_change();

  -- What is hashed after the hash of the entry before: every value with its length in bytes, so that no two entries have one text.
  -- The command that verifies the trail spells it out a second time, and does not ask this function.
  create function payymo.audit_payload(entry public.audit_entries) returns text
    language sql stable set search_path = pg_catalog, pg_temp
    as $$
      select 'payymo-audit-v1,' || string_agg(coalesce(octet_length(convert_to(field.value, 'UTF8')) || ':' || field.value, '-'), ',' order by field.at)
      from unnest(array[entry.tenant_id::text, entry.id::text, entry.sequence::text,
        to_char(entry.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry.actor, entry.request_id, entry.action,
        entry.object_type, entry.object_id::text, entry.before::text, entry.after::text]) with ordinality field (value, at)
    $$;

  -- Appends in the order given; as the last statement of a transaction, so that who holds the head waits for nobody.
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
    end $$;

  -- Whose chains there are to verify: ids only, of all tenants or of the one with a slug.
  create function payymo.audited_tenants(of_slug text) returns table (tenant_id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$ select t.id from public.tenants t where of_slug is null or t.slug = of_slug order by t.slug $$;

  revoke all on function payymo.audit_payload(public.audit_entries), payymo.append_audit(uuid, text, text, jsonb),
    payymo.audited_tenants(text), payymo.refuse_audit_change() from public;
  grant execute on function payymo.append_audit(uuid, text, text, jsonb), payymo.audited_tenants(text) to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.audited_tenants(text);
  drop function payymo.append_audit(uuid, text, text, jsonb);
  drop function payymo.audit_payload(public.audit_entries);
  drop table audit_entries;
  drop table audit_heads;
  drop function payymo.refuse_audit_change();
`);
