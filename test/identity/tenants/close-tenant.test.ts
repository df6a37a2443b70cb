import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { connect } from '../../support/journey';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { PASSWORD } from '../../support/settings';
import { signedIn } from '../../support/sessions';
import { CHANGE_PLAN, close, CLOSE, REASON, resume, SIGN_IN, suspend, trailOf, unknownTenantId } from '../../support/tenancy';

const UNAUTHENTICATED = [{ extensions: { code: 'UNAUTHENTICATED' } }];

describe('closeTenant', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let northwind: TestTenant;
  let aurora: TestTenant;
  let operator: ReturnType<TestPlatform['as']>;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    platform = await aPlatform(app);
    [northwind, aurora] = [app.tenant('northwind'), app.tenant('aurora')];
    operator = platform.as('PLATFORM_OPERATOR');
  });
  afterAll(() => app.close());

  const signIn = (slug: string) => app.anonymous<{ signIn: { accessToken: string } }>(SIGN_IN, {
    input: { email: `owner@${slug}.example`, password: PASSWORD, tenant: slug },
  }); // prettier-ignore
  const statusOf = async ({ uuid }: TestTenant) =>
    (await app.db.query<{ status: string }>('select status from tenants where id = $1', [uuid]))[0]?.status;

  it('refuses owners, auditors, another slug, and an operator whose second factor is not of the last minutes [SEC-010] [SEC-011]', async () => {
    for (const ask of [northwind.as('OWNER'), platform.as('PLATFORM_AUDITOR')]) {
      expect((await close(ask, northwind)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'tenants:close' } }]);
    }
    const stale = platform.as('PLATFORM_OPERATOR', { authenticatedAt: new Date(app.clock.now().getTime() - 400_000) });
    expect((await close(stale, northwind)).errors).toMatchObject([{ extensions: { code: 'STEP_UP_REQUIRED' } }]);
    expect((await close(operator, { id: northwind.id, slug: 'aurora' })).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', field: 'input.confirmSlug' } },
    ]);
    expect((await close(app.anonymous, northwind)).errors).toMatchObject(UNAUTHENTICATED);
    expect((await close(operator, { id: unknownTenantId(), slug: 'northwind' })).errors).toMatchObject([
      { extensions: { code: 'NOT_FOUND' } },
    ]);
    expect(await statusOf(northwind)).toBe('ACTIVE');
  });

  it('kills every token at once, takes the jobs back, and lets nobody in again [SEC-009] [SEC-016]', async () => {
    await connect(northwind);
    const person = await signedIn(app.url, 'owner@northwind.example');
    expect((await person.refresh()).errors).toBeUndefined();
    expect((await person.ask('{ me { email } }')).errors).toBeUndefined();

    const closed = await close(operator, northwind);
    expect(closed.data).toMatchObject({ closeTenant: { tenant: { id: northwind.id, status: 'CLOSED', statusReason: REASON } } });
    expect(await person.ask('{ me { email } }')).toMatchObject({ status: 401, errors: UNAUTHENTICATED });
    expect((await person.refresh()).errors).toMatchObject(UNAUTHENTICATED);
    // Also a token that was signed after all: the whole tenant is revoked.
    expect(await northwind.as('OWNER')('{ me { email } }')).toMatchObject({ status: 401, errors: UNAUTHENTICATED });
    expect((await signIn('northwind')).errors).toMatchObject(UNAUTHENTICATED);
    expect(await app.db.query(`select from graphile_worker._private_jobs where payload->>'tenantId' = $1`, [northwind.uuid])).toEqual([]);
  });

  it('answers sign-in as for a tenant that never was [SEC-021]', async () => {
    const [closed, unknown] = [await signIn('northwind'), await signIn('nobody')];

    expect(closed.errors?.map(({ message }) => message)).toEqual(unknown.errors?.map(({ message }) => message));
    expect(closed.status).toBe(unknown.status);
  });

  it('lets nothing be changed inside it, whoever asks, and a job of it end quietly [SEC-016]', async () => {
    await expect(northwind.scope('OWNER').change(() => Promise.resolve())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(northwind.scope('OWNER').changeAccess(() => Promise.resolve())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });

    const payload = { tenantId: northwind.uuid, runId: northwind.uuid };
    await app.db.query(`select graphile_worker.add_job('banking.sync-connection', $1)`, [JSON.stringify(payload)]);
    await app.runJobs();
    expect(await app.db.query('select from graphile_worker._private_jobs')).toEqual([]);
  });

  it('is final: closing again answers the same, and nothing else can be done to it [SEC-016]', async () => {
    const trail = await trailOf(app, northwind.uuid);
    const again = await close(operator, northwind);
    expect(again.errors).toBeUndefined();
    expect(again.data).toMatchObject({ closeTenant: { tenant: { status: 'CLOSED' } } });

    const CONFLICT = [{ message: 'The tenant is closed, for good', extensions: { code: 'CONFLICT' } }];
    expect((await suspend(operator, northwind.id)).errors).toMatchObject(CONFLICT);
    expect((await resume(operator, northwind.id)).errors).toMatchObject(CONFLICT);
    const plan = { input: { tenantId: northwind.id, plan: { name: 'Large' } } };
    expect((await operator(CHANGE_PLAN, plan)).errors).toMatchObject(CONFLICT);
    expect((await close(operator, { id: northwind.id, slug: 'another' })).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(await trailOf(app, northwind.uuid)).toEqual(trail);
  });

  it('stands in both audit trails, and the platform still sees the tenant [SEC-020]', async () => {
    const entry = { action: 'tenant.closed', before: { status: 'ACTIVE' }, after: { status: 'CLOSED', reason: REASON } };
    expect((await trailOf(app, northwind.uuid)).at(-1)).toMatchObject(entry);
    expect((await trailOf(app, platform.uuid)).filter(({ action }) => action === 'tenant.closed')).toMatchObject([entry]);
    const { data } = await platform.as('PLATFORM_AUDITOR')(
      '{ tenants(filter: { status: [CLOSED] }) { nodes { slug usage { connections { used } } } } }',
    );
    expect(data).toEqual({ tenants: { nodes: [{ slug: 'northwind', usage: { connections: { used: 1 } } }] } });
  });

  it('closes a suspended tenant too, and no other [SEC-016]', async () => {
    expect((await aurora.as('OWNER')('{ me { email } }')).errors).toBeUndefined();
    await suspend(operator, aurora.id);
    const input = { tenantId: aurora.id, confirmSlug: 'aurora', reason: 'Out of business' };

    expect((await operator(CLOSE, { input })).data).toMatchObject({
      closeTenant: { tenant: { status: 'CLOSED', statusReason: 'Out of business' } },
    });
    expect((await operator('{ me { email } }')).errors).toBeUndefined();
  });
});
