import { DAY_MS, MINUTE_MS } from '../../../src/platform/clock';
import { startApp, type TestApp } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aDpopClient } from '../../support/dpop';
import { codeOf, refresh, REFRESH, signedIn, SIGN_IN, type Tokens } from '../../support/sessions';
import { PASSWORD } from '../../support/settings';

const ME = '{ me { email role permissions } }';

describe('refreshSession', () => {
  let app: TestApp;
  const refusal = { message: 'The session is over: sign in again', extensions: { code: 'UNAUTHENTICATED' } };
  const owner = () => signedIn(app.url, 'owner@northwind.example');

  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
  });
  afterAll(() => app.close());

  it('gives another refresh token and an access token that works, and renews the cookie [SEC-008]', async () => {
    const person = await owner();
    const [first, cookie] = [person.tokens, person.browser.cookie];

    const { data } = await person.refresh();

    expect(data?.refreshSession.refreshToken).toMatch(/^payymo_rt_[0-9a-f-]{36}\.[\w-]{43}$/);
    expect(data?.refreshSession.refreshToken).not.toBe(first.refreshToken);
    expect(person.browser.cookie).toBe(cookie);
    expect(person.browser.lastSetCookie[0]).toMatch(
      /^__Host-payymo=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect((await person.ask(ME)).data).toMatchObject({ me: { email: 'owner@northwind.example' } });
  });

  it('keeps nothing of a token but its SHA-256 [SEC-008]', async () => {
    const person = await owner();
    await person.refresh();

    const rows = await app.db.query<{ row: string }>(
      'select t::text as row from refresh_tokens t union all select s::text from sessions s',
    );

    const secrets = [person.tokens.refreshToken.split('.')[1], person.browser.cookie?.split('=')[1]];
    for (const secret of secrets) expect(rows.map(({ row }) => row).join('')).not.toContain(secret);
  });

  it('gives the same refresh token to a retry within ten seconds [SEC-008]', async () => {
    const person = await owner();
    const { refreshToken } = person.tokens;
    const { data: first } = await refresh(person.browser, refreshToken);
    app.clock.advance(10_000);

    const { data: again } = await refresh(person.browser, refreshToken);

    expect(again?.refreshSession.refreshToken).toBe(first?.refreshSession.refreshToken);
    expect(await codeOf(person.ask(ME))).toBe('200');
  });

  it('ends the session when a token comes again after ten seconds, with its newest token and all access tokens [SEC-008] [SEC-009]', async () => {
    const person = await owner();
    const { refreshToken: stolen } = person.tokens;
    await person.refresh();
    app.clock.advance(10_001);

    expect((await refresh(person.browser, stolen)).errors).toMatchObject([refusal]);

    expect(await codeOf(person.ask(ME))).toBe('UNAUTHENTICATED');
    expect((await person.refresh()).errors).toMatchObject([refusal]);
    const trail = `select after->>'reason' as reason, action from audit_entries where action like 'session.%' order by sequence desc limit 1`;
    expect(await app.db.query(trail)).toEqual([{ reason: null, action: 'session.refresh-token-reused' }]);
  });

  it.each([
    ['without the cookie', undefined],
    ['with the cookie of another browser', `__Host-payymo=${'x'.repeat(43)}`],
    ['with a cookie of another form', '__Host-payymo=short'],
  ])('takes a token that comes %s for stolen, and ends the session [SEC-008]', async (_how, cookie) => {
    const person = await owner();

    expect((await refresh(aBrowser(app.url, cookie), person.tokens.refreshToken)).errors).toMatchObject([refusal]);

    expect((await person.refresh()).errors).toMatchObject([refusal]);
    expect(await codeOf(person.ask(ME))).toBe('UNAUTHENTICATED');
  });

  it('gives a thief nothing within the ten seconds either, without the proof [SEC-008]', async () => {
    const person = await owner();
    const { refreshToken: stolen } = person.tokens;
    await person.refresh();

    expect((await refresh(aBrowser(app.url), stolen)).errors).toMatchObject([refusal]);
    expect((await person.refresh()).errors).toMatchObject([refusal]);
  });

  it.each([
    ['an empty token', () => ''],
    ['a token of another form', () => 'payymo_rt_x.y'],
    ['a token of 50 kB', (token: string) => token.repeat(500)],
    ['a token that was never issued', (token: string) => `${token.slice(0, -43)}${'A'.repeat(43)}`],
    ['a token with a blank behind it', (token: string) => `${token} `],
    ['a token in another case', (token: string) => token.toUpperCase()],
    ['a token in the name of another tenant', (token: string) => token.replace(/[0-9a-f-]{36}/, app.tenant('aurora').uuid)],
    ['a token in the name of no tenant', (token: string) => token.replace(/[0-9a-f-]{36}/, '00000000-0000-4000-8000-000000000000')],
  ])('refuses %s in the same words, and leaves the session as it is [SEC-008]', async (_what, wrong) => {
    const person = await owner();

    const { errors, data } = await refresh(person.browser, wrong(person.tokens.refreshToken));

    expect(errors).toMatchObject([refusal]);
    expect(data ?? null).toBeNull();
    expect((await person.refresh()).errors).toBeUndefined();
  });

  it('waits a quarter of an hour for a plain browser, and half a day in all [SEC-008]', async () => {
    const [busy, idle] = [await owner(), await owner()];
    const began = app.clock.now().getTime();
    app.clock.advance(15 * MINUTE_MS - 1);
    expect((await busy.refresh()).errors).toBeUndefined();
    app.clock.advance(1);
    expect((await idle.refresh()).errors).toMatchObject([refusal]);

    while (app.clock.now().getTime() - began < 12 * 60 * MINUTE_MS - 14 * MINUTE_MS) {
      app.clock.advance(14 * MINUTE_MS);
      expect((await busy.refresh()).errors).toBeUndefined();
    }

    expect(Date.parse(busy.tokens.refreshTokenExpiresAt) - began).toBe(12 * 60 * MINUTE_MS);
    app.clock.advance(14 * MINUTE_MS);
    expect((await busy.refresh()).errors).toMatchObject([refusal]);
  });

  it('carries what the role permits at the time, and the authentication of the sign-in [SEC-010]', async () => {
    const person = await signedIn(app.url, 'viewer@northwind.example');
    const begun = app.clock.now();
    await app.db.query(`update users set role = 'ACCOUNTANT' where email = 'viewer@northwind.example'`);
    app.clock.advance(MINUTE_MS);
    await person.refresh();

    const claims = JSON.parse(Buffer.from(person.tokens.accessToken.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;

    expect(claims['scopes']).toContain('matches:approve');
    expect(claims).toMatchObject({ amr: ['pwd'], auth_time: Math.floor(begun.getTime() / 1000) });
  });

  it.each([
    ['a disabled user', `update users set disabled_at = now() where email = 'admin@aurora.example'`],
    ['the user of a closed tenant', `update tenants set status = 'CLOSED' where slug = 'aurora'`],
  ])('refuses %s [SEC-009]', async (_whom, change) => {
    await app.db.query(`update users set disabled_at = null where email = 'admin@aurora.example'`);
    const person = await signedIn(app.url, 'admin@aurora.example');
    await app.db.query(change);

    expect((await person.refresh()).errors).toMatchObject([refusal]);
  });

  it('works for a suspended tenant, which can be read [SEC-009]', async () => {
    const person = await owner();
    await app.db.query(`update tenants set status = 'SUSPENDED', status_reason = 'unpaid' where slug = 'northwind'`);

    const { errors } = await person.refresh();
    await app.db.query(`update tenants set status = 'ACTIVE' where slug = 'northwind'`);

    expect(errors).toBeUndefined();
  });

  it('works once for ten aliases of one operation [SEC-008]', async () => {
    const person = await owner();
    const aliases = Array.from({ length: 10 }, (_, at) => `a${at}: refreshSession(input: { refreshToken: $token }) { refreshToken }`);

    const { data } = await person.browser.ask(`mutation ($token: String!) { ${aliases.join(' ')} }`, { token: person.tokens.refreshToken });

    const tokens = new Set(Object.values(data ?? {}).map(given => (given as { refreshToken: string } | null)?.refreshToken));
    expect(tokens.size).toBeLessThanOrEqual(1);
    const [count] = await app.db.query<{ live: number }>(
      'select count(*)::int as live from refresh_tokens where consumed_at is null group by session_id order by 1 desc limit 1',
    );
    expect(count).toEqual({ live: 1 });
  });

  it('needs the same DPoP key all along, lives a week idle and a month in all, and binds the access token too [SEC-008]', async () => {
    const [client, another] = [await aDpopClient(app.clock), await aDpopClient(app.clock)];
    const target = { method: 'POST', url: `${app.url}/graphql` };
    const proof = async () => ({ dpop: await client.proof(target) });
    const browser = aBrowser(app.url);
    const { data } = await browser.ask<{ signIn: Tokens }>(
      SIGN_IN,
      { input: { email: 'owner@northwind.example', password: PASSWORD } },
      await proof(),
    );
    expect(data?.signIn.tokenType).toBe('DPoP');
    expect(browser.cookie).toBeUndefined();
    app.clock.advance(6 * DAY_MS);

    const { data: refreshed } = await browser.ask<{ refreshSession: Tokens }>(REFRESH, { token: data?.signIn.refreshToken }, await proof());
    const token = refreshed?.refreshSession.accessToken ?? '';

    expect(await codeOf(browser.ask(ME, {}, { authorization: `Bearer ${token}` }))).toBe('UNAUTHENTICATED');
    const bound = { dpop: await client.proof({ ...target, accessToken: token }) };
    expect((await browser.ask(ME, {}, { authorization: `DPoP ${token}`, ...bound })).data).toMatchObject({ me: { role: 'OWNER' } });
    const other = { dpop: await another.proof(target) };
    expect((await browser.ask(REFRESH, { token: refreshed?.refreshSession.refreshToken }, other)).errors).toMatchObject([refusal]);
  });
});
