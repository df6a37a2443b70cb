import { DAY_MS } from '../../../src/platform/clock';
import { startApp, type TestApp } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness } from '../../support/business';
import { codeOf, signedIn, SIGN_IN } from '../../support/sessions';
import { PASSWORD } from '../../support/settings';

const CHANGE = 'mutation ($old: String!, $new: String!) { changePassword(input: { currentPassword: $old, newPassword: $new }) }';
const ME = '{ me { email } }';
const NEW = 'seven quiet lighthouses';

describe('changePassword', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());
  // Failures of earlier tests are forgiven.
  beforeEach(() => {
    app.clock.advance(DAY_MS);
  });

  it('puts the new password in the place of the old one and ends all other sessions [SEC-021] [SEC-009]', async () => {
    const email = 'viewer@northwind.example';
    const [here, there] = [await signedIn(app.url, email), await signedIn(app.url, email)];

    expect((await here.ask(CHANGE, { old: PASSWORD, new: NEW })).data).toEqual({ changePassword: true });

    expect(await codeOf(here.ask(ME))).toBe('200');
    expect(await codeOf(here.refresh())).toBe('200');
    expect(await codeOf(there.ask(ME))).toBe('UNAUTHENTICATED');
    expect(await codeOf(there.refresh())).toBe('UNAUTHENTICATED');
    const signIn = (password: string) => codeOf(aBrowser(app.url).ask(SIGN_IN, { input: { email, password } }));
    expect([await signIn(PASSWORD), await signIn(NEW)]).toEqual(['UNAUTHENTICATED', '200']);
  });

  it('is in the audit trail, without any password [SEC-020]', async () => {
    const person = await signedIn(app.url, 'admin@northwind.example');
    await person.ask(CHANGE, { old: PASSWORD, new: NEW });

    const trail = await app.db.query<{ action: string; entry: string }>(
      'select action, e::text as entry from audit_entries e order by sequence desc limit 1',
    );

    expect(trail.map(({ action }) => action)).toEqual(['user.password-changed']);
    expect(trail[0]?.entry).not.toMatch(/lighthouse|argon2/);
  });

  it('ends the password reset that was under way [SEC-021]', async () => {
    const id = app.tenant('northwind').userUuids.INTEGRATION;
    await app.db.query(
      `insert into password_resets (tenant_id, id, user_id, token_hash, expires_at) values ($1, $2, $2, 'hash', now() + interval '1 hour')`,
      [app.tenant('northwind').uuid, id],
    );

    await app.tenant('northwind').as('INTEGRATION')(CHANGE, { old: PASSWORD, new: NEW });

    expect(await app.db.query('select id from password_resets')).toEqual([]);
  });

  it('refuses a wrong current password, and waits after some, also with the right one [SEC-021]', async () => {
    const ask = app.tenant('northwind').as('OWNER');
    for (let time = 0; time < 6; time += 1) {
      const { errors } = await ask(CHANGE, { old: 'not the password', new: NEW });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.currentPassword' } }]);
    }

    const { errors } = await ask(CHANGE, { old: PASSWORD, new: NEW });

    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);
    expect(await codeOf(aBrowser(app.url).ask(SIGN_IN, { input: { email: 'owner@northwind.example', password: PASSWORD } }))).toBe('200');
  });

  it.each([
    ['too short', 'eleven char'],
    ['too long', 'x1y2z3 '.repeat(19)],
    ['the old one', PASSWORD],
    ['known from breaches', 'leavemealone'],
    ['the e-mail address', 'owner@northwind.example'],
  ])('refuses a new password that is %s [SEC-021]', async (_what, password) => {
    const { errors } = await app.tenant('northwind').as('OWNER')(CHANGE, { old: PASSWORD, new: password });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.newPassword' } }]);
  });

  it('is done once when it is asked for twice at the same time [SEC-021]', async () => {
    const ask = app.tenant('northwind').as('ACCOUNTANT');

    const codes = await Promise.all([NEW, `${NEW}!`].map(password => codeOf(ask(CHANGE, { old: PASSWORD, new: password }))));

    // Whoever comes second finds either the hash changed or the old password wrong.
    expect(codes.filter(code => code === '200')).toHaveLength(1);
    expect(['CONFLICT', 'BAD_USER_INPUT']).toContain(codes.find(code => code !== '200'));
  });

  it('is refused to somebody who is not signed in, and to a user who was disabled [API-003]', async () => {
    expect(await codeOf(app.anonymous(CHANGE, { old: PASSWORD, new: NEW }))).toBe('UNAUTHENTICATED');

    await app.db.query(`update users set disabled_at = now() where email = 'owner@northwind.example'`);
    expect(await codeOf(app.tenant('northwind').as('OWNER')(CHANGE, { old: PASSWORD, new: NEW }))).toBe('UNAUTHENTICATED');
  });
});
