import { startApp, type TestApp, type TestTenant } from '../../support/app';
import type { Lies } from '../../support/authenticator';
import { aBusiness, anotherBusiness } from '../../support/business';
import { type PasskeyOwner, requestOptions, withPasskey } from '../../support/passkeys';
import { challengeFor, signInAs, verify, withSecondFactor } from '../../support/second-factor';

const MINUTE_MS = 60_000;
const WRONG = [{ message: 'The second factor is wrong', extensions: { code: 'UNAUTHENTICATED' } }];

describe('verifySecondFactor with a passkey', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let owner: PasskeyOwner;
  let admin: PasskeyOwner;
  const challenge = () => challengeFor(app, tenant, 'OWNER');
  /** Signs in with what the owner's authenticator signs, true or not. */
  const signIn = async (lies: Lies = {}) => {
    const token = await challenge();
    return verify(app, { challenge: token, passkey: await owner.assertion(token, lies) });
  };
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
    owner = await withPasskey(app, tenant, 'OWNER');
    admin = await withPasskey(app, tenant, 'ADMIN', false);
  });
  afterAll(() => app.close());
  afterEach(async () => {
    await app.db.query('delete from second_factor_failures');
  });

  it('begins a session that says so [SEC-011]', async () => {
    const { secondFactor } = await signInAs(app, tenant, 'OWNER');
    expect(secondFactor?.methods).toEqual(['PASSKEY', 'RECOVERY_CODE']);

    const { data, errors } = await signIn();

    expect(errors).toBeUndefined();
    const { accessToken = '' } = data?.verifySecondFactor ?? {};
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
    expect(claims).toMatchObject({ sub: tenant.userUuids.OWNER, amr: ['pwd', 'hwk', 'mfa'] });
    const me = await app.ask(`Bearer ${accessToken}`)('{ me { secondFactor { passkeys { id lastUsedAt } } } }');
    expect(me.data).toEqual({ me: { secondFactor: { passkeys: [{ id: owner.id, lastUsedAt: app.clock.now().toISOString() }] } } });
  });

  it('asks for 256 random bits, for the passkeys of the user alone, and for their verification [SEC-011]', async () => {
    const token = await challenge();

    const [first, second] = [await requestOptions(app.anonymous, token), await requestOptions(app.anonymous, token)] as { challenge: string }[];

    expect(first).toMatchObject({ rpId: '127.0.0.1', userVerification: 'required', timeout: 300_000, allowCredentials: [{ id: owner.authenticator.credentialId, transports: ['usb'] }] });
    expect(Buffer.from(first?.challenge ?? '', 'base64url')).toHaveLength(32);
    expect(second?.challenge).not.toBe(first?.challenge);
  }); // prettier-ignore

  it.each<[string, Lies]>([
    ['is for another origin', { origin: 'https://payymo.example' }],
    ['is for the same host on another port', { origin: 'http://127.0.0.1:1' }],
    ['is for another RP ID', { rpId: 'payymo.example' }],
    ['is for another challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['is a registration', { type: 'webauthn.create' }],
    ['came out of a frame of another origin', { crossOrigin: true }],
    ['verified no user', { userVerified: false }],
    ['saw no user', { userPresent: false }],
    ['says that it is another user', { userHandle: Buffer.alloc(16, 7).toString('base64url') }],
    ['names a credential of nobody', { credentialId: Buffer.alloc(32, 7).toString('base64url') }],
    ['has a signature that was tampered with', { tampered: true }],
  ])('refuses a response that %s [SEC-011]', async (_what, lies) => {
    expect((await signIn(lies)).errors).toMatchObject(WRONG);
  });

  it("refuses another user's passkey, whichever challenge it signed [SEC-011]", async () => {
    const token = await challenge();
    const forOwner = await requestOptions(app.anonymous, token);

    expect((await verify(app, { challenge: token, passkey: admin.authenticator.get(forOwner) })).errors).toMatchObject(WRONG);
    const { credentialId } = owner.authenticator;
    expect(
      (
        await verify(app, {
          challenge: token,
          passkey: admin.authenticator.get(await requestOptions(app.anonymous, token), { credentialId }),
        })
      ).errors,
    ).toMatchObject(WRONG);
  });

  it('refuses a response that came before, and one whose challenge was asked for in another sign-in [SEC-011]', async () => {
    const [first, second, third] = [await challenge(), await challenge(), await challenge()];
    const passkey = await owner.assertion(first);
    expect((await verify(app, { challenge: second, passkey })).errors).toMatchObject(WRONG);
    expect((await verify(app, { challenge: first, passkey })).errors).toBeUndefined();

    expect((await verify(app, { challenge: third, passkey })).errors).toMatchObject(WRONG);
  });

  it('uses a challenge up with a response that fails [SEC-011]', async () => {
    const token = await challenge();
    const options = await requestOptions(app.anonymous, token);
    await verify(app, { challenge: token, passkey: owner.authenticator.get(options, { tampered: true }) });

    expect((await verify(app, { challenge: token, passkey: owner.authenticator.get(options) })).errors).toMatchObject(WRONG);
  });

  it('lets one of ten through who bring the same response at once [SEC-011]', async () => {
    const token = await challenge();
    const passkey = await owner.assertion(token);

    const answers = await Promise.all(Array.from({ length: 10 }, () => verify(app, { challenge: token, passkey })));

    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
  });

  it('gives a challenge that was signed too late no worth [SEC-011]', async () => {
    const stale = await requestOptions(app.anonymous, await challenge());
    app.clock.advance(5 * MINUTE_MS);

    expect((await verify(app, { challenge: await challenge(), passkey: owner.authenticator.get(stale) })).errors).toMatchObject(WRONG);
  });

  it('refuses a counter that does not grow, since the key may have a copy, and records it [SEC-011] [SEC-020]', async () => {
    await signIn({ counter: 1_000 });

    for (const counter of [1_000, 999, 0]) expect((await signIn({ counter })).errors).toMatchObject(WRONG);

    const events = await app.db.query(
      `select before, after from audit_entries where action = 'passkey.counter-regressed' order by sequence`,
    );
    expect(events).toEqual([1_000, 999, 0].map(counter => ({ before: { counter: 1_000 }, after: { counter, passkey: owner.id } })));
    expect((await signIn({ counter: 0xffffffff })).errors).toBeUndefined();
  });

  it('takes a synchronised passkey, which does not count, again and again [SEC-011]', async () => {
    for (let times = 0; times < 2; times += 1) {
      const token = await challengeFor(app, tenant, 'ADMIN');
      expect((await verify(app, { challenge: token, passkey: await admin.assertion(token) })).errors).toBeUndefined();
    }
  });

  it('has nothing to ask of a user without a passkey [SEC-011]', async () => {
    await withSecondFactor(app, tenant, 'VIEWER');
    const token = await challengeFor(app, tenant, 'VIEWER');

    await expect(requestOptions(app.anonymous, token)).rejects.toThrow('CONFLICT');
  });

  it('asks nothing of somebody without a challenge and without a session [SEC-011]', async () => {
    await expect(requestOptions(app.anonymous)).rejects.toThrow('UNAUTHENTICATED');
    await expect(requestOptions(app.anonymous, 'no challenge')).rejects.toThrow('UNAUTHENTICATED');
  });
});
