import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { linesOf, manyAccounts, syncAgain } from '../../support/banking';
import { aBusiness, aLine, anotherBusiness, daysAgo } from '../../support/business';
import { connect } from '../../support/journey';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { givePlan } from '../../support/tenancy';

const aDay = (days: number, text = `day ${days}`) =>
  aLine({ bookingDate: daysAgo(days), valueDate: daysAgo(days), remittanceInformationUnstructured: text });

describe('a plan for so many transactions in a calendar month', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let tenant: TestTenant;
  let connectionId: string;
  const accounts = manyAccounts(2, at => (at === 0 ? [aDay(2), aDay(9), aDay(5), aDay(5, 'day 5')] : [aDay(3, 'another account')]));
  beforeAll(async () => {
    app = await startApp([aBusiness({ accounts }), anotherBusiness()]);
    platform = await aPlatform(app);
    tenant = app.tenant('northwind');
    connectionId = (await connect(tenant)).connection.id;
    await givePlan(platform, tenant, { transactionsPerMonth: 2 });
    await app.runJobs();
  });
  afterAll(() => app.close());

  const texts = async () => (await linesOf(tenant)).map(({ remittance }) => remittance);
  const sync = () => syncAgain(app, tenant, connectionId);
  const usage = async () =>
    (await tenant.as('VIEWER')<{ tenant: { usage: { transactionsThisMonth: unknown } } }>('{ tenant { usage { transactionsThisMonth { used allowed level } } } }'))
      .data?.tenant.usage.transactionsThisMonth; // prettier-ignore

  it('imports the oldest ones, and the run says why it ended [BNK-008]', async () => {
    expect(await texts()).toEqual(['day 9', 'day 5']);
    expect(await usage()).toEqual({ used: 2, allowed: 2, level: 'REACHED' });
    const [run] = await app.db.query('select state, error_code, error_message, lines_new, accounts_done from sync_runs');
    expect(run).toEqual({
      state: 'FAILED', error_code: 'PLAN_LIMIT_REACHED', lines_new: 2, accounts_done: 0,
      error_message: 'The plan allows 2 transactions in a calendar month, and 2 are in use',
    }); // prettier-ignore
  });

  it('imports none more while it is used up, nor any twice [BNK-008] [DAT-005]', async () => {
    expect(await sync()).toMatchObject({ state: 'FAILED', errorCode: 'PLAN_LIMIT_REACHED', linesNew: 0 });
    expect(await texts()).toEqual(['day 9', 'day 5']);
  });

  it('goes on where it stopped when the plan is raised: nothing is lost [BNK-008] [BNK-003]', async () => {
    await givePlan(platform, tenant, { transactionsPerMonth: 4 });
    expect(await sync()).toMatchObject({ state: 'FAILED', errorCode: 'PLAN_LIMIT_REACHED', linesNew: 2, accountsDone: 1 });
    expect(await texts()).toEqual(['day 9', 'day 5', 'day 5', 'day 2']);

    await givePlan(platform, tenant, { transactionsPerMonth: 5 });
    expect(await sync()).toMatchObject({ state: 'SUCCEEDED', errorCode: null, linesNew: 1, accountsDone: 2 });
    expect(await texts()).toEqual(['day 9', 'day 5', 'day 5', 'another account', 'day 2']);
  });

  it('lets a run without new lines succeed, though all is used [BNK-008]', async () => {
    expect(await usage()).toEqual({ used: 5, allowed: 5, level: 'REACHED' });
    expect(await sync()).toMatchObject({ state: 'SUCCEEDED', linesNew: 0 });
  });

  it('begins anew with the first of the next month, UTC [BNK-008]', async () => {
    app.bank.addLines(accounts[0]?.id ?? '', [aDay(1, 'late')]);
    expect(await sync()).toMatchObject({ state: 'FAILED', errorCode: 'PLAN_LIMIT_REACHED' });

    await app.db.query(
      `update transactions set created_at = date_trunc('month', now(), 'UTC') - interval '1 second' where remittance = 'day 9'`,
    );
    expect(await usage()).toEqual({ used: 4, allowed: 5, level: 'WARNING' });
    expect(await sync()).toMatchObject({ state: 'SUCCEEDED', linesNew: 1 });
    expect(await texts()).toContain('late');
  });
});
