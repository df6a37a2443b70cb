import { passkeyIds } from '../../../src/identity/ids';
import { newId } from '../../../src/platform/database/ids';
import { type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { inOneSession, withPasskey } from '../../support/passkeys';
import { auditOf, signInAs, withSecondFactor } from '../../support/second-factor';

const MINUTE_MS = 60_000;
const FACTORS = '{ totp recoveryCodesLeft required passkeys { id name } }';
const REMOVE_TOTP = `mutation { removeTotp ${FACTORS} }`;
const REMOVE_PASSKEY = `mutation ($id: ID!) { removePasskey(id: $id) ${FACTORS} }`;
const RENEW = 'mutation { renewRecoveryCodes }';
const NONE = { totp: false, recoveryCodesLeft: 0, required: false, passkeys: [] };

describe('removing factors', () => {
  let app: TestApp;
  let tenant: TestTenant;
  const codeOf = async (answer: ReturnType<Ask>): Promise<string> => (await answer).errors?.[0]?.extensions.code ?? 'OK';
  const demand = async () => (await signInAs(app, tenant, 'VIEWER')).secondFactor?.methods ?? [];
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    for (const table of ['passkeys', 'recovery_codes', 'totp_seeds']) await app.db.query(`delete from ${table}`);
    await app.db.query('update tenants set second_factor_required = false');
  });

  it('removeTotp of the last factor takes the recovery codes along: the password is enough again [SEC-011] [SEC-020]', async () => {
    await withSecondFactor(app, tenant, 'VIEWER');

    const { data } = await tenant.as('VIEWER')(REMOVE_TOTP);

    expect(data).toEqual({ removeTotp: NONE });
    expect(await demand()).toEqual([]);
    expect((await auditOf(app, tenant, tenant.userUuids.VIEWER)).at(-1)).toEqual({ action: 'second-factor.removed', after: null });
  });

  it('removeTotp leaves passkeys and recovery codes [SEC-011]', async () => {
    await withSecondFactor(app, tenant, 'VIEWER');
    const { id } = await withPasskey(app, tenant, 'VIEWER');

    const { data } = await tenant.as('VIEWER')(REMOVE_TOTP);

    expect(data).toEqual({ removeTotp: { ...NONE, recoveryCodesLeft: 10, passkeys: [{ id, name: 'Key' }] } });
    expect(await demand()).toEqual(['PASSKEY', 'RECOVERY_CODE']);
  });

  it('removeTotp has nothing to remove where none is enrolled, also while one is pending [SEC-011]', async () => {
    await tenant.as('VIEWER')('mutation { beginTotpEnrolment { expiresAt } }');

    expect(await codeOf(tenant.as('VIEWER')(REMOVE_TOTP))).toBe('CONFLICT');
  });

  it('removePasskey removes the one that is named [SEC-011]', async () => {
    const [first, second] = [await withPasskey(app, tenant, 'VIEWER'), await withPasskey(app, tenant, 'VIEWER')];

    const { data } = await tenant.as('VIEWER')(REMOVE_PASSKEY, { id: first.id });

    expect(data).toEqual({ removePasskey: { ...NONE, recoveryCodesLeft: 10, passkeys: [{ id: second.id, name: 'Key' }] } });
    expect(await tenant.as('VIEWER')(REMOVE_PASSKEY, { id: second.id })).toMatchObject({ data: { removePasskey: NONE } });
  });

  it("answers another user's passkey, another tenant's and one that never was alike [SEC-011] [SEC-016]", async () => {
    const foreign = [await withPasskey(app, tenant, 'OWNER'), await withPasskey(app, app.tenant('aurora'), 'VIEWER')].map(({ id }) => id);
    await withPasskey(app, tenant, 'VIEWER');
    const answers = [];
    for (const id of [...foreign, passkeyIds.encode(newId())]) {
      const { data, errors } = await tenant.as('VIEWER')(REMOVE_PASSKEY, { id });
      answers.push(JSON.stringify([data, errors?.map(({ message, extensions }) => [message.replace(id, 'ID'), extensions.code])]));
    }

    expect(answers[0]).toContain('NOT_FOUND');
    expect(new Set(answers).size).toBe(1);
    expect(await app.db.query('select id from passkeys')).toHaveLength(3);
  });

  it.each(['', 'psk_', 'usr_01h455vb4pex5vsknk084sn02q'])('removePasskey refuses the id %p [SEC-011]', async id => {
    await withPasskey(app, tenant, 'VIEWER');

    expect(await codeOf(tenant.as('VIEWER')(REMOVE_PASSKEY, { id }))).toBe('BAD_USER_INPUT');
  });

  it('does not take the last factor of somebody who must have one [SEC-011]', async () => {
    await withSecondFactor(app, tenant, 'VIEWER');
    await app.db.query('update tenants set second_factor_required = true');
    expect(await codeOf(tenant.as('VIEWER')(REMOVE_TOTP))).toBe('CONFLICT');
    expect(await demand()).toEqual(['TOTP', 'RECOVERY_CODE']);

    const { id } = await withPasskey(app, tenant, 'VIEWER');
    expect(await codeOf(tenant.as('VIEWER')(REMOVE_TOTP))).toBe('OK');
    expect(await codeOf(tenant.as('VIEWER')(REMOVE_PASSKEY, { id }))).toBe('CONFLICT');
  });

  it('does not take both of two last factors at once from somebody who must have one [SEC-011]', async () => {
    await withSecondFactor(app, tenant, 'VIEWER');
    const { id } = await withPasskey(app, tenant, 'VIEWER');
    await app.db.query('update tenants set second_factor_required = true');

    const codes = await Promise.all([codeOf(tenant.as('VIEWER')(REMOVE_TOTP)), codeOf(tenant.as('VIEWER')(REMOVE_PASSKEY, { id }))]);

    expect(codes.sort()).toEqual(['CONFLICT', 'OK']);
  });

  it('renewRecoveryCodes gives ten new ones, and the earlier are worth nothing [SEC-011] [SEC-020]', async () => {
    const { recoveryCodes } = await withSecondFactor(app, tenant, 'VIEWER');

    const { data } = await tenant.as('VIEWER')<{ renewRecoveryCodes: string[] }>(RENEW);

    const fresh = data?.renewRecoveryCodes ?? [];
    expect(new Set([...recoveryCodes, ...fresh]).size).toBe(20);
    expect(await app.db.query('select id from recovery_codes')).toHaveLength(10);
    const stepUp = 'mutation ($input: StepUpInput!) { stepUp(input: $input) { accessToken } }';
    const { errors } = await tenant.as('VIEWER')(stepUp, { input: { recoveryCode: recoveryCodes[0] } });
    expect(errors).toMatchObject([{ message: 'The second factor is wrong' }]);
    const actions = (await auditOf(app, tenant, tenant.userUuids.VIEWER)).map(({ action }) => action);
    expect(actions).toContain('second-factor.recovery-codes-renewed');
  });

  it('renewRecoveryCodes has none for somebody without a factor [SEC-011]', async () => {
    expect(await codeOf(tenant.as('VIEWER')(RENEW))).toBe('CONFLICT');
  });

  describe.each([
    ['removeTotp', REMOVE_TOTP, {}],
    ['removePasskey', REMOVE_PASSKEY, { id: passkeyIds.encode(newId()) }],
    ['renewRecoveryCodes', RENEW, {}],
  ])('%s', (_name, document, variables) => {
    it.each([
      ['a password alone', { methods: ['pwd'] as const }],
      ['a factor of more than five minutes ago', { ageMs: 5 * MINUTE_MS + 1_000 }],
    ])('is refused after %s [SEC-011]', async (_what, { ageMs = 0, ...difference }: { ageMs?: number; methods?: readonly ['pwd'] }) => {
      await withSecondFactor(app, tenant, 'VIEWER');
      const authenticatedAt = new Date(app.clock.now().getTime() - ageMs);
      const ask = inOneSession(app, tenant, 'VIEWER', { ...difference, authenticatedAt });

      expect(await codeOf(ask(document, variables))).toBe('STEP_UP_REQUIRED');
      expect(await demand()).toEqual(['TOTP', 'RECOVERY_CODE']);
    });

    it('is refused to somebody who is not signed in [SEC-011]', async () => {
      expect(await codeOf(app.anonymous(document, variables))).toBe('UNAUTHENTICATED');
    });
  });
});
