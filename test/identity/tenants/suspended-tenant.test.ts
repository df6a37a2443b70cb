import { setTimeout as sleep } from 'node:timers/promises';

import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { runOf } from '../../support/banking';
import { aBusiness, aLine, anAccount, anInvoice, anotherBusiness } from '../../support/business';
import { connect, consent, matchesOf, proposed, startConnection } from '../../support/journey';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { PASSWORD } from '../../support/settings';
import { SIGN_OUT, signedIn } from '../../support/sessions';
import { expirePlan, givePlan, resume, suspend } from '../../support/tenancy';

const APPROVE = 'mutation ($id: ID!) { approveMatch(input: { matchId: $id }) { match { id state } } }';
const CHANGE_PASSWORD = 'mutation ($old: String!, $new: String!) { changePassword(input: { currentPassword: $old, newPassword: $new }) }';
const NEW_PASSWORD = 'quite another long phrase of mine';
const HELD = [
  ['suspended', 'TENANT_SUSPENDED'],
  ['whose plan ran out', 'PLAN_EXPIRED'],
] as const;

describe.each(HELD)('a tenant %s', (held, code) => {
  let app: TestApp;
  let platform: TestPlatform;
  let tenant: TestTenant;
  let other: TestTenant;
  beforeAll(async () => {
    const account = anAccount({ booked: [aLine({ remittanceInformationUnstructured: 'NW-2026-801' })] });
    app = await startApp([aBusiness({ accounts: [account], invoices: [anInvoice()] }), anotherBusiness()]);
    platform = await aPlatform(app);
    [tenant, other] = [app.tenant('northwind'), app.tenant('aurora')];
    await proposed(app, tenant);
  });
  afterEach(() => letGo());
  afterAll(() => app.close());

  const hold = () => (held === 'suspended' ? suspend(platform.as('PLATFORM_OPERATOR'), tenant.id) : expirePlan(app, tenant));
  const letGo = () => (held === 'suspended' ? resume(platform.as('PLATFORM_OPERATOR'), tenant.id) : givePlan(platform, tenant, {}));
  const refusal = { errors: [{ extensions: { code } }] };
  const jobs = () => app.db.query<{ attempts: number; run_at: Date }>('select attempts, run_at from graphile_worker._private_jobs');

  it('is read as before [BNK-008]', async () => {
    const query =
      '{ transactions { nodes { id } } invoices { nodes { id } } matches { nodes { id } } connections { nodes { id } } me { email } }';
    const before = await tenant.as('VIEWER')(query);
    await hold();

    const { data, errors } = await tenant.as('VIEWER')(query);
    expect(errors).toBeUndefined();
    expect(data).toEqual(before.data);
    expect(JSON.stringify(data)).toContain('txn_');
  });

  it('is not changed, and neither its bank nor its billing system hears of it [BNK-008]', async () => {
    const [match] = await matchesOf(tenant);
    const rows = await app.db.query('select count(*) from connections');
    await hold();
    const requests = app.bank.requests.length;

    expect(
      await tenant.as('OWNER')('mutation { startConnection(input: { institutionId: "SANDBOXFINANCE_SFIN0000" }) { reference } }'),
    ).toMatchObject(refusal);
    expect(await tenant.as('OWNER')('mutation { importInvoices { invoiceImport { id } } }')).toMatchObject(refusal);
    expect(await tenant.as('OWNER')('mutation { runReconciliation { reconciliationRun { id } } }')).toMatchObject(refusal);
    expect(await tenant.as('ACCOUNTANT')(APPROVE, { id: match?.id })).toMatchObject(refusal);
    expect(await tenant.as('ADMIN')('mutation { updateTenantSettings(input: { name: "Another" }) { tenant { id } } }')).toMatchObject(
      refusal,
    );
    expect(app.bank.requests.length).toBe(requests);
    expect(await app.db.query('select count(*) from connections')).toEqual(rows);
    expect(await jobs()).toEqual([]);
  });

  it('leaves the other tenants alone [SEC-016]', async () => {
    await hold();

    expect((await connect(other, 'SANDBOXFINANCE_GB_SFIN0001')).connection).toMatchObject({ status: 'ACTIVE' });
    await app.runJobs();
  });

  it('lets its people sign in, refresh, change their password, read the audit trail and sign out [SEC-021] [SEC-009] [SEC-020]', async () => {
    await hold();
    const person = await signedIn(app.url, 'admin@northwind.example');

    expect((await person.refresh()).errors).toBeUndefined();
    expect((await person.ask('{ me { role } tenant { slug } }')).data).toEqual({ me: { role: 'ADMIN' }, tenant: { slug: 'northwind' } });
    const { data } = await person.ask<{ auditEntries: { nodes: { action: string }[] } }>('{ auditEntries(first: 5) { nodes { action } } }');
    expect(data?.auditEntries.nodes.map(({ action }) => action)).toContain('session.begun');
    expect((await person.ask(CHANGE_PASSWORD, { old: PASSWORD, new: NEW_PASSWORD })).errors).toBeUndefined();
    expect((await person.ask(SIGN_OUT)).errors).toBeUndefined();
    expect(await person.ask('{ me { role } }')).toMatchObject({ status: 401 });
  });

  it('keeps its jobs: they wait, and go on at once afterwards as if nothing had been [BNK-003] [BNK-008]', async () => {
    const { data } = await tenant.as('OWNER')<{ importInvoices: { invoiceImport: { id: string } } }>(
      'mutation { importInvoices { invoiceImport { id } } }',
    );
    const stateOf = async () =>
      (
        await tenant.as('OWNER')('query ($id: ID!) { invoiceImport(id: $id) { state attempts errorCode } }', {
          id: data?.importInvoices.invoiceImport.id,
        })
      ).data;
    await hold();
    await app.runJobs();
    await app.runJobs({ hurry: true });
    expect(await stateOf()).toEqual({ invoiceImport: { state: 'QUEUED', attempts: 0, errorCode: null } });
    expect(await jobs()).toMatchObject([{ attempts: 2 }]);

    await letGo();
    await app.runJobs();
    expect(await stateOf()).toEqual({ invoiceImport: { state: 'SUCCEEDED', attempts: 1, errorCode: null } });
    expect(await jobs()).toEqual([]);
  });

  it('held in the middle of a run goes on with it from its start [BNK-003] [BNK-008]', async () => {
    const completed = await connect(tenant);
    const runId = completed.syncRun.id;
    app.bank.fail({ kind: 'slow', ms: 700, path: '/transactions/' });
    const running = app.runJobs();
    while ((await runOf(tenant.as('VIEWER'), runId)).state === 'QUEUED') await sleep(20);
    await hold();
    await running;
    expect(await runOf(tenant.as('VIEWER'), runId)).toMatchObject({ state: 'RUNNING', attempts: 1, linesNew: 0 });

    await letGo();
    await app.runJobs();
    expect(await runOf(tenant.as('VIEWER'), runId)).toMatchObject({ state: 'SUCCEEDED', attempts: 2, linesNew: 1, errorCode: null });
  });

  it('tells a person who comes back from the bank, who can complete the connection afterwards [SEC-012]', async () => {
    const started = await startConnection(tenant);
    await consent(started);
    await hold();
    const callback = () =>
      fetch(`${app.url}/connect/gocardless-bank-data/callback?ref=${started.reference}`, { headers: { accept: 'text/html' } });

    const page = await callback();
    expect([page.status, page.headers.get('content-type')]).toEqual([403, expect.stringContaining('text/html')]);
    expect(await page.text()).toContain('it can be read, not changed');

    await letGo();
    expect((await callback()).status).toBe(200);
    await app.runJobs();
  });

  it('books an approved match exactly once, after all [REC-007]', async () => {
    const match = (await matchesOf(tenant)).find(({ state }) => state === 'PROPOSED');
    await tenant.as('ACCOUNTANT')(APPROVE, { id: match?.id });
    await hold();
    await app.runJobs();
    expect(app.whmcs.payments('northwind')).toEqual([]);

    await letGo();
    await app.runJobs();
    expect(app.whmcs.payments('northwind')).toHaveLength(1);
    expect((await matchesOf(tenant)).find(({ id }) => id === match?.id)).toMatchObject({ state: 'APPLIED' });
  });
});
