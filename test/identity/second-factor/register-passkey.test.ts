import { type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { Authenticator, type Lies } from '../../support/authenticator';
import { aBusiness, anotherBusiness } from '../../support/business';
import { creationOptions, finishRegistration, inOneSession, requestOptions, withPasskey } from '../../support/passkeys';
import { auditOf } from '../../support/second-factor';

const MINUTE_MS = 60_000;

describe('a passkey', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let ask: Ask;
  const register = async (lies: Lies = {}, rest: object = {}, by = ask) =>
    finishRegistration(by, new Authenticator(app.url).create(await creationOptions(by), lies), rest);
  const refused = [{ extensions: { code: 'BAD_USER_INPUT', field: 'input.response' } }];
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    for (const table of ['passkeys', 'recovery_codes', 'totp_seeds']) await app.db.query(`delete from ${table}`);
    ask = inOneSession(app, tenant, 'VIEWER');
  });

  it('is asked for without attestation, with verification of the user, and not a second time [SEC-011]', async () => {
    const { authenticator } = await withPasskey(app, tenant, 'VIEWER');

    const options = (await creationOptions(ask)) as { challenge: string; user: { id: string } };

    expect(options).toMatchObject({
      rp: { name: 'Payymo', id: '127.0.0.1' },
      user: { name: 'viewer@northwind.example', displayName: 'VIEWER' },
      attestation: 'none',
      timeout: 300_000,
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      excludeCredentials: [{ id: authenticator.credentialId }],
    });
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
    expect(Buffer.from(options.user.id, 'base64url').toString('hex')).toBe(tenant.userUuids.VIEWER.replaceAll('-', ''));
  });

  it('comes as a first factor with ten recovery codes, and is recorded [SEC-011] [SEC-020]', async () => {
    const { data, errors } = await register({}, { name: ' Blue key ' });

    expect(errors).toBeUndefined();
    expect(data?.finishPasskeyRegistration).toMatchObject({ passkey: { name: 'Blue key', lastUsedAt: null }, tokens: null });
    expect(new Set(data?.finishPasskeyRegistration?.recoveryCodes).size).toBe(10);
    expect((await auditOf(app, tenant, tenant.userUuids.VIEWER)).at(-1)).toMatchObject({
      action: 'second-factor.enrolled',
      after: { method: 'PASSKEY' },
    });
  });

  it('as a further one leaves the recovery codes as they are [SEC-011]', async () => {
    await register();

    expect((await register()).data?.finishPasskeyRegistration?.recoveryCodes).toEqual([]);
  });

  it('is kept without anything that tells one device from another [SEC-011]', async () => {
    await register({ attestation: { format: 'packed', statement: new Map<string, number | Buffer>([['alg', -7], ['sig', Buffer.from('not a signature')]]) } }); // prettier-ignore
    expect(await app.db.query('select id from passkeys')).toEqual([]);

    await register();

    const columns = await app.db.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_name = 'passkeys'`,
    );
    expect(columns.map(({ name }) => name).filter(name => /attest|aaguid|cert/.test(name))).toEqual([]);
  });

  it.each<[string, Lies]>([
    ['is for another origin', { origin: 'https://payymo.example' }],
    ['is for another RP ID', { rpId: 'payymo.example' }],
    ['is for another challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['is an authentication', { type: 'webauthn.get' }],
    ['came out of a frame of another origin', { crossOrigin: true }],
    ['verified no user', { userVerified: false }],
    ['saw no user', { userPresent: false }],
    ['has an unknown attestation', { attestation: { format: 'homegrown', statement: new Map() } }],
    ['has a certificate, whose addresses we would fetch', { attestation: { format: 'packed', statement: new Map([['x5c', Buffer.from('certificate')]]) } }],
    ['has an attestation that needs a certificate', { attestation: { format: 'fido-u2f', statement: new Map() } }],
    ['calls itself another credential', { credentialId: Buffer.alloc(32, 7).toString('base64url') }],
  ])('is not taken from a response that %s [SEC-011]', async (_what, lies) => {
    expect((await register(lies)).errors).toMatchObject(refused);
    expect(await app.db.query('select id from passkeys')).toEqual([]);
  }); // prettier-ignore

  it('is not taken from a response that came before, came too late, or was asked for elsewhere [SEC-011]', async () => {
    const options = await creationOptions(ask);
    const response = new Authenticator(app.url).create(options);
    expect((await finishRegistration(inOneSession(app, tenant, 'VIEWER'), response)).errors).toMatchObject(refused);
    expect((await finishRegistration(inOneSession(app, tenant, 'ADMIN'), response)).errors).toMatchObject(refused);
    expect((await finishRegistration(inOneSession(app, app.tenant('aurora'), 'VIEWER'), response)).errors).toMatchObject(refused);
    expect((await finishRegistration(ask, response)).errors).toBeUndefined();
    expect((await finishRegistration(ask, new Authenticator(app.url).create(options))).errors).toMatchObject(refused);

    const late = new Authenticator(app.url).create(await creationOptions(ask));
    app.clock.advance(5 * MINUTE_MS);
    expect((await finishRegistration(ask, late)).errors).toMatchObject(refused);
  });

  it('is not registered for a challenge that was to be signed in with [SEC-011]', async () => {
    await register();
    const { challenge } = (await requestOptions(ask)) as { challenge: string };

    expect((await register({ challenge })).errors).toMatchObject(refused);
  });

  it('is not registered by a response that fails, and the challenge is used up [SEC-011]', async () => {
    const authenticator = new Authenticator(app.url);
    const options = await creationOptions(ask);
    await finishRegistration(ask, authenticator.create(options, { userVerified: false }));

    expect((await finishRegistration(ask, authenticator.create(options))).errors).toMatchObject(refused);
  });

  it('is registered once [SEC-011]', async () => {
    const authenticator = new Authenticator(app.url);
    await finishRegistration(ask, authenticator.create(await creationOptions(ask)));

    for (const by of [ask, inOneSession(app, tenant, 'ADMIN')]) {
      const { errors } = await finishRegistration(by, authenticator.create(await creationOptions(by)));
      expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    }
  });

  it('is one of ten at most [SEC-011]', async () => {
    await app.db.query(
      `insert into passkeys (tenant_id, id, user_id, name, credential_id, public_key, transports, counter)
        select $1, gen_random_uuid(), $2, 'Key', 'credential-' || n, 'key', '{}', 0 from generate_series(1, 9) n`,
      [tenant.uuid, tenant.userUuids.VIEWER],
    );
    const [ninth, tenth] = [await creationOptions(ask), await creationOptions(ask)];

    const answers = [];
    for (const options of [ninth, tenth]) answers.push(await finishRegistration(ask, new Authenticator(app.url).create(options)));

    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK')).toEqual(['OK', 'CONFLICT']);
    await expect(creationOptions(ask)).rejects.toThrow('CONFLICT');
  });

  it.each([[''], ['  '], ['a'.repeat(61)], ['two\nlines'], ['hidden\u202etext'], ['NUL\u0000']])(
    'is not called %j [SEC-011]',
    async name => {
      expect((await register({}, { name })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.name' } }]);
    },
  );

  it.each([
    ['nothing', {}],
    ['no base64url', { id: '?', rawId: '?', type: 'public-key', response: { clientDataJSON: '?', attestationObject: '?' } }],
    ['no CBOR', { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON: 'e30', attestationObject: 'AAAA' } }],
    ['too much', { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON: 'e30', attestationObject: 'A'.repeat(16_385) } }],
  ])('is not made of %s [SEC-011]', async (_what, response) => {
    expect((await finishRegistration(ask, response)).errors).toMatchObject(refused);
  }); // prettier-ignore

  it('is not asked for with the password alone once there is one [SEC-011]', async () => {
    await register();

    await expect(creationOptions(inOneSession(app, tenant, 'VIEWER', { methods: ['pwd'] }))).rejects.toThrow('STEP_UP_REQUIRED');
  });

  it('is not for somebody who is not signed in [SEC-011]', async () => {
    await expect(creationOptions(app.anonymous)).rejects.toThrow('UNAUTHENTICATED');
    const { errors } = await finishRegistration(app.anonymous, new Authenticator(app.url).create(await creationOptions(ask)));
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
