import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { CHANGE_PLAN, trailOf, unknownTenantId } from '../../support/tenancy';

const PLAN = `{ tenant { plan { name limits { connections transactionsPerMonth users } features domains expiresAt }
  usage { connections { used allowed level } transactionsThisMonth { used allowed level } users { used allowed level } } } }`;
const SMALL = {
  name: 'Small',
  connections: 1,
  transactionsPerMonth: 500,
  users: 6,
  features: ['AUTO_APPROVAL', 'API_CLIENTS', 'API_CLIENTS'],
  domains: ['Billing.Northwind.example', 'bücher.example', 'billing.northwind.example'],
};

describe('changePlan', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    platform = await aPlatform(app);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());

  const change = (plan: object, tenantId = tenant.id) => platform.as('PLATFORM_OPERATOR')(CHANGE_PLAN, { input: { tenantId, plan } });
  const seen = async (of = tenant) => (await of.as('VIEWER')<{ tenant: { plan: unknown; usage: unknown } }>(PLAN)).data?.tenant;

  it('begins with a plan without limits [BNK-008]', async () => {
    const none = { used: 0, allowed: null, level: 'OK' };
    expect(await seen()).toEqual({
      plan: { name: 'Unlimited', limits: { connections: null, transactionsPerMonth: null, users: null }, features: null, domains: null, expiresAt: null },
      usage: { connections: none, transactionsThisMonth: none, users: { ...none, used: 5 } },
    }); // prettier-ignore
  });

  it('gives a tenant another plan, in one spelling, that its people see with their usage [BNK-008]', async () => {
    const expiresAt = '2099-12-31T23:00:00.000Z';
    const { data, errors } = await change({ ...SMALL, expiresAt });

    expect(errors).toBeUndefined();
    const plan = {
      name: 'Small',
      limits: { connections: 1, transactionsPerMonth: 500, users: 6 },
      features: ['API_CLIENTS', 'AUTO_APPROVAL'],
      domains: ['billing.northwind.example', 'xn--bcher-kva.example'],
      expiresAt,
    };
    expect(data).toEqual({ changePlan: { tenant: { id: tenant.id, plan } } });
    expect(await seen()).toMatchObject({ plan, usage: { users: { used: 5, allowed: 6, level: 'WARNING' } } });
    expect(await seen(app.tenant('aurora'))).toMatchObject({ plan: { name: 'Unlimited' } });
  });

  it.each([
    [10, 'OK'],
    [7, 'OK'],
    [6, 'WARNING'],
    [5, 'REACHED'],
    [4, 'REACHED'],
  ])('warns from 80 % on: 5 users of %d are %s [BNK-008]', async (users, level) => {
    await change({ name: 'People', users });

    expect(await seen()).toMatchObject({ usage: { users: { used: 5, allowed: users, level } } });
  });

  it('stands in both audit trails with the plan before and after; the same plan again does not [SEC-020]', async () => {
    await change(SMALL);
    const trail = await trailOf(app, tenant.uuid);
    await change({ ...SMALL, domains: ['bücher.example', 'billing.northwind.example'] });

    expect(await trailOf(app, tenant.uuid)).toEqual(trail);
    const entry = {
      action: 'tenant.plan-changed',
      actor: `user:${platform.userUuids.PLATFORM_OPERATOR}`,
      before: expect.objectContaining({ plan: 'People', users: 4, domains: null }) as unknown,
      after: expect.objectContaining({
        plan: 'Small',
        connections: 1,
        domains: ['billing.northwind.example', 'xn--bcher-kva.example'],
      }) as unknown,
    };
    expect(trail.at(-1)).toEqual(entry);
    expect((await trailOf(app, platform.uuid)).at(-1)).toEqual(entry);
  });

  it('refuses the people of the tenant, auditors, the anonymous, and knows no tenant that never was [SEC-010]', async () => {
    const before = await seen();
    for (const ask of [tenant.as('OWNER'), app.tenant('aurora').as('OWNER'), platform.as('PLATFORM_AUDITOR')]) {
      expect(await ask(CHANGE_PLAN, { input: { tenantId: tenant.id, plan: { name: 'Free' } } })).toMatchObject({
        data: { changePlan: null },
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    }
    const anonymous = await app.anonymous(CHANGE_PLAN, { input: { tenantId: tenant.id, plan: { name: 'Free' } } });
    expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await change({ name: 'Free' }, unknownTenantId())).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(await seen()).toEqual(before);
  });

  it.each([
    ['a name of two lines', { name: 'a\nb' }, 'input.plan.name'],
    ['a negative limit', { transactionsPerMonth: -1 }, 'input.plan.transactionsPerMonth'],
    ['a domain with a path', { domains: ['a.example/whmcs'] }, 'input.plan.domains'],
    ['a domain with a port', { domains: ['a.example:8443'] }, 'input.plan.domains'],
    ['a domain with a user', { domains: ['me@a.example'] }, 'input.plan.domains'],
    ['a top-level domain', { domains: ['example'] }, 'input.plan.domains'],
    ['an address', { domains: ['192.0.2.7'] }, 'input.plan.domains'],
    ['an empty domain', { domains: [''] }, 'input.plan.domains'],
    ['too many domains', { domains: Array.from({ length: 101 }, (_, at) => `d${at}.example`) }, 'input.plan.domains'],
    ['an end that is now', { expiresAt: 'NOW' }, 'input.plan.expiresAt'],
  ])('refuses %s [API-003]', async (_what, difference, field) => {
    const at = 'expiresAt' in difference ? { expiresAt: app.clock.now().toISOString() } : {};
    const { errors } = await change({ name: 'Odd', ...difference, ...at });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  });

  it('is not seen by a role without tenant:read [API-003]', async () => {
    const { data, errors } = await tenant.as('INTEGRATION')('{ me { tenant { slug plan { name } usage { users { used } } } } }');

    expect(data).toEqual({ me: { tenant: { slug: 'northwind', plan: null, usage: null } } });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });
});
