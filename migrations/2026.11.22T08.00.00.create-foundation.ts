import type { Migration } from '../src/platform/database/migration';

/** The tenant of the transaction, and the one door to the job queue. The roles themselves are made with the database. */
export const up: Migration = ({ context: { sql } }) =>
  sql(`
  create schema payymo;
  grant usage on schema payymo to payymo_app, payymo_worker;
  grant usage on schema public to payymo_app;

  -- nullif: after a commit the setting is an empty string, not null.
  create function payymo.tenant() returns uuid
    language sql stable parallel safe set search_path = pg_catalog, pg_temp
    as $$ select nullif(current_setting('payymo.tenant_id', true), '')::uuid $$;

  -- A job is a row of the transaction that asks for it, and may only be asked for the transaction's own tenant.
  create function payymo.add_job(task text, payload json, queue text, job_key text, run_at timestamptz, attempts int) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
      if payymo.tenant() is null or payload->>'tenantId' is distinct from payymo.tenant()::text then
        raise insufficient_privilege using message = 'a job must belong to the tenant of its transaction';
      end if;
      perform graphile_worker.add_job(task, payload, queue_name => queue, run_at => run_at, max_attempts => attempts,
        job_key => job_key, job_key_mode => 'replace');
    end $$;

  revoke all on function payymo.tenant(), payymo.add_job(text, json, text, text, timestamptz, int) from public;
  grant execute on function payymo.tenant() to payymo_app;
  grant execute on function payymo.add_job(text, json, text, text, timestamptz, int) to payymo_app;

  grant usage on schema graphile_worker to payymo_worker;
  grant select, insert, update, delete on all tables in schema graphile_worker to payymo_worker;
  grant usage on all sequences in schema graphile_worker to payymo_worker;
  grant execute on all functions in schema graphile_worker to payymo_worker;

  -- graphile-worker switches row-level security on and leaves it to us to say who may see the queue.
  do $$
  declare queue_table name;
  begin
    for queue_table in select relname from pg_class where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity loop
      execute format('create policy payymo_worker on graphile_worker.%I to payymo_worker using (true) with check (true)', queue_table);
    end loop;
  end $$;
`);

export const down: Migration = ({ context: { sql } }) =>
  sql(`
  do $$
  declare queue_table name;
  begin
    for queue_table in select tablename from pg_policies where schemaname = 'graphile_worker' and policyname = 'payymo_worker' loop
      execute format('drop policy payymo_worker on graphile_worker.%I', queue_table);
    end loop;
  end $$;
  revoke all on all functions in schema graphile_worker from payymo_worker;
  revoke all on all sequences in schema graphile_worker from payymo_worker;
  revoke all on all tables in schema graphile_worker from payymo_worker;
  revoke usage on schema graphile_worker from payymo_worker;
  revoke usage on schema public from payymo_app;
  drop schema payymo cascade;
`);
