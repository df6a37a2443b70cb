import { newId } from '../../../src/platform/database/ids';
import { type Answer, type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { inOneSession } from '../../support/passkeys';
import { auditOf, challengeFor, totpNow, verify, withSecondFactor } from '../../support/second-factor';

const MINUTE_MS = 60_000;
const BEGIN = 'mutation { beginTotpEnrolment { secret uri qrCode expiresAt } }';
const CONFIRM = `mutation ($input: ConfirmTotpEnrolmentInput!) {
  confirmTotpEnrolment(input: $input) { recoveryCodes tokens { accessToken } }
}`;

interface Begun {
  readonly beginTotpEnrolment: {
    readonly secret: string;
    readonly uri: string;
    readonly qrCode: string;
    readonly expiresAt: string;
  } | null;
}

interface Confirmed {
  readonly confirmTotpEnrolment: { readonly recoveryCodes: readonly string[]; readonly tokens: object | null } | null;
}

describe('an authenticator app', () => {
  let app: TestApp;
  let tenant: TestTenant;
  const begin = async (ask: Ask): Promise<string> => (await ask<Begun>(BEGIN)).data?.beginTotpEnrolment?.secret ?? '';
  const confirm = (ask: Ask, code: string): Promise<Answer<Confirmed>> => ask<Confirmed>(CONFIRM, { input: { code } });
  const now = (secret: string, stepsAhead = 0) => totpNow(secret, app.clock, stepsAhead);
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    for (const table of ['totp_seeds', 'recovery_codes', 'second_factor_failures']) await app.db.query(`delete from ${table}`);
  });

  it('is given 160 random bits, as text, as a link and as a picture, for ten minutes [SEC-011]', async () => {
    const { data } = await tenant.as('VIEWER')<Begun>(BEGIN);
    const { secret = '', uri = '', qrCode = '', expiresAt = '' } = data?.beginTotpEnrolment ?? {};

    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toBe(`otpauth://totp/Payymo:viewer%40northwind.example?secret=${secret}&issuer=Payymo&algorithm=SHA1&digits=6&period=30`);
    expect(Buffer.from(qrCode.replace('data:image/svg+xml;base64,', ''), 'base64').toString('utf8')).toMatch(/^<svg .*<\/svg>$/s);
    expect(Date.parse(expiresAt)).toBe(app.clock.now().getTime() + 10 * MINUTE_MS);
    expect(await begin(tenant.as('VIEWER'))).not.toBe(secret);
  });

  it('is demanded at sign-in only once its first code came back [SEC-011]', async () => {
    const secret = await begin(tenant.as('VIEWER'));
    await expect(challengeFor(app, tenant, 'VIEWER')).rejects.toThrow('without a second factor');

    const { data } = await confirm(tenant.as('VIEWER'), now(secret));

    expect(data?.confirmTotpEnrolment?.tokens).toBeNull();
    await expect(challengeFor(app, tenant, 'VIEWER')).resolves.toMatch(/^ten_/);
  });

  it('comes with ten recovery codes, and both are recorded without any secret [SEC-011] [SEC-020]', async () => {
    const secret = await begin(tenant.as('VIEWER'));
    const { data } = await confirm(tenant.as('VIEWER'), now(secret));

    expect(new Set(data?.confirmTotpEnrolment?.recoveryCodes).size).toBe(10);
    expect((await auditOf(app, tenant, tenant.userUuids.VIEWER)).at(-1)).toEqual({
      action: 'second-factor.enrolled',
      after: { method: 'TOTP', replaced: false },
    });
  });

  it('does not open a sign-in with the very code that enrolled it [SEC-011]', async () => {
    const secret = await begin(tenant.as('VIEWER'));
    const code = now(secret);
    await confirm(tenant.as('VIEWER'), code);
    const challenge = await challengeFor(app, tenant, 'VIEWER');

    expect((await verify(app, { challenge, totp: code })).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await verify(app, { challenge, totp: now(secret, 1) })).errors).toBeUndefined();
  });

  it.each([
    ['a wrong code', (secret: string) => now(secret, 3), 'BAD_USER_INPUT'],
    ['five digits', () => '12345', 'BAD_USER_INPUT'],
    ['no code', () => '', 'BAD_USER_INPUT'],
  ])('is not enrolled by %s, and can be afterwards [SEC-011]', async (_what, codeFor, code) => {
    const secret = await begin(tenant.as('VIEWER'));

    const { errors } = await confirm(tenant.as('VIEWER'), codeFor(secret));

    expect(errors).toMatchObject([{ extensions: { code, field: 'input.code' } }]);
    expect((await confirm(tenant.as('VIEWER'), now(secret))).errors).toBeUndefined();
  });

  it('is not enrolled after ten minutes, nor when it was not begun [SEC-011]', async () => {
    const secret = await begin(tenant.as('VIEWER'));
    app.clock.advance(10 * MINUTE_MS);

    expect((await confirm(tenant.as('VIEWER'), now(secret))).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    expect((await confirm(tenant.as('ADMIN'), now(secret))).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  });

  it("is not enrolled with another user's secret [SEC-011] [SEC-016]", async () => {
    const secrets = { admin: await begin(tenant.as('ADMIN')), aurora: await begin(app.tenant('aurora').as('VIEWER')) };
    await begin(tenant.as('VIEWER'));

    for (const secret of Object.values(secrets)) {
      expect((await confirm(tenant.as('VIEWER'), now(secret))).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  it('is enrolled once when it is confirmed twice at once [SEC-011]', async () => {
    const code = now(await begin(tenant.as('VIEWER')));

    const answers = await Promise.all([confirm(tenant.as('VIEWER'), code), confirm(tenant.as('VIEWER'), code)]);

    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK').sort()).toEqual(['CONFLICT', 'OK']);
    expect(await app.db.query('select id from recovery_codes')).toHaveLength(10);
  });

  it('replaces an earlier one after a step-up, and leaves the recovery codes [SEC-011]', async () => {
    const earlier = await withSecondFactor(app, tenant, 'VIEWER');
    const secret = await begin(tenant.as('VIEWER'));
    const challenge = await challengeFor(app, tenant, 'VIEWER');

    const { data } = await confirm(tenant.as('VIEWER'), now(secret));

    expect(data?.confirmTotpEnrolment?.recoveryCodes).toEqual([]);
    expect((await verify(app, { challenge, totp: earlier.code() })).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await verify(app, { challenge, totp: now(secret) })).errors).toBeUndefined();
    expect((await auditOf(app, tenant, tenant.userUuids.VIEWER)).at(-1)).toMatchObject({ after: { replaced: true } });
  });

  it.each([
    ['a password of more than five minutes ago', { methods: ['pwd'] as const, ageMs: 5 * MINUTE_MS + 1_000 }],
    ['no password', { methods: ['hwk'] as const, ageMs: 0 }],
  ])('as a first factor is not begun and not confirmed with %s [SEC-011]', async (_what, { methods, ageMs }) => {
    const secret = await begin(tenant.as('VIEWER'));
    const ask = inOneSession(app, tenant, 'VIEWER', { methods, authenticatedAt: new Date(app.clock.now().getTime() - ageMs) });

    for (const answer of [await ask(BEGIN), await confirm(ask, now(secret))]) {
      expect(answer.errors).toMatchObject([{ extensions: { code: 'STEP_UP_REQUIRED', maxAgeSeconds: 300 } }]);
    }
  });

  it.each([
    ['the password alone', { methods: ['pwd'] as const, ageMs: 0 }],
    ['a second factor of more than five minutes ago', { methods: ['pwd', 'otp', 'mfa'] as const, ageMs: 5 * MINUTE_MS + 1_000 }],
  ])('as a further factor is not begun with %s [SEC-011]', async (_what, { methods, ageMs }) => {
    await withSecondFactor(app, tenant, 'VIEWER');
    const ask = inOneSession(app, tenant, 'VIEWER', { methods, authenticatedAt: new Date(app.clock.now().getTime() - ageMs) });

    expect((await ask(BEGIN)).errors).toMatchObject([{ extensions: { code: 'STEP_UP_REQUIRED', maxAgeSeconds: 300 } }]);
  });

  it('is begun and confirmed by nobody who is not signed in [SEC-011]', async () => {
    for (const answer of [await app.anonymous(BEGIN), await confirm(app.anonymous, '123456')]) {
      expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    }
  });

  it('is not for machines [SEC-011]', async () => {
    const { accessToken } = await app.tokens.issue({
      ...{ tenantId: tenant.uuid, userId: null, clientId: newId(), scopes: [], methods: [], confirmation: null },
      ...{ session: { id: newId(), version: 1 }, authenticatedAt: null },
    });

    expect((await app.ask(`Bearer ${accessToken}`)(BEGIN)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
