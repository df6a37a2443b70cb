import { userIds } from '../../../src/identity/ids';
import { newId } from '../../../src/platform/database/ids';
import { type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { inOneSession, withPasskey } from '../../support/passkeys';
import { challengeFor, signInAs, verify, withSecondFactor } from '../../support/second-factor';

const RESET = 'mutation ($userId: ID!) { resetSecondFactor(userId: $userId) { id email } }';

describe('resetSecondFactor', () => {
  let app: TestApp;
  let tenant: TestTenant;
  const reset = (ask: Ask, userId: string) => ask(RESET, { userId });
  const codeOf = async (answer: ReturnType<Ask>): Promise<string> => (await answer).errors?.[0]?.extensions.code ?? 'OK';
  const isLeft = async (userId: string): Promise<boolean> =>
    (await app.db.query('select from totp_seeds where user_id = $1', [userId])).length > 0;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    for (const table of ['passkeys', 'recovery_codes', 'totp_seeds']) await app.db.query(`delete from ${table}`);
  }); // prettier-ignore

  it('takes every factor of a user away, ends their sessions, and is recorded [SEC-011] [SEC-020]', async () => {
    const viewer = await withSecondFactor(app, tenant, 'VIEWER');
    await withPasskey(app, tenant, 'VIEWER');
    const session = await viewer.signedIn();
    const challenge = await challengeFor(app, tenant, 'VIEWER');

    const { data } = await reset(tenant.as('ADMIN'), tenant.userIds.VIEWER);

    expect(data).toEqual({ resetSecondFactor: { id: tenant.userIds.VIEWER, email: 'viewer@northwind.example' } });
    expect(await codeOf(session('{ me { id } }'))).toBe('UNAUTHENTICATED');
    for (const factor of [{ totp: viewer.code() }, { recoveryCode: viewer.recoveryCodes[0] }]) {
      expect((await verify(app, { challenge, ...factor })).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    }
    expect((await signInAs(app, tenant, 'VIEWER')).secondFactor).toBeNull();
    const [entry] = await app.db.query(`select actor, object_id, before from audit_entries where action = 'second-factor.reset'`);
    expect(entry).toEqual({
      actor: `user:${tenant.userUuids.ADMIN}`,
      object_id: tenant.userUuids.VIEWER,
      before: { totp: true, passkeys: 1, recoveryCodes: 10 },
    });
  });

  it('is refused for somebody who may more [SEC-011] [SEC-010]', async () => {
    await withSecondFactor(app, tenant, 'OWNER');

    expect(await codeOf(reset(tenant.as('ADMIN'), tenant.userIds.OWNER))).toBe('FORBIDDEN');
    expect(await isLeft(tenant.userUuids.OWNER)).toBe(true);
  });

  it('is refused for oneself, who is to use removeTotp [SEC-011]', async () => {
    await withSecondFactor(app, tenant, 'ADMIN');

    expect(await codeOf(reset(tenant.as('ADMIN'), tenant.userIds.ADMIN))).toBe('BAD_USER_INPUT');
    expect(await isLeft(tenant.userUuids.ADMIN)).toBe(true);
  });

  it.each(['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const)('is refused to the role %s [SEC-011] [SEC-010]', async role => {
    await withSecondFactor(app, tenant, 'OWNER');

    expect((await reset(tenant.as(role), tenant.userIds.OWNER)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', scope: 'users:update' } },
    ]);
    expect(await isLeft(tenant.userUuids.OWNER)).toBe(true);
  });

  it.each([
    ['with the password alone', { methods: ['pwd'] as const, ageMs: 0 }],
    ['with a factor of more than five minutes ago', { methods: ['pwd', 'otp', 'mfa'] as const, ageMs: 301_000 }],
  ])('is refused to an administrator %s [SEC-011]', async (_what, { methods, ageMs }) => {
    await withSecondFactor(app, tenant, 'VIEWER');
    const ask = inOneSession(app, tenant, 'ADMIN', { methods, authenticatedAt: new Date(app.clock.now().getTime() - ageMs) });

    expect(await codeOf(reset(ask, tenant.userIds.VIEWER))).toBe('STEP_UP_REQUIRED');
    expect(await isLeft(tenant.userUuids.VIEWER)).toBe(true);
  });

  it('is refused to somebody who is not signed in [SEC-011]', async () => {
    expect(await codeOf(reset(app.anonymous, tenant.userIds.VIEWER))).toBe('UNAUTHENTICATED');
  });

  it("answers another tenant's user like one that never was [SEC-011] [SEC-016]", async () => {
    await withSecondFactor(app, app.tenant('aurora'), 'VIEWER');
    const answers = [];
    for (const id of [app.tenant('aurora').userIds.VIEWER, userIds.encode(newId())]) {
      const { data, errors } = await reset(tenant.as('OWNER'), id);
      answers.push(JSON.stringify([data, errors?.map(({ message, extensions }) => [message.replace(id, 'ID'), extensions.code])]));
    }

    expect(answers[0]).toContain('NOT_FOUND');
    expect(answers[1]).toBe(answers[0]);
    expect(await isLeft(app.tenant('aurora').userUuids.VIEWER)).toBe(true);
  });

  it.each(['', 'usr_', 'psk_01h455vb4pex5vsknk084sn02q'])('refuses the id %p [SEC-011]', async userId => {
    expect(await codeOf(reset(tenant.as('OWNER'), userId))).toBe('BAD_USER_INPUT');
  });

  it('lets the user begin anew at once, however often was guessed before [SEC-011]', async () => {
    await withSecondFactor(app, tenant, 'VIEWER');
    const challenge = await challengeFor(app, tenant, 'VIEWER');
    for (let times = 0; times < 5; times += 1) await verify(app, { challenge, recoveryCode: 'open sesame' });
    await reset(tenant.as('ADMIN'), tenant.userIds.VIEWER);

    const viewer = await withSecondFactor(app, tenant, 'VIEWER');

    expect((await verify(app, { challenge: await challengeFor(app, tenant, 'VIEWER'), totp: viewer.code() })).errors).toBeUndefined();
  });

  it('is done for a user who has no factor, too: the sessions end [SEC-011]', async () => {
    const { accessToken } = await signInAs(app, tenant, 'VIEWER');

    expect(await codeOf(reset(tenant.as('OWNER'), tenant.userIds.VIEWER))).toBe('OK');
    expect(await codeOf(app.ask(`Bearer ${accessToken ?? ''}`)('{ me { id } }'))).toBe('UNAUTHENTICATED');
  });
});
