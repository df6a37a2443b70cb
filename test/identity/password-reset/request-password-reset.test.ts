import { findAccounts } from '../../../src/identity/password-reset/find-accounts.job';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser, tokenIn, trailOf } from '../../support/people';

const REQUEST = 'mutation ($email: String!) { requestPasswordReset(input: { email: $email }) { validMinutes } }';

let app: TestApp;
let tenant: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  tenant = app.tenant('northwind');
});
afterEach(async () => {
  app.smtp.heal();
  await app.runJobs({ hurry: true });
  app.smtp.mails.length = 0;
});
afterAll(() => app.close());

const request = (email: string) => app.anonymous(REQUEST, { email });
const jobs = () =>
  app.db.query<{ task: string; payload: unknown }>(
    `select t.identifier as task, j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id`,
  );

describe('requestPasswordReset', () => {
  it('mails a link that leads to the app, and tells the audit trail of the tenant [SEC-021]', async () => {
    const user = await aUser(app, tenant);

    expect((await request(` ${user.email.toUpperCase()} `)).data).toEqual({ requestPasswordReset: { validMinutes: 30 } });
    await app.runJobs();

    expect(app.smtp.mails).toMatchObject([{ to: [user.email], subject: 'A new password for northwind Hosting on Payymo' }]);
    expect(app.smtp.mails[0]?.text).toContain(`${app.url}/reset-password#token=${tenant.id}.`);
    expect((await trailOf(app, tenant.uuid, user.uuid)).map(({ action }) => action)).toEqual(['password-reset.mailed']);
  });

  it('does the same for an address that nobody has: same answer, same statements, no mail [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    const observed = async (email: string) => {
      const { status, data } = await request(email);
      const [job] = await jobs();
      await app.runJobs();
      return { status, data, task: job?.task, payload: job?.payload };
    };

    const [known, unknown] = [await observed(user.email), await observed('nobody@people.example')];

    // The request looks nobody up: whose address it is, a job finds out.
    expect({ ...unknown, payload: null }).toEqual({ ...known, payload: null });
    expect(known).toMatchObject({ task: findAccounts.name, payload: { email: user.email } });
    expect(unknown.payload).toEqual({ ...(known.payload as object), email: 'nobody@people.example' });
    expect(app.smtp.mails.map(({ to }) => to)).toEqual([[user.email]]);
  });

  it('mails one link for each tenant that knows the address, and none to who is shut out or whose tenant is closed [SEC-021]', async () => {
    const aurora = app.tenant('aurora');
    const email = 'both@people.example';
    await aUser(app, tenant, { email });
    const second = await aUser(app, aurora, { email });

    await request(email);
    await app.runJobs();
    expect(app.smtp.mails.map(mail => tokenIn(mail).split('.')[0]).sort()).toEqual([tenant.id, aurora.id].sort());

    app.smtp.mails.length = 0;
    const NAMED = 'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { validMinutes } }';
    expect((await app.anonymous(NAMED, { input: { email, tenant: 'aurora' } })).errors).toBeUndefined();
    await app.runJobs();
    expect(app.smtp.mails.map(mail => tokenIn(mail).split('.')[0])).toEqual([aurora.id]);

    app.smtp.mails.length = 0;
    await app.db.query('update users set disabled_at = now() where id = $1', [second.uuid]);
    await request(email);
    await app.runJobs();
    expect(app.smtp.mails.map(mail => tokenIn(mail).split('.')[0])).toEqual([tenant.id]);
  });

  it('mails who is locked in a suspended tenant too [SEC-021]', async () => {
    const aurora = app.tenant('aurora');
    const user = await aUser(app, aurora);
    await app.db.query(`update tenants set status = 'SUSPENDED', status_reason = 'unpaid' where id = $1`, [aurora.uuid]);

    await request(user.email);
    await app.runJobs();

    expect(app.smtp.mails).toHaveLength(1);
    await app.db.query(`update tenants set status = 'CLOSED' where id = $1`, [aurora.uuid]);
    await request(user.email);
    await app.runJobs();
    expect(app.smtp.mails).toHaveLength(1);
  });

  it('keeps the token from rows and queue [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    await request(user.email);
    await app.runJobs();

    const secret = tokenIn(app.smtp.mails[0]).split('.')[1] ?? 'none';
    const rows = await app.db.query(
      `select r::text from password_resets r union all select a::text from audit_entries a union all select j::text from graphile_worker._private_jobs j`,
    );
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(rows)).not.toContain(user.email);
  });

  it('is tried again after what may pass, with a token of its own, and given up after what does not [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    app.smtp.fail('MESSAGE', 'DROP', 1);
    await request(user.email);
    await app.runJobs();
    expect(app.smtp.mails).toHaveLength(0);
    await app.runJobs({ hurry: true });
    expect(app.smtp.mails).toHaveLength(1);

    app.smtp.fail('RCPT', { reply: '550 5.1.1 No such user' });
    await request(user.email);
    await app.runJobs();
    expect(await jobs()).toEqual([]);
    app.smtp.fail('RCPT', { reply: '451 4.7.1 Later' });
    await request(user.email);
    for (let attempt = 0; attempt < 8; attempt += 1) await app.runJobs({ hurry: true });
    expect(await jobs()).toEqual([]);
  });

  it('waits longer and longer after some requests for one address, known or not, and counts no other [SEC-021]', async () => {
    const user = await aUser(app, tenant);
    const codes = async (email: string) => {
      const answers: (string | undefined)[] = [];
      for (let at = 0; at < 8; at += 1) answers.push((await request(email)).errors?.[0]?.extensions.code);
      return answers;
    };

    const known = await codes(user.email);

    expect(known[0]).toBeUndefined();
    expect(known.at(-1)).toBe('RATE_LIMITED');
    expect(await codes('not-known@people.example')).toEqual(known);
    expect((await request(user.email)).errors).toMatchObject([{ extensions: { retryAfterSeconds: expect.any(Number) as number } }]);
    await app.runJobs();
    expect(app.smtp.mails).toHaveLength(1);
    app.clock.advance(20 * 60_000);
    expect((await request(user.email)).errors).toBeUndefined();
  });

  it('refuses what is no address [SEC-021]', async () => {
    for (const email of ['', 'nobody', 'a@b.example,c@d.example', 'a@b.example\r\nBcc: c@d.example']) {
      expect((await request(email)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'email' } }]);
    }
    expect(await jobs()).toEqual([]);
  });
});
