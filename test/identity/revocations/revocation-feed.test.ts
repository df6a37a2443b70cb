import { Client } from 'pg';

import { RevocationFeed } from '../../../src/identity/revocations/revocation-feed';
import { newId } from '../../../src/platform/database/ids';
import { startApp, type TestApp } from '../../support/app';
import { aBusiness } from '../../support/business';
import { anInstance, type Instance } from '../../support/instance';
import { codeOf } from '../../support/sessions';

/** More than any answer holds. */
const BURST = 25_000;
/** What an answer holds at most. */
const PAGE = 2_000;

describe('the list of what was revoked', () => {
  let app: TestApp;
  let feed: RevocationFeed;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await app.db.query('truncate revocations');
    feed = new RevocationFeed(app.db.appUrl);
  });
  afterEach(() => feed.close());

  const pages = async (): Promise<string[][]> => {
    const read: string[][] = [];
    for await (const page of feed.read(app.clock.now())) read.push(page.map(({ subject }) => subject));
    return read;
  };
  const read = async (): Promise<string[]> => (await pages()).flat();
  const INSERT = `insert into revocations (tenant_id, id, kind, subject, expires_at, xid)
    select $1, gen_random_uuid(), 'token', coalesce($2::uuid, gen_random_uuid()), now() + interval '6 minutes', coalesce($3, pg_current_xact_id())
    from generate_series(1, $4)`;
  const revoke = async (xid: string | null = null, db: Pick<Client, 'query'> = app.db as never): Promise<string> => {
    const subject = newId();
    await db.query(INSERT, [app.tenant('northwind').uuid, subject, xid, 1]);
    return subject;
  };
  const burst = () => app.db.query(INSERT, [app.tenant('northwind').uuid, null, null, BURST]);

  it('is read whole, however much was revoked at once, in answers of bounded size, and then from there on [SEC-009]', async () => {
    const before = await revoke();
    await burst();

    const all = await pages();
    expect(all.flat()).toContain(before);
    expect(new Set(all.flat()).size).toBe(BURST + 1);
    expect(Math.max(...all.map(({ length }) => length))).toBe(PAGE);

    const after = await revoke();
    expect(await read()).toEqual([after]);
  });

  it('keeps what is committed while it is read, in front of the page that comes next too [SEC-009]', async () => {
    const late = new Client({ connectionString: app.db.superuserUrl });
    await late.connect();
    try {
      await late.query('begin');
      const subject = await revoke(null, late);
      await burst();
      const reading = feed.read(app.clock.now());
      await reading.next();
      await late.query('commit');
      for await (const page of reading) expect(page.map(revoked => revoked.subject)).not.toContain(subject);

      expect(await read()).toContain(subject);
    } finally {
      await late.end();
    }
  });

  it('is read from the beginning over a new connection: the server may be another, where transactions have lower numbers [SEC-009]', async () => {
    await revoke();
    await read();
    const restored = await revoke('3');
    expect(await read()).not.toContain(restored);

    await app.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%revocations_since%' and pid <> pg_backend_pid()`,
    );
    // Whether the first of them still meets the old connection is a matter of luck.
    const twice = [...(await read().catch(() => [])), ...(await read())];

    expect(twice).toContain(restored);
  });

  it('is read from the beginning when the transactions of the database have lower numbers than before [SEC-009]', async () => {
    await revoke();
    await read();
    const restored = await revoke('3');
    const types = 'xid8, uuid, uuid, timestamptz, int';
    await app.db.query(`alter function payymo.revocations_since(${types}) rename to as_it_is`);
    await app.db.query(`create function payymo.revocations_since(${types}) returns table (horizon text, xid text, tenant_id uuid, id uuid,
      kind text, subject uuid, min_version int, expires_at timestamptz) language sql security definer
      as $$ select '5', xid, tenant_id, id, kind, subject, min_version, expires_at from payymo.as_it_is($1, $2, $3, $4, $5) $$`);
    try {
      await expect(read()).rejects.toThrow('from the beginning');

      expect(await read()).toContain(restored);
    } finally {
      await app.db.query(`drop function payymo.revocations_since(${types})`);
      await app.db.query(`alter function payymo.as_it_is(${types}) rename to revocations_since`);
    }
  });

  it('lets everybody in during a burst, in a process that runs and in one that starts [SEC-009] [SEC-022]', async () => {
    const ask = () => codeOf(app.tenant('northwind').as('OWNER')('{ __typename }'));
    await burst();
    const other: Instance = await anInstance({ appUrl: app.db.appUrl, publicUrl: app.url, clock: app.clock });
    try {
      const answers = await Promise.all(Array.from({ length: 20 }, ask));

      expect(new Set(answers)).toEqual(new Set(['200']));
      expect(await other.revocations.health()).toBeUndefined();
    } finally {
      await other.close();
    }
  });
});
