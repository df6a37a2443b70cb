import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { auditOf, challengeFor, type Enrolled, totpNow, verify, withSecondFactor } from '../../support/second-factor';

const MINUTE_MS = 60_000;

describe('guessing a second factor', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let owner: Enrolled;
  const challenge = () => challengeFor(app, tenant, 'OWNER');
  const wrongCode = () => String((Number(totpNow(owner.secret, app.clock)) + 500_000) % 1_000_000).padStart(6, '0');
  const codeOf = async (input: Record<string, unknown>): Promise<string> => (await verify(app, input)).errors?.[0]?.extensions.code ?? 'OK';
  const fail = async (times: number): Promise<string[]> => {
    const codes: string[] = [];
    const token = await challenge();
    while (codes.length < times) codes.push(await codeOf({ challenge: token, totp: wrongCode() }));
    return codes;
  };
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    owner = await withSecondFactor(app, tenant, 'OWNER');
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await app.db.query('delete from second_factor_failures');
  });

  it('is over after five failures in a row: even the right code waits, in a new sign-in too [SEC-011]', async () => {
    expect(await fail(5)).toEqual(Array.from({ length: 5 }, () => 'UNAUTHENTICATED'));

    const { errors } = await verify(app, { challenge: await challenge(), totp: owner.code() });

    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 30 } }]);
  });

  it('ends the challenge with its fifth failure, whatever factor was wrong [SEC-011]', async () => {
    const token = await challenge();
    const [, recoveryCode] = owner.recoveryCodes;
    for (let times = 0; times < 5; times += 1) await verify(app, { challenge: token, recoveryCode: 'open sesame' });

    const { errors } = await verify(app, { challenge: token, recoveryCode });

    expect(errors).toMatchObject([{ message: 'The challenge is not valid any more: sign in again' }]);
  });

  it('waits twice as long after each further failure, and lets the owner in afterwards [SEC-011]', async () => {
    await fail(5);
    app.clock.advance(MINUTE_MS);
    expect(await fail(1)).toEqual(['UNAUTHENTICATED']);

    const { errors } = await verify(app, { challenge: await challenge(), totp: totpNow(owner.secret, app.clock) });
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 120 } }]);

    app.clock.advance(2 * MINUTE_MS);
    expect(await codeOf({ challenge: await challenge(), totp: owner.code() })).toBe('OK');
  });

  it('begins to count anew after a success [SEC-011]', async () => {
    await fail(4);
    expect(await codeOf({ challenge: await challenge(), totp: owner.code() })).toBe('OK');

    expect(await fail(4)).toEqual(Array.from({ length: 4 }, () => 'UNAUTHENTICATED'));
    expect(await codeOf({ challenge: await challenge(), totp: owner.code() })).toBe('OK');
  });

  it('does not lock the owner out: what cannot be guessed is taken while codes wait [SEC-011]', async () => {
    const [recoveryCode] = owner.recoveryCodes;
    await fail(5);

    expect(await codeOf({ challenge: await challenge(), totp: owner.code() })).toBe('RATE_LIMITED');
    expect(await codeOf({ challenge: await challenge(), recoveryCode })).toBe('OK');
  });

  it('of what cannot be guessed makes no one-time password wait, neither now nor with the next wrong one [SEC-011]', async () => {
    const wrongRecovery = async () => codeOf({ challenge: await challenge(), recoveryCode: 'open sesame' });
    for (let times = 0; times < 7; times += 1) expect(await wrongRecovery()).toBe('UNAUTHENTICATED');
    expect(await fail(1)).toEqual(['UNAUTHENTICATED']);

    expect(await codeOf({ challenge: await challenge(), totp: owner.code() })).toBe('OK');
  });

  it('leaves the delay of one-time passwords as it is while something else fails [SEC-011]', async () => {
    await fail(5);
    const waits = async () => (await verify(app, { challenge: await challenge(), totp: '000000' })).errors?.[0]?.extensions;
    const before = await waits();
    await codeOf({ challenge: await challenge(), recoveryCode: 'open sesame' });

    expect(before).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
    expect(await waits()).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
  });

  it('counts attempts that come at once one by one [SEC-011]', async () => {
    const token = await challenge();

    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf({ challenge: token, totp: wrongCode() })));

    expect(codes.filter(code => code === 'UNAUTHENTICATED')).toHaveLength(5);
    expect(codes.filter(code => code === 'RATE_LIMITED')).toHaveLength(15);
  });

  it('is recorded from the fifth failure on [SEC-011] [SEC-020]', async () => {
    const failures = async () => (await auditOf(app, tenant, tenant.userUuids.OWNER)).filter(({ action }) => action === 'second-factor.failed');
    const before = await failures();
    await fail(4);
    expect(await failures()).toEqual(before);

    await fail(1);

    expect((await failures()).slice(before.length)).toEqual([{ action: 'second-factor.failed', after: { failures: 5 } }]);
  }); // prettier-ignore

  it('of one user leaves the others alone [SEC-011]', async () => {
    const admin = await withSecondFactor(app, tenant, 'ADMIN');
    await fail(5);

    await expect(admin.signedIn()).resolves.toBeInstanceOf(Function);
  });
});
