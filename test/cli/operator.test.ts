import { addOperator } from '../../src/cli/operator.command';
import { StartupError } from '../../src/platform/process/startup-error';
import { startApp, type TestApp } from '../support/app';
import { settings } from '../support/settings';
import { forgetTenants, SIGN_IN, trailOf } from '../support/tenancy';
import { payymo } from './support/payymo';

const ADA = { email: 'Ada@payymo.example', name: 'Ada Berg' };

describe('payymo operator create', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([]);
  });
  beforeEach(() => forgetTenants(app));
  afterAll(() => app.close());

  const operators = () =>
    app.db.query('select u.email, u.name, u.role from users u join tenants t on t.id = u.tenant_id and t.slug = $1', ['platform']);

  it('makes the tenant of the platform and its first operator, who signs in with the password and must enrol a second factor [SEC-011] [ARC-008]', async () => {
    const password = await addOperator(app.platform, ADA);

    expect(password).toMatch(/^[\w-]{32}$/);
    expect(await operators()).toEqual([{ email: 'ada@payymo.example', name: 'Ada Berg', role: 'PLATFORM_OPERATOR' }]);
    expect(await app.db.query('select slug, kind, second_factor_required from tenants')).toEqual([
      { slug: 'platform', kind: 'PLATFORM', second_factor_required: true },
    ]);
    const { data } = await app.anonymous(SIGN_IN, { input: { email: ADA.email, password, tenant: 'platform' } });
    expect(data).toEqual({ signIn: { accessToken: null, refreshToken: null, secondFactor: { demand: 'ENROL' } } });
  });

  it('prints the password once as a process, and one line when it refuses [ARC-008]', async () => {
    const environment = {
      NODE_ENV: 'development',
      DATABASE_URL: app.db.appUrl,
      PAYYMO_SIGNING_KEY: settings().signingKey,
      PAYYMO_ENCRYPTION_KEY: settings().encryptionKey,
      GOCARDLESS_BANK_DATA_SECRET_ID: 'none',
      GOCARDLESS_BANK_DATA_SECRET_KEY: 'none',
      LOG_LEVEL: 'warn',
    };
    const command = ['operator', 'create', '--email', ADA.email, '--name', ADA.name];

    const made = await payymo(command, environment);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const [, password = ''] = /Password {2}([\w-]{32})\n/.exec(made.stdout) ?? [];
    const { data } = await app.anonymous(SIGN_IN, { input: { email: ADA.email, password, tenant: 'platform' } });
    expect(data).toMatchObject({ signIn: { secondFactor: { demand: 'ENROL' } } });
    expect(await payymo(command, environment)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The platform has an operator already: it can invite others (inviteUser); --again adds one all the same\n',
    });
  });

  it('refuses a second one, unless it is meant, and never the same address [SEC-010]', async () => {
    await addOperator(app.platform, ADA);
    const bo = { email: 'bo@payymo.example', name: 'Bo' };

    await expect(addOperator(app.platform, bo)).rejects.toThrow(StartupError);
    await expect(addOperator(app.platform, bo)).rejects.toThrow(
      'has an operator already: it can invite others (inviteUser); --again adds one',
    );
    expect(await operators()).toHaveLength(1);
    await addOperator(app.platform, { ...bo, again: true });
    await expect(addOperator(app.platform, { ...bo, again: true })).rejects.toThrow('bo@payymo.example is a user of the platform already');
    expect(await operators()).toHaveLength(2);
  });

  it('of several at once, one is the first [SEC-010]', async () => {
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(at => addOperator(app.platform, { email: `${at}@payymo.example`, name: 'First' })),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await operators()).toHaveLength(1);
  });

  it('stands in the audit trail, without the password [SEC-020]', async () => {
    const password = await addOperator(app.platform, ADA);

    const trail = await trailOf(app, (await app.platform.find()) ?? '');
    expect(trail).toMatchObject([{ action: 'user.created', actor: 'job:operator-command', after: { role: 'PLATFORM_OPERATOR' } }]);
    expect(JSON.stringify(trail)).not.toContain(password);
  });

  it.each([
    ['an address that is none', { ...ADA, email: 'ada' }],
    ['no name', { ...ADA, name: ' ' }],
  ])('refuses %s [ARC-008]', async (_what, options) => {
    await expect(addOperator(app.platform, options)).rejects.toThrow(StartupError);
    expect(await operators()).toEqual([]);
  });
});
