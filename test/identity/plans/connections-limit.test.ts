import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { COMPLETE, START } from '../../support/banking';
import { aBusiness, anotherBusiness } from '../../support/business';
import { connect, consent, startConnection } from '../../support/journey';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { givePlan } from '../../support/tenancy';

const input = { institutionId: 'SANDBOXFINANCE_SFIN0000' };
const reached = (used: number, allowed: number) => [{ extensions: { code: 'PLAN_LIMIT_REACHED', limit: 'connections', used, allowed } }];

describe('a plan for so many bank connections', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    platform = await aPlatform(app);
    tenant = app.tenant('northwind');
  });
  beforeEach(() => app.db.query('truncate connections cascade'));
  afterAll(() => app.close());

  const start = () => tenant.as('OWNER')(START, { input });
  const count = async () => (await app.db.query('select from connections')).length;
  const usage = async () =>
    (
      await tenant.as('VIEWER')<{ tenant: { usage: { connections: unknown } } }>(
        '{ tenant { usage { connections { used allowed level } } } }',
      )
    ).data?.tenant.usage.connections;

  it('lets ten at once take the one place that is left, once [BNK-008]', async () => {
    await givePlan(platform, tenant, { connections: 2 });
    await connect(tenant);
    const answers = await Promise.all(Array.from({ length: 10 }, start));

    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const refusals = answers.flatMap(({ errors = [] }) => errors);
    expect(refusals.map(({ extensions }) => extensions)).toEqual(
      Array.from({ length: 9 }, () => expect.objectContaining({ ...reached(2, 2)[0]?.extensions }) as unknown),
    );
    expect(await count()).toBe(2);
    expect(await usage()).toEqual({ used: 2, allowed: 2, level: 'REACHED' });
  });

  it('refuses before the bank is asked [BNK-008]', async () => {
    await givePlan(platform, tenant, { connections: 0 });
    const requests = app.bank.requests.length;

    expect(await start()).toMatchObject({ data: { startConnection: null }, errors: reached(0, 0) });
    expect(app.bank.requests.length).toBe(requests);
    expect(await count()).toBe(0);
  });

  it('has its place back when a consent was never given and can no longer be [BNK-008]', async () => {
    await givePlan(platform, tenant, { connections: 1 });
    await startConnection(tenant);
    expect((await start()).errors).toMatchObject(reached(1, 1));

    app.clock.advance(31 * 60_000);
    expect((await start()).errors).toBeUndefined();
  });

  it('has its place back when a connection has ended [BNK-008]', async () => {
    await givePlan(platform, tenant, { connections: 1 });
    await connect(tenant);
    await app.db.query(`update connections set status = 'EXPIRED'`);

    expect((await start()).errors).toBeUndefined();
  });

  it('lets a connection that was begun be completed, whatever the plan says by now, and no other begin [BNK-008]', async () => {
    await givePlan(platform, tenant, { connections: 1 });
    const started = await startConnection(tenant);
    await consent(started);
    await givePlan(platform, tenant, { connections: 0 });

    const { errors } = await tenant.as('OWNER')(COMPLETE, { input: { reference: started.reference } });
    expect(errors).toBeUndefined();
    expect((await start()).errors).toMatchObject(reached(1, 0));
    await app.runJobs();
  });

  it('holds nobody else back, and nobody without a limit [BNK-008] [SEC-016]', async () => {
    await givePlan(platform, tenant, { connections: 1 });
    await connect(tenant);
    const aurora = app.tenant('aurora').as('OWNER');
    const answers = await Promise.all([1, 2, 3].map(() => aurora(START, { input: { institutionId: 'SANDBOXFINANCE_GB_SFIN0001' } })));
    expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);

    await givePlan(platform, tenant, {});
    expect((await start()).errors).toBeUndefined();
  });
});
