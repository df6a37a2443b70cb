import { newId } from '../../../src/platform/database/ids';
import { type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { inOneSession, requestOptions, withPasskey } from '../../support/passkeys';
import { type Enrolled, totpNow, withSecondFactor } from '../../support/second-factor';

const MINUTE_MS = 60_000;
const STEP_UP = 'mutation ($input: StepUpInput!) { stepUp(input: $input) { accessToken refreshToken refreshTokenExpiresAt } }';
const RENEW = 'mutation { renewRecoveryCodes }';

interface SteppedUp {
  readonly stepUp: {
    readonly accessToken: string;
    readonly refreshToken: string | null;
    readonly refreshTokenExpiresAt: string | null;
  } | null;
}

const claimsOf = (accessToken: string) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

describe('stepUp', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let owner: Enrolled;
  const stepUp = (ask: Ask, input: Record<string, unknown>) => ask<SteppedUp>(STEP_UP, { input });
  /** Steps up, and gives a client with the new token. */
  const steppedUp = async (ask: Ask, input: Record<string, unknown>): Promise<Ask> => {
    const { data, errors } = await stepUp(ask, input);
    expect(errors).toBeUndefined();
    return app.ask(`Bearer ${data?.stepUp?.accessToken ?? ''}`);
  };
  const codeOf = async (answer: ReturnType<Ask>): Promise<string> => (await answer).errors?.[0]?.extensions.code ?? 'OK';
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    owner = await withSecondFactor(app, tenant, 'OWNER');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    await app.db.query('delete from second_factor_failures');
  });

  it('opens what changes access itself, which is closed five minutes after the last factor [SEC-011]', async () => {
    const session = await owner.signedIn();
    const ago = (ms: number) => inOneSession(app, tenant, 'OWNER', { authenticatedAt: new Date(app.clock.now().getTime() - ms) });
    expect(await codeOf(ago(5 * MINUTE_MS + 1_000)(RENEW))).toBe('STEP_UP_REQUIRED');
    expect(await codeOf(ago(5 * MINUTE_MS - 1_000)(RENEW))).toBe('OK');

    expect(await codeOf((await steppedUp(session, { totp: owner.code() }))(RENEW))).toBe('OK');
  });

  it('stays in the session, and says when and how it was authenticated [SEC-011] [SEC-008]', async () => {
    const session = await owner.signedIn();
    const totp = owner.code();

    const { data } = await stepUp(session, { totp });

    expect(data?.stepUp).toMatchObject({ refreshToken: null, refreshTokenExpiresAt: null });
    const claims = claimsOf(data?.stepUp?.accessToken ?? '');
    expect(claims).toMatchObject({ sub: tenant.userUuids.OWNER, amr: ['pwd', 'otp', 'mfa'] });
    expect(claims).toMatchObject({ auth_time: Math.floor(app.clock.now().getTime() / 1000) });
    expect(await app.db.query('select id from sessions where id = $1', [claims['sid']])).toHaveLength(1);
  });

  it('is done with a recovery code too, once [SEC-011]', async () => {
    const session = await owner.signedIn();
    const [recoveryCode] = (await session<{ renewRecoveryCodes: string[] }>(RENEW)).data?.renewRecoveryCodes ?? [];

    expect(await codeOf(stepUp(session, { recoveryCode }))).toBe('OK');
    expect(await codeOf(stepUp(session, { recoveryCode }))).toBe('UNAUTHENTICATED');
  });

  it('is done with a passkey too, for what was asked in this session [SEC-011]', async () => {
    const { authenticator } = await withPasskey(app, tenant, 'OWNER');
    const [session, another] = [await owner.signedIn(), await owner.signedIn()];

    expect(await codeOf(stepUp(session, { passkey: authenticator.get(await requestOptions(another)) }))).toBe('UNAUTHENTICATED');
    const passkey = authenticator.get(await requestOptions(session));
    const { data } = await stepUp(session, { passkey });

    expect(claimsOf(data?.stepUp?.accessToken ?? '')).toMatchObject({ amr: ['pwd', 'otp', 'mfa', 'hwk'] });
    expect(await codeOf(stepUp(session, { passkey }))).toBe('UNAUTHENTICATED');
  });

  it('takes each code once, of ten that come at once [SEC-011]', async () => {
    const session = await owner.signedIn();
    const totp = owner.code();

    const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(stepUp(session, { totp }))));

    expect(codes.filter(code => code === 'OK')).toHaveLength(1);
  });

  it('counts failures together with those of sign-in [SEC-011]', async () => {
    const session = await owner.signedIn();
    const wrong = String((Number(totpNow(owner.secret, app.clock)) + 500_000) % 1_000_000).padStart(6, '0');

    for (let times = 0; times < 5; times += 1) expect(await codeOf(stepUp(session, { totp: wrong }))).toBe('UNAUTHENTICATED');

    expect((await stepUp(session, { totp: owner.code() })).errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 30 } },
    ]);
  });

  it('is worth nothing in a session that has ended [SEC-011] [SEC-009]', async () => {
    const session = await owner.signedIn();
    await app.db.query('update sessions set ended_at = now(), end_reason = $1 where ended_at is null', ['SIGNED_OUT']);

    expect(await codeOf(stepUp(session, { totp: owner.code() }))).toBe('UNAUTHENTICATED');
  });

  it('is refused to a user without a factor, in the same words as a wrong one [SEC-011]', async () => {
    expect((await stepUp(tenant.as('VIEWER'), { totp: '123456' })).errors).toMatchObject([
      { message: 'The second factor is wrong', extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });

  it.each([{}, { totp: null }, { totp: '123456', recoveryCode: 'x' }, { totp: '12345' }])(
    'refuses %j as bad input [SEC-011]',
    async input => {
      expect(await codeOf(stepUp(tenant.as('OWNER'), input))).toBe('BAD_USER_INPUT');
    },
  );

  it('is for nobody who is not signed in, and not for machines [SEC-011]', async () => {
    const { accessToken } = await app.tokens.issue({
      ...{ tenantId: tenant.uuid, userId: null, clientId: newId(), scopes: [], methods: [], confirmation: null },
      ...{ session: { id: newId(), version: 1 }, authenticatedAt: null },
    });

    expect(await codeOf(stepUp(app.anonymous, { totp: '123456' }))).toBe('UNAUTHENTICATED');
    expect(await codeOf(stepUp(app.ask(`Bearer ${accessToken}`), { totp: '123456' }))).toBe('FORBIDDEN');
  });
});
