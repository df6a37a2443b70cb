import { platformRoles } from '../../../src/identity/roles/permissions';
import { type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { Authenticator } from '../../support/authenticator';
import { aBusiness } from '../../support/business';
import { creationOptions, finishRegistration, withPasskey } from '../../support/passkeys';
import { aPlatform } from '../../support/platform';
import { challengeFor, signInAs, totpNow, verify, withSecondFactor } from '../../support/second-factor';

const MINUTE_MS = 60_000;
const BEGIN = 'mutation ($challenge: String) { beginTotpEnrolment(challenge: $challenge) { secret } }';
const CONFIRM = `mutation ($input: ConfirmTotpEnrolmentInput!) {
  confirmTotpEnrolment(input: $input) { recoveryCodes tokens { accessToken } }
}`;
const ME = '{ me { id secondFactor { totp required recoveryCodesLeft passkeys { name } } } }';

interface Confirmed {
  readonly confirmTotpEnrolment: { readonly recoveryCodes: readonly string[]; readonly tokens: { readonly accessToken: string } } | null;
}

describe('a tenant that demands a second factor', () => {
  let app: TestApp;
  let tenant: TestTenant;
  const begin = async (ask: Ask, challenge: string): Promise<string> => {
    const { data } = await ask<{ beginTotpEnrolment: { secret: string } | null }>(BEGIN, { challenge });
    return data?.beginTotpEnrolment?.secret ?? '';
  };
  const confirm = (challenge: string, secret: string) =>
    app.anonymous<Confirmed>(CONFIRM, { input: { challenge, code: totpNow(secret, app.clock) } });
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    await app.db.query('update tenants set second_factor_required = true');
    await aPlatform(app);
  });
  afterAll(() => app.close());
  afterEach(async () => {
    for (const table of ['totp_seeds', 'passkeys', 'recovery_codes', 'second_factor_failures']) await app.db.query(`delete from ${table}`);
  });

  it('lets nobody in with the password alone, but to enrol one [SEC-011]', async () => {
    const { accessToken, secondFactor } = await signInAs(app, tenant, 'ACCOUNTANT');

    expect(accessToken).toBeNull();
    expect(secondFactor).toMatchObject({ demand: 'ENROL', methods: ['TOTP', 'PASSKEY'] });
    expect(await app.db.query('select id from sessions')).toEqual([]);
  });

  it('lets a user in who enrols an authenticator app [SEC-011]', async () => {
    const challenge = await challengeFor(app, tenant, 'ACCOUNTANT');

    const { data } = await confirm(challenge, await begin(app.anonymous, challenge));

    const { recoveryCodes = [], tokens } = data?.confirmTotpEnrolment ?? {};
    expect(recoveryCodes).toHaveLength(10);
    const me = await app.ask(`Bearer ${tokens?.accessToken ?? ''}`)(ME);
    expect(me.data).toEqual({
      me: { id: tenant.userIds.ACCOUNTANT, secondFactor: { totp: true, required: true, recoveryCodesLeft: 10, passkeys: [] } },
    });
  });

  it('lets a user in who registers a passkey [SEC-011]', async () => {
    const challenge = await challengeFor(app, tenant, 'ACCOUNTANT');
    const response = new Authenticator(app.url).create(await creationOptions(app.anonymous, challenge));

    const { data } = await finishRegistration(app.anonymous, response, { challenge, name: 'Blue key' });

    const { recoveryCodes = [], tokens } = data?.finishPasskeyRegistration ?? {};
    expect(recoveryCodes).toHaveLength(10);
    const me = await app.ask(`Bearer ${tokens?.accessToken ?? ''}`)(ME);
    expect(me.data).toMatchObject({ me: { id: tenant.userIds.ACCOUNTANT, secondFactor: { passkeys: [{ name: 'Blue key' }] } } });
  });

  it('lets a user in once with one challenge [SEC-011]', async () => {
    const challenge = await challengeFor(app, tenant, 'ACCOUNTANT');
    const secret = await begin(app.anonymous, challenge);
    await confirm(challenge, secret);

    for (const answer of [await app.anonymous(BEGIN, { challenge }), await confirm(challenge, secret)]) {
      expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    }
  });

  it('lets nobody meet the demand to enrol with a factor that is not enrolled [SEC-011]', async () => {
    const challenge = await challengeFor(app, tenant, 'ACCOUNTANT');
    const secret = await begin(app.anonymous, challenge);

    const { errors } = await verify(app, { challenge, totp: totpNow(secret, app.clock) });

    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it.each([
    ['TOTP', () => withSecondFactor(app, tenant, 'ACCOUNTANT')],
    ['a passkey', () => withPasskey(app, tenant, 'ACCOUNTANT')],
  ])('lets a password not add a factor beside %s [SEC-011]', async (_what, enrol) => {
    const beforehand = await challengeFor(app, tenant, 'ACCOUNTANT');
    const secret = await begin(app.anonymous, beforehand);
    await enrol();
    const afterwards = await challengeFor(app, tenant, 'ACCOUNTANT');

    for (const challenge of [beforehand, afterwards]) {
      expect((await app.anonymous(BEGIN, { challenge })).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
      await expect(creationOptions(app.anonymous, challenge)).rejects.toThrow('CONFLICT');
      expect((await confirm(challenge, secret)).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    }
  });

  it('lets one of two in who enrol for the same user at once [SEC-011]', async () => {
    const challenges = [await challengeFor(app, tenant, 'ACCOUNTANT'), await challengeFor(app, tenant, 'ACCOUNTANT')];
    await begin(app.anonymous, challenges[0] ?? '');
    const secret = await begin(app.anonymous, challenges[1] ?? '');

    const answers = await Promise.all(challenges.map(challenge => confirm(challenge, secret)));

    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK').sort()).toEqual(['CONFLICT', 'OK']);
  });

  it('gives five minutes to enrol [SEC-011]', async () => {
    const challenge = await challengeFor(app, tenant, 'ACCOUNTANT');
    const secret = await begin(app.anonymous, challenge);
    app.clock.advance(5 * MINUTE_MS);

    expect((await confirm(challenge, secret)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('lets people in also while it is suspended, since it can be read then [SEC-011]', async () => {
    await app.db.query(`update tenants set status = 'SUSPENDED', status_reason = 'unpaid' where kind = 'BUSINESS'`);
    const challenge = await challengeFor(app, tenant, 'ACCOUNTANT');

    const { errors } = await confirm(challenge, await begin(app.anonymous, challenge));

    await app.db.query(`update tenants set status = 'ACTIVE', status_reason = null`);
    expect(errors).toBeUndefined();
  });

  it.each(platformRoles)('is not needed for a %s: of the platform itself it is demanded always [SEC-011]', async role => {
    const { accessToken, secondFactor } = await signInAs(app, { slug: 'platform' }, role);

    expect(accessToken).toBeNull();
    expect(secondFactor).toMatchObject({ demand: 'ENROL' });
  });
});
