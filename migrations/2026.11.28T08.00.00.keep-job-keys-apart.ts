import type { Migration } from '../src/platform/database/migration';

/** `key` is what the queue takes for the key that was asked for. */
const addJob = (key: string) => `
  create or replace function payymo.add_job(task text, payload json, queue text, job_key text, run_at timestamptz, attempts int) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
      if payymo.tenant() is null or payload->>'tenantId' is distinct from payymo.tenant()::text then
        raise insufficient_privilege using message = 'a job must belong to the tenant of its transaction';
      end if;
      perform graphile_worker.add_job(task, payload, queue_name => queue, run_at => run_at, max_attempts => attempts,
        job_key => ${key}, job_key_mode => 'replace');
    end $$;`;

/** A key is the tenant's own: none can name, and so replace, a waiting job of another. */
export const up: Migration = ({ context: { sql } }) => sql(addJob(`payymo.tenant() || ':' || job_key`));

export const down: Migration = ({ context: { sql } }) => sql(addJob('job_key'));
