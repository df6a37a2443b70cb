import { type Answer, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { auditOf, challengeFor, type Enrolled, signInAs, totpNow, verify, withSecondFactor } from '../../support/second-factor';

const MINUTE_MS = 60_000;
const WRONG = [{ message: 'The second factor is wrong', extensions: { code: 'UNAUTHENTICATED' } }];
const OVER = [{ message: 'The challenge is not valid any more: sign in again', extensions: { code: 'UNAUTHENTICATED' } }];

describe('verifySecondFactor', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let owner: Enrolled;
  const challenge = () => challengeFor(app, tenant, 'OWNER');
  /** One after another: sign-ins of one account at once are slowed down. */
  const challengesInTurn = async (count: number): Promise<string[]> => {
    const challenges: string[] = [];
    while (challenges.length < count) challenges.push(await challenge());
    return challenges;
  };
  const codesOf = (answers: readonly Answer[]) => answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK').sort();
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
    owner = await withSecondFactor(app, tenant, 'OWNER');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    await app.db.query('delete from second_factor_failures');
  });

  it('is what the right password leads to, in the place of tokens [SEC-011]', async () => {
    const { accessToken, secondFactor } = await signInAs(app, tenant, 'OWNER');

    expect(accessToken).toBeNull();
    expect(secondFactor).toMatchObject({ demand: 'VERIFY', methods: ['TOTP', 'RECOVERY_CODE'] });
    expect(Date.parse(secondFactor?.expiresAt ?? '')).toBe(app.clock.now().getTime() + 5 * MINUTE_MS);
  });

  it('begins the session with the code of now, and says how it began [SEC-011]', async () => {
    const { data, errors } = await verify(app, { challenge: await challenge(), totp: owner.code() });

    expect(errors).toBeUndefined();
    const { accessToken = '' } = data?.verifySecondFactor ?? {};
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
    expect(claims).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], auth_time: Math.floor(app.clock.now().getTime() / 1000) });
    const me = await app.ask(`Bearer ${accessToken}`)('{ me { id } }');
    expect(me.data).toEqual({ me: { id: tenant.userIds.OWNER } });
  });

  it('takes a code with blanks in it [SEC-011]', async () => {
    const code = owner.code();

    const { errors } = await verify(app, { challenge: await challenge(), totp: ` ${code.slice(0, 3)} ${code.slice(3)}` });

    expect(errors).toBeUndefined();
  });

  it('lets one of twenty through who bring the same code at once [SEC-011]', async () => {
    const challenges = await challengesInTurn(20);
    const totp = owner.code();

    const answers = await Promise.all(challenges.map(token => verify(app, { challenge: token, totp })));

    expect(codesOf(answers).filter(code => code === 'OK')).toHaveLength(1);
  });

  it('takes a challenge once, whatever factor comes with it later [SEC-011]', async () => {
    const token = await challenge();
    const [recoveryCode] = owner.recoveryCodes;
    await verify(app, { challenge: token, totp: owner.code() });

    for (const factor of [{ totp: owner.code() }, { recoveryCode }]) {
      expect((await verify(app, { challenge: token, ...factor })).errors).toMatchObject(OVER);
    }
  });

  it('takes of two good factors for one challenge at once the first [SEC-011]', async () => {
    const token = await challenge();
    const [, recoveryCode] = owner.recoveryCodes;

    const answers = await Promise.all([{ totp: owner.code() }, { recoveryCode }].map(factor => verify(app, { challenge: token, ...factor })));

    expect(codesOf(answers)).toEqual(['OK', 'UNAUTHENTICATED']);
  }); // prettier-ignore

  it('takes a recovery code once, and records that [SEC-011]', async () => {
    const [, , recoveryCode = ''] = owner.recoveryCodes;

    const first = await verify(app, { challenge: await challenge(), recoveryCode: recoveryCode.toLowerCase().replaceAll('-', ' ') });
    const second = await verify(app, { challenge: await challenge(), recoveryCode });

    expect(first.errors).toBeUndefined();
    expect(second.errors).toMatchObject(WRONG);
    const used = (await auditOf(app, tenant, tenant.userUuids.OWNER)).filter(({ action }) => action === 'second-factor.recovery-code-used');
    expect(used.at(-1)).toMatchObject({ after: { left: await left() } });
  });

  it('lets one of ten through who bring the same recovery code at once [SEC-011]', async () => {
    const challenges = await challengesInTurn(10);
    const [, , , recoveryCode] = owner.recoveryCodes;

    const answers = await Promise.all(challenges.map(token => verify(app, { challenge: token, recoveryCode })));

    expect(codesOf(answers).filter(code => code === 'OK')).toHaveLength(1);
  });

  it.each([
    ['the code of two steps ago', () => ({ totp: totpNow(owner.secret, app.clock, -2) })],
    ['the code of two steps ahead', () => ({ totp: totpNow(owner.secret, app.clock, 2) })],
    ['another code', () => ({ totp: String((Number(totpNow(owner.secret, app.clock)) + 500_000) % 1_000_000).padStart(6, '0') })],
    ['a recovery code of nobody', () => ({ recoveryCode: '7K2QD-0M9XF-H3T8V-ZB4WN-6CRP1' })],
    ['a recovery code that is none', () => ({ recoveryCode: 'open sesame' })],
    ['a passkey of nobody', () => ({ passkey: { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA' } } })],
  ])('refuses %s in the same words as any other wrong factor [SEC-011]', async (_what, factor) => {
    const { data, errors } = await verify(app, { challenge: await challenge(), ...factor() });

    expect(data?.verifySecondFactor ?? null).toBeNull();
    expect(errors).toMatchObject(WRONG);
  }); // prettier-ignore

  it.each([
    ['a challenge of five minutes ago', async () => { const token = await challenge(); app.clock.advance(5 * MINUTE_MS); return token; }],
    ['a challenge of nobody', async () => `${(await challenge()).split('.')[0] ?? ''}.${'A'.repeat(43)}`],
    ['one of another tenant', async () => `${app.tenant('aurora').id}.${(await challenge()).split('.')[1] ?? ''}`],
    ['one of a tenant that is none', async () => `ten_00000000000000000000000000.${(await challenge()).split('.')[1] ?? ''}`],
    ['an access token', () => Promise.resolve('eyJhbGciOiJSUzI1NiJ9.e30.AAAA')],
    ['an empty one', () => Promise.resolve('')],
    ['10 kB of it', () => Promise.resolve('A'.repeat(10_000))],
  ])('refuses %s like any other that is over [SEC-011] [SEC-016]', async (_what, token) => {
    const given = await token();

    expect((await verify(app, { challenge: given, totp: owner.code() })).errors).toMatchObject(OVER);
  }); // prettier-ignore

  it.each([
    ['is disabled', `update users set disabled_at = now() where id = $1`, `update users set disabled_at = null where id = $1`],
    ['has another password by now', `update users set password_hash = password_hash || '=' where id = $1`, `update users set password_hash = rtrim(password_hash, '=') where id = $1`],
    ['is of a tenant that is closed', `update tenants set status = 'CLOSED' where id = (select tenant_id from users where id = $1)`, `update tenants set status = 'ACTIVE' where id = (select tenant_id from users where id = $1)`],
  ])('refuses a challenge whose user %s [SEC-011]', async (_what, statement, undo) => {
    const token = await challenge();
    await app.db.query(statement, [tenant.userUuids.OWNER]);

    const { errors } = await verify(app, { challenge: token, totp: owner.code() });

    await app.db.query(undo, [tenant.userUuids.OWNER]);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }); // prettier-ignore

  it.each([
    ['no factor', {}],
    ['two factors', { totp: '123456', recoveryCode: '7K2QD-0M9XF-H3T8V-ZB4WN-6CRP1' }],
    ['nulls alone', { totp: null, recoveryCode: null, passkey: null }],
    ['five digits', { totp: '12345' }],
    ['letters for digits', { totp: 'abcdef' }],
    ['digits of another script', { totp: '１２３４５６' }],
    ['an empty recovery code', { recoveryCode: '' }],
    ['a recovery code of 10 kB', { recoveryCode: 'A'.repeat(10_000) }],
    ['a passkey that is empty', { passkey: {} }],
  ])('refuses %s as bad input, without counting it [SEC-011]', async (_what, factor) => {
    const { errors } = await verify(app, { challenge: await challenge(), ...factor });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: expect.stringMatching(/^input/) as string } }]);
    expect(await app.db.query('select failures from second_factor_failures')).toEqual([]);
  });

  it('keeps challenges and recovery codes as hashes, and the secret sealed [SEC-011] [SEC-013]', async () => {
    const token = await challenge();
    let dump = '';
    for (const table of ['second_factor_challenges', 'totp_seeds', 'recovery_codes', 'audit_entries'])
      dump += JSON.stringify(await app.db.query(`select ${table}::text as row from ${table}`));

    expect(dump).toContain(tenant.uuid);
    for (const secret of [token.split('.')[1] ?? '', owner.secret, ...owner.recoveryCodes, ...owner.recoveryCodes.map(code => code.replaceAll('-', ''))]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(dump).not.toContain(secret);
    }
  }); // prettier-ignore

  const left = async () => {
    const [row] = await app.db.query<{ left: number }>('select count(*)::int as left from recovery_codes where used_at is null');
    return row?.left;
  };
});
