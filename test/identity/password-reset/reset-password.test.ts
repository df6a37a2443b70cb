import { tenantIds } from '../../../src/identity/ids';
import { newId } from '../../../src/platform/database/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser, type TestUser, tokenIn, trailOf } from '../../support/people';
import { challengeFor, withSecondFactor } from '../../support/second-factor';
import { SIGN_IN, signedIn } from '../../support/sessions';
import { PASSWORD } from '../../support/settings';

const REQUEST = 'mutation ($email: String!) { requestPasswordReset(input: { email: $email }) { validMinutes } }';
const RESET = 'mutation ($token: String!, $password: String!) { resetPassword(input: { token: $token, password: $password }) { done } }';
const NEW_PASSWORD = 'seventeen violet lighthouses';

let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  tenant = app.tenant('northwind');
  other = app.tenant('aurora');
});
afterAll(() => app.close());

const codes = async (asked: Promise<{ errors?: readonly { extensions: { code: string } }[] }>) =>
  (await asked).errors?.map(({ extensions }) => extensions.code);
const reset = (token: string, password = NEW_PASSWORD) => app.anonymous(RESET, { token, password });
const signIn = (email: string, password: string) => codes(aBrowser(app.url).ask(SIGN_IN, { input: { email, password } }));

async function tokenFor({ email }: Pick<TestUser, 'email'>): Promise<string> {
  expect((await app.anonymous(REQUEST, { email })).errors).toBeUndefined();
  await app.runJobs();
  return tokenIn(app.smtp.mails.at(-1));
}

describe('resetPassword', () => {
  it('sets the password, ends all sessions, tells the user, and signs nobody in [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    const session = await signedIn(app.url, user.email);
    const token = await tokenFor(user);

    const { data, headers } = await reset(token);

    expect(data).toEqual({ resetPassword: { done: true } });
    expect(headers.getSetCookie()).toEqual([]);
    const started = performance.now();
    let { status } = await session.ask('{ me { id } }');
    while (status !== 401 && performance.now() - started < 1_000) ({ status } = await session.ask('{ me { id } }'));
    expect(status).toBe(401);
    expect((await session.refresh()).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await signIn(user.email, PASSWORD)).toEqual(['UNAUTHENTICATED']);
    expect(await signIn(user.email, NEW_PASSWORD)).toBeUndefined();
    await app.runJobs();
    expect(app.smtp.mails.at(-1)).toMatchObject({ to: [user.email], subject: 'Your access to northwind Hosting on Payymo was changed' });
    expect(await trailOf(app, tenant.uuid, user.uuid)).toContainEqual({
      action: 'user.password-reset',
      actor: `user:${user.uuid}`,
      before: null,
      after: null,
    });
  });

  it('works once, also when it is asked for many times at once [SEC-021]', async () => {
    const token = await tokenFor(await aUser(app, tenant));

    const outcomes = await Promise.all(Array.from({ length: 5 }, () => codes(reset(token))));

    expect(outcomes.filter(outcome => outcome === undefined)).toHaveLength(1);
    expect(new Set(outcomes.flat())).toEqual(new Set([undefined, 'BAD_USER_INPUT']));
  });

  it('says the same of every token that is not good: malformed, unknown, foreign, replaced, too old, of who is shut out [SEC-021]', async () => {
    const [user, gone, late] = [await aUser(app, tenant), await aUser(app, tenant), await aUser(app, tenant)];
    const [replaced, ofGone] = [await tokenFor(user), await tokenFor(gone)];
    await tokenFor(user);
    await tenant.as('OWNER')('mutation ($id: ID!) { disableUser(userId: $id) { id } }', { id: gone.id });
    const old = await tokenFor(late);
    app.clock.advance(30 * 60_000);
    const [, secret = ''] = old.split('.');
    const bad = [
      '',
      'x',
      `${old}A`,
      `${other.id}.${secret}`,
      `${tenantIds.encode(newId())}.${secret}`,
      `${tenant.id}.${'A'.repeat(43)}`,
      replaced,
      ofGone,
      old,
    ];

    const answers = await Promise.all(
      bad.map(async token => (await reset(token)).errors?.map(({ message, extensions: { code } }) => ({ message, code }))),
    );

    expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify([{ message: 'This link is unknown, used or too old: ask for a new one', code: 'BAD_USER_INPUT' }])]),
    );
    expect(await signIn(late.email, PASSWORD)).toBeUndefined();
  });

  it('stays dead for a user who was shut out and let in again [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    const token = await tokenFor(user);
    await tenant.as('OWNER')('mutation ($id: ID!) { disableUser(userId: $id) { id } }', { id: user.id });
    await tenant.as('OWNER')('mutation ($id: ID!) { enableUser(userId: $id) { id } }', { id: user.id });

    expect(await codes(reset(token))).toEqual(['BAD_USER_INPUT']);
  });

  it('refuses a password that is not good, and the token stays good [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    const token = await tokenFor(user);

    for (const password of ['short', 'passwordpassword', user.email, 'x'.repeat(129)]) {
      expect((await reset(token, password)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'password' } }]);
    }
    expect(await codes(reset(token))).toBeUndefined();
  });

  it('opens a sign-in that guesses had delayed [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    for (let guess = 0; guess < 7; guess += 1) await signIn(user.email, 'not the right password');
    expect(await signIn(user.email, PASSWORD)).toEqual(['RATE_LIMITED']);

    expect(await codes(reset(await tokenFor(user)))).toBeUndefined();

    expect(await signIn(user.email, NEW_PASSWORD)).toBeUndefined();
  });

  it('does not stand in for the second factor: sign-in demands it afterwards [SEC-011]', async () => {
    await withSecondFactor(app, tenant, 'ACCOUNTANT');
    const email = `accountant@${tenant.slug}.example`;
    expect(await codes(reset(await tokenFor({ email })))).toBeUndefined();

    const { data } = await aBrowser(app.url).ask<{ signIn: unknown }>(SIGN_IN, { input: { email, password: NEW_PASSWORD } });

    expect(data?.signIn).toMatchObject({ accessToken: null, refreshToken: null, secondFactor: { demand: 'VERIFY' } });
  });

  it('ends a sign-in that waits for its second factor: the old password is worth nothing [SEC-021]', async () => {
    const enrolled = await withSecondFactor(app, tenant, 'VIEWER');
    const challenge = await challengeFor(app, tenant, 'VIEWER');
    expect(await codes(reset(await tokenFor({ email: `viewer@${tenant.slug}.example` })))).toBeUndefined();

    const VERIFY = 'mutation ($input: VerifySecondFactorInput!) { verifySecondFactor(input: $input) { accessToken } }';
    const { data, errors } = await app.anonymous(VERIFY, { input: { challenge, totp: enrolled.code() } });

    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((data as { verifySecondFactor?: unknown } | null)?.verifySecondFactor ?? null).toBeNull();
  });
});
