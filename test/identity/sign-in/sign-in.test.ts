import argon2 from '@node-rs/argon2';

import { hashPassword } from '../../../src/identity/passwords/password';
import { DAY_MS } from '../../../src/platform/clock';
import { type Answer, startApp, type TestApp } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser } from '../../support/people';
import { SIGN_IN as FULL } from '../../support/sessions';
import { PASSWORD } from '../../support/settings';
import { ratioOfTimes } from '../../support/timing';

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken expiresAt } }';
const ME = '{ me { id email role lastSignedInAt tenant { slug } } }';

interface SignedIn {
  readonly signIn: { readonly accessToken: string; readonly expiresAt: string };
}

describe('signIn', () => {
  let app: TestApp;
  const signIn = (input: Record<string, unknown>): Promise<Answer<SignedIn>> => app.anonymous<SignedIn>(SIGN_IN, { input });
  const owner = { email: 'owner@northwind.example', password: PASSWORD };
  const message = 'E-mail address or password is wrong. Users of more than two tenants must name the tenant';
  const refusal = { message, extensions: { code: 'UNAUTHENTICATED' } };

  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
  });
  afterAll(() => app.close());
  // Failures of earlier tests are forgiven.
  beforeEach(() => {
    app.clock.advance(DAY_MS);
  });

  it('gives a token that works at once and says when it ends [SEC-007]', async () => {
    const { data } = await signIn(owner);
    const { accessToken = '', expiresAt = '' } = data?.signIn ?? {};

    const { data: who } = await app.ask(`Bearer ${accessToken}`)(ME);

    expect(Math.round((Date.parse(expiresAt) - app.clock.now().getTime()) / 60_000)).toBe(5);
    expect(who).toEqual({
      me: {
        id: app.tenant('northwind').userIds.OWNER,
        email: owner.email,
        role: 'OWNER',
        lastSignedInAt: app.clock.now().toISOString(),
        tenant: { slug: 'northwind' },
      },
    });
  });

  it('leaves the last sign-in of a user who failed as it was [SEC-021]', async () => {
    await signIn({ email: 'viewer@northwind.example', password: 'not the password' });

    const { data } = await app.tenant('northwind').as('VIEWER')(ME);

    expect(data).toMatchObject({ me: { lastSignedInAt: null } });
  });

  it.each([
    ['an e-mail address in other case', { ...owner, email: 'Owner@Northwind.EXAMPLE' }],
    ['an e-mail address with blanks around it', { ...owner, email: `  ${owner.email} ` }],
    ['a tenant that is named', { ...owner, tenant: 'northwind' }],
    ['a tenant that is null', { ...owner, tenant: null }],
  ])('accepts %s [SEC-021]', async (_what, input) => {
    const { data, errors } = await signIn(input);

    expect(errors).toBeUndefined();
    expect(data?.signIn.accessToken).toMatch(/^ey/);
  });

  it.each([
    ['a wrong password', { ...owner, password: 'not the password' }],
    ['a password in other case', { ...owner, password: PASSWORD.toUpperCase() }],
    ['a password with a blank behind it', { ...owner, password: `${PASSWORD} ` }],
    ['an unknown e-mail address', { ...owner, email: 'nobody@northwind.example' }],
    ['a tenant that the user is not of', { ...owner, tenant: 'aurora' }],
    ['a tenant that does not exist', { ...owner, tenant: 'no-such-tenant' }],
    ['a password of 10 kB', { ...owner, password: PASSWORD.repeat(360) }],
    ['an e-mail address of 10 kB', { ...owner, email: `${'a'.repeat(10_000)}@northwind.example` }],
    ['an empty password', { ...owner, password: '' }],
    ['an empty e-mail address', { ...owner, email: '' }],
    ['empty strings all over', { email: '', password: '', tenant: '' }],
    ['a wildcard', { ...owner, email: '%@northwind.example' }],
    ['a NUL character', { ...owner, email: `${owner.email}\u0000` }],
    ['a quote', { ...owner, email: `' or true --` }],
  ])('refuses %s with the same words as any other failure [SEC-021]', async (_what, input) => {
    const { data, errors, status } = await signIn(input);

    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([refusal]);
    expect(status).toBe(200);
  });

  it('answers an unknown e-mail address and a wrong password with the same bytes [SEC-021]', async () => {
    const bytes = async (input: Record<string, unknown>) => {
      const headers = { 'content-type': 'application/json', 'x-request-id': 'the-same-request' };
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: SIGN_IN, variables: { input } }),
      });
      return `${response.status} ${await response.text()}`;
    };

    const wrong = await bytes({ ...owner, password: 'not the password' });

    expect(await bytes({ ...owner, email: 'nobody@northwind.example' })).toBe(wrong);
    expect(await bytes({ ...owner, tenant: 'aurora' })).toBe(wrong);
  });

  it('takes about as long for an unknown e-mail address as for a wrong password [SEC-021]', async () => {
    const attempt = (input: Record<string, unknown>) => () => {
      app.clock.advance(DAY_MS);
      return signIn(input);
    };
    const wrong = attempt({ ...owner, password: 'not the password' });

    for (const other of [
      { ...owner, email: 'nobody@northwind.example' },
      { ...owner, password: 'x'.repeat(10_000) },
    ]) {
      const ratio = await ratioOfTimes(attempt(other), wrong, 7);
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.6);
    }
  });

  it('refuses a disabled user like an unknown one [SEC-021]', async () => {
    const disabled = { email: 'accountant@northwind.example', password: PASSWORD };
    await app.db.query('update users set disabled_at = now() where id = $1', [app.tenant('northwind').userUuids.ACCOUNTANT]);

    expect((await signIn(disabled)).errors).toMatchObject([refusal]);
  });

  it('does not use a password that was changed while it was being checked [SEC-021]', async () => {
    const [changed, kept] = [await hashPassword('another pass phrase'), await hashPassword(PASSWORD)];
    const id = app.tenant('northwind').userUuids.INTEGRATION;
    // The row is held until both sign-ins have read the old hash and wait to begin their sessions.
    await app.db.query('begin');
    await app.db.query('update users set password_hash = $1 where id = $2', [changed, id]);
    const under = signIn({ email: 'integration@northwind.example', password: PASSWORD });
    await new Promise(resolve => setTimeout(resolve, 1_500));
    await app.db.query('commit');

    expect((await under).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await app.db.query('update users set password_hash = $1 where id = $2', [kept, id]);
  });

  it('makes the hash anew when its parameters are not those of today, and keeps the password [SEC-021]', async () => {
    const id = app.tenant('northwind').userUuids.VIEWER;
    const hashOf = async () =>
      (await app.db.query<{ hash: string }>('select password_hash as hash from users where id = $1', [id]))[0]?.hash;
    await app.db.query('update users set password_hash = $1 where id = $2', [
      await argon2.hash(PASSWORD, { memoryCost: 8_192, timeCost: 3 }),
      id,
    ]);
    expect(await hashOf()).toMatch(/m=8192,t=3/);

    for (let time = 0; time < 2; time += 1) {
      expect((await signIn({ email: 'viewer@northwind.example', password: PASSWORD })).errors).toBeUndefined();
      expect(await hashOf()).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    }
  });

  it('answers with the demand of a second factor in the place of tokens, and without a session, where one is required [SEC-011]', async () => {
    const sessions = () => app.db.query('select id from sessions');
    const before = await sessions();
    await app.db.query(`update tenants set second_factor_required = true where slug = 'aurora'`);

    const { data } = await app.anonymous(FULL, { input: { email: 'owner@aurora.example', password: PASSWORD } });
    await app.db.query(`update tenants set second_factor_required = false where slug = 'aurora'`);

    const none = { accessToken: null, expiresAt: null, tokenType: null, refreshToken: null, refreshTokenExpiresAt: null };
    expect(data).toEqual({ signIn: { ...none, secondFactor: { demand: 'ENROL' } } });
    expect(await sessions()).toEqual(before);
  });

  describe('when one e-mail address is a user of two tenants', () => {
    const shared = { email: 'both@shared.example', password: PASSWORD };
    beforeAll(async () => {
      const users = [app.tenant('northwind').userUuids.ADMIN, app.tenant('aurora').userUuids.ADMIN];
      await app.db.query('update users set email = $1 where id = any($2)', [shared.email, users]);
    });

    it('asks which tenant, and takes the one that is named [SEC-016]', async () => {
      const { errors } = await signIn(shared);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'tenant' } }]);
      expect(errors?.[0]?.message).not.toMatch(/northwind|aurora/i);

      for (const slug of ['northwind', 'aurora']) {
        const { data } = await signIn({ ...shared, tenant: slug });
        const { data: who } = await app.ask(`Bearer ${data?.signIn.accessToken ?? ''}`)(ME);
        expect(who).toMatchObject({ me: { email: shared.email, tenant: { slug } } });
      }
    });

    it('says nothing of several tenants to somebody with a wrong password [SEC-021]', async () => {
      expect((await signIn({ ...shared, password: 'not the password' })).errors).toMatchObject([refusal]);
    });

    it('opens the one tenant whose password it is, and leaves the other user alone [SEC-016]', async () => {
      const { userUuids } = app.tenant('aurora');
      const lastSignIn = () => app.db.query('select last_signed_in_at from users where id = $1', [userUuids.ADMIN]);
      const before = await lastSignIn();
      await app.db.query('update users set password_hash = $1 where id = $2', [await hashPassword('another pass phrase'), userUuids.ADMIN]);

      const { data } = await signIn(shared);

      const { data: who } = await app.ask(`Bearer ${data?.signIn.accessToken ?? ''}`)(ME);
      expect(who).toMatchObject({ me: { tenant: { slug: 'northwind' } } });
      expect(await lastSignIn()).toEqual(before);
    });
  });

  describe('whatever the address means', () => {
    const three = { email: 'everywhere@shared.example', password: PASSWORD };
    const two = { email: 'twice@shared.example', password: PASSWORD };
    beforeAll(async () => {
      const [northwind, aurora] = [app.tenant('northwind'), app.tenant('aurora')];
      for (const tenant of [northwind, aurora]) await aUser(app, tenant, { email: two.email });
      for (const tenant of [northwind, aurora]) await aUser(app, tenant, { email: three.email });
      await aUser(app, { uuid: await app.platform.ensure() }, { email: three.email, role: 'PLATFORM_AUDITOR' });
    });
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it.each([
      ['nobody', { email: 'nobody@shared.example' }],
      ['a user of one tenant', { email: owner.email }],
      ['a user of two', { email: two.email }],
      ['a user of three', { email: three.email }],
    ])('does the same work for %s, twice without a tenant and once with one [SEC-021]', async (_what, { email }) => {
      const [verify, begin] = [jest.spyOn(argon2, 'verify'), jest.spyOn(app.database, 'begin')];
      const untenanted = jest.spyOn(app.database, 'callUntenanted');
      // A trace of an earlier refusal may be written meanwhile: that is a change.
      const looked = () => begin.mock.calls.filter(([, must]) => must === 'exist').length;

      await signIn({ email, password: 'not the password' });
      expect([verify.mock.calls.length, looked(), untenanted.mock.calls.length]).toEqual([2, 2, 2]);

      await signIn({ email, password: 'not the password', tenant: 'northwind' });
      expect([verify.mock.calls.length, looked(), untenanted.mock.calls.length]).toEqual([3, 3, 4]);
    });

    it('lets a user of more than two tenants in where the tenant is named, and refuses in the words for everybody where not [SEC-021]', async () => {
      expect((await signIn(three)).errors).toMatchObject([refusal]);
      expect((await signIn({ ...three, password: 'not the password' })).errors).toMatchObject([refusal]);

      expect((await signIn({ ...three, tenant: 'aurora' })).errors).toBeUndefined();
    });

    it('looks at no user while an attempt is delayed [SEC-021]', async () => {
      for (let time = 0; time < 6; time += 1) await signIn({ ...two, password: 'not the password' });
      const untenanted = jest.spyOn(app.database, 'callUntenanted');

      expect((await signIn(two)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
      expect(untenanted.mock.calls.map(([text]) => /payymo\.(\w+)/.exec(text)?.[1])).toEqual(['take_sign_in_attempt']);
    });
  });
});
