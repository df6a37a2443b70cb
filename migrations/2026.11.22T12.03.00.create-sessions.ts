import { isolate, type Migration } from '../src/platform/database/migration';

/**
 * Sessions with their refresh tokens, what was revoked, and the count of failed sign-ins. Tokens are kept as SHA-256: 256 random bits
 * need no slow hash.
 */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create table sessions (
    tenant_id uuid not null references tenants,
    id uuid not null,
    user_id uuid,
    client_id uuid,
    version int not null default 1 check (version > 0),
    methods text[] not null,
    scopes text[],
    authenticated_at timestamptz,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    ended_at timestamptz,
    end_reason text check (end_reason ~ '^[A-Z_]+$'),
    user_agent text not null check (length(user_agent) <= 256),
    network cidr,
    proof_kind text not null check (proof_kind in ('MTLS', 'DPOP', 'COOKIE')),
    proof_thumbprint text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users,
    check ((user_id is null) <> (client_id is null)),
    -- A user's scopes are those of the role at each refresh; a client keeps what it was granted.
    check ((client_id is null) = (scopes is null)),
    check ((ended_at is null) = (end_reason is null))
  );
  create index sessions_of_user on sessions (tenant_id, user_id, created_at desc);
  -- Of all that began, few are open.
  create index open_sessions_of_user on sessions (tenant_id, user_id) where ended_at is null and user_id is not null;
  create index open_sessions_of_client on sessions (tenant_id, client_id) where ended_at is null and client_id is not null;
  create index sessions_by_expiry on sessions (expires_at);
  ${isolate('sessions')}
  grant select, insert, update on sessions to payymo_app;

  create table refresh_tokens (
    tenant_id uuid not null references tenants,
    id uuid not null,
    session_id uuid not null,
    token_hash bytea not null check (length(token_hash) = 32),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- The end of its session: until then the token, used or not, must be known when it comes again.
    kept_until timestamptz not null check (kept_until >= expires_at),
    consumed_at timestamptz,
    successor_id uuid,
    successor_sealed text,
    primary key (tenant_id, id),
    unique (tenant_id, token_hash),
    foreign key (tenant_id, session_id) references sessions,
    -- Deferred: a token is consumed in favour of one that the next statement makes.
    foreign key (tenant_id, successor_id) references refresh_tokens deferrable initially deferred,
    check ((consumed_at is null) = (successor_id is null)),
    check (successor_sealed is null or successor_id is not null)
  );
  -- A session never has two tokens that work: no fork, whatever a program does.
  create unique index one_live_refresh_token on refresh_tokens (tenant_id, session_id) where consumed_at is null;
  create index refresh_tokens_by_successor on refresh_tokens (tenant_id, successor_id) where successor_id is not null;
  create index refresh_tokens_of_session on refresh_tokens (tenant_id, session_id);
  create index refresh_tokens_by_end on refresh_tokens (kept_until);
  create index refresh_tokens_to_erase on refresh_tokens (consumed_at) where successor_sealed is not null;
  ${isolate('refresh_tokens')}
  grant select, insert, update on refresh_tokens to payymo_app;

  create table revocations (
    tenant_id uuid not null references tenants,
    id uuid not null,
    kind text not null check (kind in ('token', 'session', 'user', 'client', 'tenant')),
    subject uuid not null,
    min_version int,
    xid xid8 not null default pg_current_xact_id(),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (tenant_id, id)
  );
  create index revocations_by_xid on revocations (xid, tenant_id, id);
  create index revocations_by_expiry on revocations (expires_at);
  ${isolate('revocations')}
  grant select, insert on revocations to payymo_app;

  -- Every process must know of every revocation: this function alone looks across tenants, and gives ids only. What was written by a
  -- transaction before the horizon of an earlier answer was in that answer; what is at or after it may have been committed since.
  create policy poll on revocations for select to payymo_owner using (true);
  -- A page of them, behind the row that the page before ended with; one row of nulls when there are none, for the horizon.
  create function payymo.revocations_since(since xid8, after_tenant uuid, after_id uuid, at timestamptz, page_size int)
    returns table (horizon text, xid text, tenant_id uuid, id uuid, kind text, subject uuid, min_version int, expires_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
      select pg_snapshot_xmin(pg_current_snapshot())::text, r.xid::text, r.tenant_id, r.id, r.kind, r.subject, r.min_version, r.expires_at
      from (values (1)) as always (one) left join lateral (
        select * from public.revocations n
        where (n.xid, n.tenant_id, n.id) > (since, after_tenant, after_id) and n.expires_at > at
        order by n.xid, n.tenant_id, n.id limit page_size
      ) r on true
      order by r.xid, r.tenant_id, r.id
    $$;

  -- In this schema, where no role but the owner reaches a table: it has no tenant, since an account is not known yet.
  create unlogged table payymo.sign_in_throttle (
    key bytea primary key,
    failures int not null default 0 check (failures >= 0),
    as_of timestamptz not null,
    -- When the last attempt was taken: who gives that one back takes its delay along.
    taken_at timestamptz,
    blocked_until timestamptz
  );

  -- Takes one attempt from every bucket, or none when one of them is blocked: then it returns the seconds to wait, otherwise 0.
  -- A bucket forgives one failure after each leak; beyond the free ones each failure doubles the delay, up to a quarter of an hour.
  create function payymo.take_sign_in_attempt(keys bytea[], free int[], leak_seconds int[], at timestamptz) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
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
    end $$;

  -- Forgets some buckets, and gives others back what the attempt of that time took. Locks as taking does, in the order of the keys.
  create function payymo.give_back_sign_in_attempt(forget bytea[], give_back bytea[], at timestamptz) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
      perform from payymo.sign_in_throttle t where t.key = any(forget || give_back) order by t.key for update;
      delete from payymo.sign_in_throttle t where t.key = any(forget);
      update payymo.sign_in_throttle t set
        failures = greatest(t.failures - 1, 0),
        -- No later attempt was taken: the delay is this one's.
        blocked_until = case when t.taken_at is distinct from at then t.blocked_until end
      where t.key = any(give_back);
    end $$;

  -- Of those whom an address may mean: who signed in with this proof of possession before, unless the last such session ended for one of
  -- these reasons. Ids only, as it comes before a tenant is known.
  create function payymo.users_of_device(of_email text, of_tenant text, kind text, thumbprint text, unless_ended_by text[])
    returns table (tenant_id uuid, user_id uuid)
    language sql stable security definer rows 1 set search_path = pg_catalog, pg_temp
    as $$
      select c.tenant_id, c.user_id from payymo.sign_in_candidates(of_email, of_tenant) c, lateral (
        select s.end_reason from public.sessions s
        where s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.proof_kind = kind and s.proof_thumbprint = thumbprint
        order by s.created_at desc, s.id desc limit 1
      ) last
      where coalesce(last.end_reason <> all(unless_ended_by), true)
    $$;

  -- Forgets what has run out. A caller whose clock is ahead of the database's deletes nothing too early.
  create policy find_expired on sessions for select to payymo_owner using (true);
  create policy prune on sessions for delete to payymo_owner using (true);
  create policy find_expired on refresh_tokens for select to payymo_owner using (true);
  create policy erase on refresh_tokens for update to payymo_owner using (consumed_at is not null) with check (successor_sealed is null);
  create policy prune on refresh_tokens for delete to payymo_owner using (true);
  create policy prune on revocations for delete to payymo_owner using (true);
  create function payymo.prune_sessions(at timestamptz) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
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
    end $$;

  revoke all on function payymo.revocations_since(xid8, uuid, uuid, timestamptz, int), payymo.prune_sessions(timestamptz),
    payymo.users_of_device(text, text, text, text, text[]),
    payymo.take_sign_in_attempt(bytea[], int[], int[], timestamptz), payymo.give_back_sign_in_attempt(bytea[], bytea[], timestamptz) from public;
  grant execute on function payymo.revocations_since(xid8, uuid, uuid, timestamptz, int), payymo.prune_sessions(timestamptz),
    payymo.users_of_device(text, text, text, text, text[]),
    payymo.take_sign_in_attempt(bytea[], int[], int[], timestamptz), payymo.give_back_sign_in_attempt(bytea[], bytea[], timestamptz) to payymo_app;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  drop function payymo.prune_sessions(timestamptz);
  drop function payymo.users_of_device(text, text, text, text, text[]);
  drop function payymo.give_back_sign_in_attempt(bytea[], bytea[], timestamptz);
  drop function payymo.take_sign_in_attempt(bytea[], int[], int[], timestamptz);
  drop table payymo.sign_in_throttle;
  drop function payymo.revocations_since(xid8, uuid, uuid, timestamptz, int);
  drop table revocations, refresh_tokens, sessions;
`);
