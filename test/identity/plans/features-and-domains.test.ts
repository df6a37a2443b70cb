import { isWithin } from '../../../src/identity/plans/domains';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { givePlan } from '../../support/tenancy';

const CLIENT = `mutation { createApiClient(input: { name: "Partner", scopes: ["matches:read"], authenticationMethod: CLIENT_SECRET }) {
  apiClient { id } } }`;
const ROLE = 'mutation { createRole(input: { name: "Reader", permissions: ["matches:read"] }) { id } }';
const AUTO = 'mutation { runReconciliation(input: { autoApproveFrom: 0.95 }) { reconciliationRun { id } } }';
const ALL = ['API_CLIENTS', 'AUTO_APPROVAL', 'CUSTOM_ROLES'];

describe('the features and domains of a plan', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    platform = await aPlatform(app);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());

  it.each([
    ['API_CLIENTS', CLIENT, 'api_clients'],
    ['CUSTOM_ROLES', ROLE, 'custom_roles'],
    ['AUTO_APPROVAL', AUTO, 'reconciliation_runs'],
  ])('%s is refused where the plan lacks it, and works where it has it [BNK-008]', async (feature, mutation, table) => {
    const count = async () => (await app.db.query(`select from ${table}`)).length;
    const before = await count();
    await givePlan(platform, tenant, { features: ALL.filter(one => one !== feature) });
    expect((await tenant.as('OWNER')(mutation)).errors).toMatchObject([
      { message: `The plan Test does not include ${feature}`, extensions: { code: 'PLAN_LIMIT_REACHED', limit: 'features', feature } },
    ]);
    expect(await count()).toBe(before);

    await givePlan(platform, tenant, { features: [feature] });
    expect((await tenant.as('OWNER')(mutation)).errors).toBeUndefined();
    expect(await count()).toBe(before + 1);
    await app.runJobs();
  });

  it('a reconciliation that approves nothing by itself needs no feature [BNK-008]', async () => {
    await givePlan(platform, tenant, { features: [] });

    expect((await tenant.as('OWNER')('mutation { runReconciliation { reconciliationRun { id } } }')).errors).toBeUndefined();
  });

  it('a billing system may be in the domains of the plan alone [BNK-008]', async () => {
    const configure = (url: string) => {
      const scope = tenant.scope('OWNER');
      return scope.change(transaction =>
        app.installations.configure(scope, { url, gateway: 'wire', identifier: 'id', secret: 'hush' }, transaction),
      );
    };
    const urls = async () => app.db.query('select url from installations');
    const before = await urls();
    await givePlan(platform, tenant, { domains: ['northwind.example'] });

    await expect(configure('https://whmcs.evil.example/')).rejects.toMatchObject({
      code: 'PLAN_LIMIT_REACHED',
      details: { limit: 'domains', used: 'whmcs.evil.example', allowed: 'northwind.example' },
    });
    expect(await urls()).toEqual(before);
    await configure('https://Billing.Northwind.example:8443/whmcs');
    expect(await urls()).toEqual([{ url: 'https://Billing.Northwind.example:8443/whmcs' }]);

    await givePlan(platform, tenant, {});
    await configure('http://127.0.0.1:9/');
  });

  it.each([
    ['northwind.example', true],
    ['billing.northwind.example', true],
    ['a.b.northwind.example', true],
    ['northwind.example.', true],
    ['evilnorthwind.example', false],
    ['northwind.example.evil.example', false],
    ['example', false],
    ['', false],
  ])('the host %j is within northwind.example: %s [BNK-008]', (host, within) => {
    expect(isWithin('northwind.example', host)).toBe(within);
  });
});
