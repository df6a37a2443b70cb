import { matchIds } from '../../src/reconciliation/ids';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, anotherBusiness } from '../support/business';
import { synced } from '../support/journey';
import { bookedUnder, decide, decision, type FullMatch, matchNow, proposals } from '../support/reconciliation';

const RETRY = decision('retryMatch');
const UNKNOWN = matchIds.encode('01900000-0000-7000-8000-000000000000');

describe('retryMatch', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let failed: FullMatch[];
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
    failed = [...(await proposals(app, tenant, 5))];
    const body = { result: 'error', message: 'Payment Method is disabled' };
    app.whmcs.fail({ action: 'AddInvoicePayment', kind: 'answer', status: 200, body, times: Infinity });
    for (const match of failed) await decide(tenant, 'approveMatch', match);
    await app.runJobs();
    app.whmcs.clearFaults();
  });
  afterEach(() => {
    app.whmcs.clearFaults();
  });
  afterAll(() => app.close());

  const aFailure = (): FullMatch => {
    const match = failed.pop();
    if (!match) throw new Error('More failures are needed');
    return match;
  };

  it('books a failed match once what was in the way is gone [REC-007]', async () => {
    const match = aFailure();

    const { data } = await tenant.as('ACCOUNTANT')(RETRY, { input: { matchId: match.id } });
    expect(data).toMatchObject({ retryMatch: { match: { state: 'APPROVED', errorCode: null, errorMessage: null } } });
    await app.runJobs();

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED' });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('fails again with the new reason when something else is in the way [REC-007]', async () => {
    const match = aFailure();
    app.whmcs.cancelInvoice('northwind', match.invoice.externalId);

    await decide(tenant, 'retryMatch', match);
    await app.runJobs();

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'FAILED', errorCode: 'CONFLICT', applicationAttempts: 1 });
  });

  it('has one effect for several retries at the same time [REC-007]', async () => {
    const match = aFailure();

    const codes = await Promise.all(Array.from({ length: 8 }, () => decide(tenant, 'retryMatch', match)));
    await app.runJobs();

    expect(codes.filter(code => code === undefined)).toHaveLength(1);
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('refuses to try again what has not failed [REC-006]', async () => {
    const match = aFailure();
    await decide(tenant, 'retryMatch', match);

    expect(await decide(tenant, 'retryMatch', match)).toBe('CONFLICT');
    await app.runJobs();
    expect(await decide(tenant, 'retryMatch', match)).toBe('CONFLICT');
  });

  it('refuses a role without matches:approve, a stranger, another tenant and a malformed id [SEC-016] [API-009]', async () => {
    const match = aFailure();
    const input = { matchId: match.id };
    const codeOf = async (answer: ReturnType<typeof app.anonymous>) => (await answer).errors?.[0]?.extensions.code;

    expect(await codeOf(tenant.as('VIEWER')(RETRY, { input }))).toBe('FORBIDDEN');
    expect(await codeOf(app.anonymous(RETRY, { input }))).toBe('UNAUTHENTICATED');
    expect(await codeOf(app.tenant('aurora').as('OWNER')(RETRY, { input }))).toBe('NOT_FOUND');
    expect(await codeOf(tenant.as('OWNER')(RETRY, { input: { matchId: UNKNOWN } }))).toBe('NOT_FOUND');
    expect(await codeOf(tenant.as('OWNER')(RETRY, { input: { matchId: 'mat_' } }))).toBe('BAD_USER_INPUT');
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'FAILED' });
  });
});
