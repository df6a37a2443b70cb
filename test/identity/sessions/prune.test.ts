import { DAY_MS, MINUTE_MS } from '../../../src/platform/clock';
import { startApp, type TestApp } from '../../support/app';
import { aBusiness } from '../../support/business';
import { codeOf, refresh, signedIn } from '../../support/sessions';

describe('what has run out', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());
  beforeEach(() => app.db.query('truncate sessions, refresh_tokens, revocations'));

  const prune = (at = new Date()) => app.database.callUntenanted('select payymo.prune_sessions($1)', [at]);
  const counts = async () => {
    const [row] = await app.db.query<Record<string, number>>(
      `select (select count(*) from sessions)::int as sessions, (select count(*) from refresh_tokens)::int as tokens,
        (select count(*) from refresh_tokens where successor_sealed is not null)::int as sealed,
        (select count(*) from revocations)::int as revocations`,
    );
    return row;
  };
  /** A session whose token was used once, and that was signed out of: all of it so long ago. */
  const aSessionOf = async (age: string) => {
    const person = await signedIn(app.url, 'owner@northwind.example');
    await person.refresh();
    await person.ask('mutation { signOut }');
    await app.db.query(`update sessions set created_at = created_at - $1::interval, expires_at = expires_at - $1::interval`, [age]);
    await app.db.query(
      `update refresh_tokens set expires_at = expires_at - $1::interval, kept_until = kept_until - $1::interval,
        consumed_at = consumed_at - $1::interval`,
      [age],
    );
    await app.db.query(`update revocations set expires_at = expires_at - $1::interval`, [age]);
  };

  it('is kept while it is worth something [SEC-008] [SEC-009]', async () => {
    await aSessionOf('0');
    const before = await counts();

    await prune(app.clock.now());

    expect(before).toMatchObject({ sessions: 1, tokens: 2, sealed: 1 });
    expect(before?.['revocations']).toBeGreaterThan(0);
    expect(await counts()).toEqual(before);
  });

  it('is deleted: sealed successors after seconds, revocations after minutes, tokens with their session [SEC-008]', async () => {
    await aSessionOf('11 seconds');
    await prune();
    expect(await counts()).toMatchObject({ sessions: 1, tokens: 2, sealed: 0 });

    await app.db.query(`update revocations set expires_at = now() - interval '1 second'`);
    await app.db.query(`update refresh_tokens set expires_at = now() - interval '1 second'`);
    await prune();
    expect(await counts()).toEqual({ sessions: 1, tokens: 2, sealed: 0, revocations: 0 });

    await app.db.query(`update refresh_tokens set kept_until = now() - interval '1 second'`);
    await prune();
    expect(await counts()).toEqual({ sessions: 1, tokens: 0, sealed: 0, revocations: 0 });
  });

  it('does not hide the use of a used token while its session lives, however long ago the token would have run out [SEC-008]', async () => {
    // Back then, so that what runs out below has also run out for the database.
    app.clock.advance(-60 * MINUTE_MS);
    const person = await signedIn(app.url, 'owner@northwind.example');
    const { refreshToken: stolen } = person.tokens;
    await person.refresh();
    app.clock.advance(10 * MINUTE_MS);
    await person.refresh();
    app.clock.advance(6 * MINUTE_MS);
    await prune(app.clock.now());

    expect(await codeOf(refresh(person.browser, stolen))).toBe('UNAUTHENTICATED');

    expect(await codeOf(person.refresh())).toBe('UNAUTHENTICATED');
    const trail = await app.db.query(`select action from audit_entries order by sequence desc limit 1`);
    expect(trail).toEqual([{ action: 'session.refresh-token-reused' }]);
    app.clock.advance(44 * MINUTE_MS);
  });

  it('is forgotten altogether two months after the end of the session [SEC-008]', async () => {
    await aSessionOf('59 days');
    await prune();
    expect(await counts()).toMatchObject({ sessions: 1 });

    await app.db.query(`update sessions set created_at = created_at - interval '2 days', expires_at = expires_at - interval '2 days'`);
    await prune();
    expect(await counts()).toMatchObject({ sessions: 0 });
  });

  it('is not deleted early for a process whose clock is ahead [SEC-009]', async () => {
    await aSessionOf('0');
    const before = await counts();

    await prune(new Date(Date.now() + 365 * DAY_MS));

    // By the time of the database the successor may have been sealed long enough ago, nothing else.
    expect({ ...(await counts()), sealed: 0 }).toEqual({ ...before, sealed: 0 });
  });
});
