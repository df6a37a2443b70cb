import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser } from '../../support/people';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { type Enrolled, signInAs, withSecondFactor } from '../../support/second-factor';
import { SETTINGS, trailOf } from '../../support/tenancy';
import { tokenOf } from '../../support/as';
import { permissionsOf } from '../../../src/identity/roles/permissions';

describe('updateTenantSettings', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let northwind: TestTenant;
  let aurora: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    platform = await aPlatform(app);
    [northwind, aurora] = [app.tenant('northwind'), app.tenant('aurora')];
  });
  afterAll(() => app.close());

  const update = (input: object, of = northwind) => of.as('ADMIN')(SETTINGS, { input });
  const rowOf = async ({ uuid }: TestTenant) =>
    (await app.db.query('select name, country, second_factor_required from tenants where id = $1', [uuid]))[0];

  it('changes what is given, leaves the rest, and the tenants of others [SEC-016]', async () => {
    const before = await rowOf(aurora);
    const { data, errors } = await update({ name: '  Northwind & Söhne ', country: 'AT' });

    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ updateTenantSettings: { tenant: { id: northwind.id, name: 'Northwind & Söhne', country: 'AT' } } });
    await update({ country: null, name: 'Northwind' });
    expect(await rowOf(northwind)).toEqual({ name: 'Northwind', country: 'AT', second_factor_required: false });
    expect(await rowOf(aurora)).toEqual(before);
  });

  it('records what changed, as it was and as it is, and nothing when nothing does [SEC-020]', async () => {
    await update({ name: 'Nordwind', country: 'AT' });
    const trail = await trailOf(app, northwind.uuid);
    await update({ name: 'Nordwind' });

    expect(await trailOf(app, northwind.uuid)).toEqual(trail);
    expect(trail.at(-1)).toEqual({
      action: 'tenant.settings-changed',
      actor: `user:${northwind.userUuids.ADMIN}`,
      before: { name: 'Northwind' },
      after: { name: 'Nordwind' },
    });
  });

  it.each([
    ['an empty name', { name: '' }, 'input.name'],
    ['a name of two lines', { name: 'a\nb' }, 'input.name'],
    ['a country that is a word', { country: 'Germany' }, 'input.country'],
  ])('refuses %s [API-003]', async (_what, input, field) => {
    expect((await update(input)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  });

  it('refuses roles that may not, and the anonymous [SEC-010]', async () => {
    for (const role of ['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const) {
      expect(await northwind.as(role)(SETTINGS, { input: { name: 'Mine' } })).toMatchObject({
        data: { updateTenantSettings: null },
        errors: [{ extensions: { code: 'FORBIDDEN', scope: 'tenant:update' } }],
      });
    }
    expect((await app.anonymous(SETTINGS, { input: { name: 'Mine' } })).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });

  it('refuses who was demoted or disabled while the request was under way, whatever the token says [SEC-010]', async () => {
    const before = await rowOf(northwind);
    for (const change of [`role = 'VIEWER'`, 'disabled_at = now()']) {
      const former = await aUser(app, northwind, { role: 'ADMIN' });
      await app.db.query(`update users set ${change} where id = $1`, [former.uuid]);

      expect((await former.ask(SETTINGS, { input: { name: 'Mine' } })).errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN', scope: 'tenant:update' } },
      ]);
    }
    expect(await rowOf(northwind)).toEqual(before);
  });

  it('lets nobody demand a second factor of all who has none [SEC-011]', async () => {
    expect((await update({ secondFactorRequired: true })).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    expect(await rowOf(northwind)).toMatchObject({ second_factor_required: false });
  });

  it('demands a second factor of all: sessions without one end, and the next sign-in must enrol it [SEC-009] [SEC-011]', async () => {
    const { accessToken } = await signInAs(app, northwind, 'ACCOUNTANT');
    const accountant = app.ask(`Bearer ${accessToken ?? ''}`);
    expect((await accountant('{ me { role } }')).errors).toBeUndefined();
    const admin: Enrolled = await withSecondFactor(app, northwind, 'ADMIN');
    const session = await admin.signedIn();

    const { data, errors } = await session(SETTINGS, { input: { secondFactorRequired: true } });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ updateTenantSettings: { tenant: { secondFactorRequired: true } } });
    expect(await accountant('{ me { role } }')).toMatchObject({ status: 401 });
    expect((await session('{ me { role } }')).data).toEqual({ me: { role: 'ADMIN' } });
    expect(await signInAs(app, northwind, 'ACCOUNTANT')).toMatchObject({ accessToken: null, secondFactor: { demand: 'ENROL' } });
    expect(await signInAs(app, aurora, 'ACCOUNTANT')).toMatchObject({ secondFactor: null });
  });

  it('ends the demand only for who has just given a second factor [SEC-011]', async () => {
    const actor = { userId: northwind.userUuids.OWNER, scopes: permissionsOf.OWNER };
    const old = { ...actor, authenticatedAt: new Date(app.clock.now().getTime() - 299_000 - 60_000) };
    const passwordOnly = { ...actor, methods: ['pwd'] as const };
    for (const weak of [old, passwordOnly]) {
      const ask = app.ask(`Bearer ${await tokenOf(app, northwind.uuid, weak)}`);
      expect((await ask(SETTINGS, { input: { secondFactorRequired: false } })).errors).toMatchObject([
        { extensions: { code: 'STEP_UP_REQUIRED' } },
      ]);
    }

    expect((await update({ secondFactorRequired: false })).data).toMatchObject({
      updateTenantSettings: { tenant: { secondFactorRequired: false } },
    });
    expect(await signInAs(app, northwind, 'ACCOUNTANT')).toMatchObject({ secondFactor: null });
  });

  it('never ends it for the platform, whose name its operators may change [SEC-011]', async () => {
    const operator = platform.as('PLATFORM_OPERATOR');
    expect((await operator(SETTINGS, { input: { secondFactorRequired: false } })).errors).toMatchObject([
      { extensions: { code: 'CONFLICT' } },
    ]);
    expect((await platform.as('PLATFORM_AUDITOR')(SETTINGS, { input: { name: 'Mine' } })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    expect((await operator(SETTINGS, { input: { name: 'Payymo Platform' } })).data).toMatchObject({
      updateTenantSettings: { tenant: { slug: 'platform', name: 'Payymo Platform' } },
    });
  });
});
