import { tenantIds } from '../../../src/identity/ids';
import { permissionsOf } from '../../../src/identity/roles/permissions';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { REASON, resume, suspend, SUSPEND, trailOf, unknownTenantId } from '../../support/tenancy';

describe('suspendTenant and resumeTenant', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let northwind: TestTenant;
  let aurora: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    platform = await aPlatform(app);
    [northwind, aurora] = [app.tenant('northwind'), app.tenant('aurora')];
  });
  afterEach(() => resume(platform.as('PLATFORM_OPERATOR'), northwind.id));
  afterAll(() => app.close());

  const statusOf = async ({ uuid }: TestTenant) =>
    (await app.db.query('select status, status_reason from tenants where id = $1', [uuid]))[0];

  it('suspend a tenant with a reason that its people read, and let it go on [BNK-008] [SEC-016]', async () => {
    const suspended = await suspend(platform.as('PLATFORM_OPERATOR'), northwind.id, '  Unpaid since May ');
    expect(suspended.errors).toBeUndefined();
    expect(suspended.data).toMatchObject({
      suspendTenant: { tenant: { id: northwind.id, slug: 'northwind', status: 'SUSPENDED', statusReason: 'Unpaid since May' } },
    });
    const { data } = await northwind.as('VIEWER')('{ tenant { status statusReason } }');
    expect(data).toEqual({ tenant: { status: 'SUSPENDED', statusReason: 'Unpaid since May' } });

    const resumed = await resume(platform.as('PLATFORM_OPERATOR'), northwind.id);
    expect(resumed.data).toMatchObject({ resumeTenant: { tenant: { status: 'ACTIVE', statusReason: null } } });
    expect(await statusOf(aurora)).toEqual({ status: 'ACTIVE', status_reason: null });
  });

  it('stand in the audit trails of the tenant and of the platform, as the deeds of the operator [SEC-020]', async () => {
    const [before, platformBefore] = [await trailOf(app, northwind.uuid), await trailOf(app, platform.uuid)];
    await suspend(platform.as('PLATFORM_OPERATOR'), northwind.id);
    await resume(platform.as('PLATFORM_OPERATOR'), northwind.id);

    const actor = `user:${platform.userUuids.PLATFORM_OPERATOR}`;
    const entries = [
      { action: 'tenant.suspended', actor, before: { status: 'ACTIVE' }, after: { status: 'SUSPENDED', reason: REASON } },
      { action: 'tenant.resumed', actor, before: { status: 'SUSPENDED' }, after: { status: 'ACTIVE', reason: null } },
    ];
    expect((await trailOf(app, northwind.uuid)).slice(before.length)).toEqual(entries);
    expect((await trailOf(app, platform.uuid)).slice(platformBefore.length)).toEqual(entries);
  });

  it('answer the tenant as it is when there is nothing to do, and record nothing [SEC-020]', async () => {
    await suspend(platform.as('PLATFORM_OPERATOR'), northwind.id, 'the first reason');
    const trail = await trailOf(app, northwind.uuid);

    const again = await suspend(platform.as('PLATFORM_OPERATOR'), northwind.id, 'another reason');
    expect(again.data).toMatchObject({ suspendTenant: { tenant: { status: 'SUSPENDED', statusReason: 'the first reason' } } });
    const other = await resume(platform.as('PLATFORM_OPERATOR'), aurora.id);
    expect(other.data).toMatchObject({ resumeTenant: { tenant: { status: 'ACTIVE' } } });
    expect(await trailOf(app, northwind.uuid)).toEqual(trail);
  });

  it('refuse the owner of a business, an auditor, and nobody at all, and change nothing [SEC-010] [API-003]', async () => {
    const FORBIDDEN = [{ extensions: { code: 'FORBIDDEN', scope: 'tenants:suspend' } }];
    for (const ask of [northwind.as('OWNER'), aurora.as('OWNER'), platform.as('PLATFORM_AUDITOR')]) {
      expect(await suspend(ask, northwind.id)).toMatchObject({ data: { suspendTenant: null }, errors: FORBIDDEN });
      expect(await resume(ask, northwind.id)).toMatchObject({ data: { resumeTenant: null }, errors: FORBIDDEN });
    }
    expect((await suspend(app.anonymous, northwind.id)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await statusOf(northwind)).toEqual({ status: 'ACTIVE', status_reason: null });
  });

  it('refuse a token with the scope that is not of the platform, and one of the platform without a second factor [SEC-010] [SEC-011]', async () => {
    const scopes = permissionsOf.PLATFORM_OPERATOR;
    const strayed = as(app, authorization => app.ask(authorization), aurora.uuid, { userId: aurora.userUuids.OWNER, scopes });
    const passwordOnly = platform.as('PLATFORM_OPERATOR', { methods: ['pwd'] });

    for (const ask of [strayed, passwordOnly]) {
      expect((await suspend(ask, northwind.id)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(await statusOf(northwind)).toEqual({ status: 'ACTIVE', status_reason: null });
  });

  it('know no tenant that never was, and leave the platform itself alone [SEC-016]', async () => {
    const unknown = unknownTenantId();
    expect((await suspend(platform.as('PLATFORM_OPERATOR'), unknown)).errors).toMatchObject([
      { message: `Tenant ${unknown} does not exist`, extensions: { code: 'NOT_FOUND' } },
    ]);
    expect((await suspend(platform.as('PLATFORM_OPERATOR'), tenantIds.encode(platform.uuid))).errors).toMatchObject([
      { extensions: { code: 'CONFLICT' } },
    ]);
  });

  it.each([
    ['no reason', { reason: '  ' }, 'input.reason'],
    ['a reason of two lines', { reason: 'one\ntwo' }, 'input.reason'],
    ['an endless reason', { reason: 'x'.repeat(301) }, 'input.reason'],
    ['the id of a user', { tenantId: 'usr_01h455vb4pex5vsknk084sn02q' }, 'input.tenantId'],
    ['no id at all', { tenantId: '%' }, 'input.tenantId'],
  ])('refuse %s [API-003]', async (_what, difference, field) => {
    const input = { tenantId: northwind.id, reason: REASON, ...difference };
    const { errors } = await platform.as('PLATFORM_OPERATOR')(SUSPEND, { input });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  });

  it('of two at once, one suspends [SEC-020]', async () => {
    const before = (await trailOf(app, northwind.uuid)).length;
    const answers = await Promise.all([1, 2, 3, 4].map(() => suspend(platform.as('PLATFORM_OPERATOR'), northwind.id)));

    expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined, undefined]);
    expect((await trailOf(app, northwind.uuid)).slice(before)).toMatchObject([{ action: 'tenant.suspended' }]);
  });
});
