import { MINUTE_MS } from '../../../src/platform/clock';
import { startApp, type TestApp } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness } from '../../support/business';
import { codeOf, SIGN_OUT, signedIn } from '../../support/sessions';

const ME = '{ me { email } }';
const EVERYWHERE = 'mutation { signOutEverywhere }';

describe('signing out', () => {
  let app: TestApp;
  const owner = (browser = aBrowser(app.url)) => signedIn(app.url, 'owner@northwind.example', browser);

  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());

  it('ends the session at once: its access token, its refresh token, and no other session [SEC-009]', async () => {
    const [leaving, staying] = [await owner(), await owner()];

    expect((await leaving.ask(SIGN_OUT)).data).toEqual({ signOut: true });

    expect(await codeOf(leaving.ask(ME))).toBe('UNAUTHENTICATED');
    expect(await codeOf(leaving.refresh())).toBe('UNAUTHENTICATED');
    expect(await codeOf(staying.ask(ME))).toBe('200');
  });

  it('leaves the browser its cookie, to which sessions of other tenants may be bound [SEC-008]', async () => {
    const person = await owner();
    const other = await owner(person.browser);

    await person.ask(SIGN_OUT);

    expect(person.browser.lastSetCookie).toEqual([]);
    expect(await codeOf(other.refresh())).toBe('200');
  });

  it('ends the tokens of before a refresh too [SEC-009]', async () => {
    const person = await owner();
    const { accessToken } = person.tokens;
    await person.refresh();

    await person.ask(SIGN_OUT);

    expect(await codeOf(app.ask(`Bearer ${accessToken}`)(ME))).toBe('UNAUTHENTICATED');
  });

  it('is taken in the audit trail, once [SEC-020]', async () => {
    const person = await owner();
    await person.ask(`mutation { a: signOut b: signOut }`);

    const trail = await app.db.query(
      `select action, actor, after from audit_entries where object_type = 'Session' order by sequence desc limit 2`,
    );

    expect(trail).toMatchObject([
      { action: 'session.ended', actor: `user:${app.tenant('northwind').userUuids.OWNER}`, after: { reason: 'SIGNED_OUT' } },
      { action: 'session.begun', after: { methods: ['pwd'], network: '127.0.0.0/24', proof: 'COOKIE' } },
    ]);
  });

  it('also works for a token whose session has run out, and in a suspended tenant [SEC-009]', async () => {
    await app.db.query(`update tenants set status = 'SUSPENDED', status_reason = 'unpaid'`);
    const person = await owner();
    await app.db.query("update sessions set expires_at = created_at + interval '1 second'");
    app.clock.advance(2_000);

    expect((await person.ask(SIGN_OUT)).data).toEqual({ signOut: true });
    await app.db.query(`update tenants set status = 'ACTIVE', status_reason = null`);

    expect(await codeOf(person.ask(ME))).toBe('UNAUTHENTICATED');
  });

  it('everywhere ends all sessions of the user and nobody else’s, and lets the user begin anew [SEC-009]', async () => {
    app.clock.advance(20 * MINUTE_MS);
    const people = [await owner(), await owner(), await owner()];
    const stranger = await signedIn(app.url, 'viewer@northwind.example');

    expect((await people[0]?.ask(EVERYWHERE))?.data).toEqual({ signOutEverywhere: 3 });

    for (const person of people) {
      expect(await codeOf(person.ask(ME))).toBe('UNAUTHENTICATED');
      expect(await codeOf(person.refresh())).toBe('UNAUTHENTICATED');
    }
    expect(await codeOf(stranger.ask(ME))).toBe('200');
    expect(await codeOf((await owner()).ask(ME))).toBe('200');
  });

  it.each([SIGN_OUT, EVERYWHERE])('%s is refused to somebody who is not signed in [API-003]', async operation => {
    expect(await codeOf(app.anonymous(operation))).toBe('UNAUTHENTICATED');
  });
});
