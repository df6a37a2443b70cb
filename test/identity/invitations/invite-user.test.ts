import { customRoleIds, invitationIds } from '../../../src/identity/ids';
import { sendInvitationJob } from '../../../src/identity/invitations/send-invitation.job';
import { newId } from '../../../src/platform/database/ids';
import { createLogger } from '../../../src/platform/logging/logger';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser, tokenIn, trailOf } from '../../support/people';

const FIELDS = 'id email name role state customRole { id } invitedBy { id } sentAt expiresAt errorCode nextAttemptAt';
const INVITE = `mutation ($email: String!, $name: String = "New Person", $role: Role = VIEWER, $customRoleId: ID) {
  inviteUser(input: { email: $email, name: $name, role: $role, customRoleId: $customRoleId }) { ${FIELDS} }
}`;
const RESEND = `mutation ($id: ID!) { resendInvitation(invitationId: $id) { ${FIELDS} } }`;
const REVOKE = `mutation ($id: ID!) { revokeInvitation(invitationId: $id) { ${FIELDS} } }`;
const LIST = `query ($open: Boolean) { tenant { invitations(filter: { open: $open }) { totalCount nodes { email state } } } }`;

interface Invited {
  readonly inviteUser: { readonly id: string } | null;
}

let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  tenant = app.tenant('northwind');
  other = app.tenant('aurora');
});
afterEach(async () => {
  app.smtp.heal();
  await app.runJobs({ hurry: true });
  app.smtp.mails.length = 0;
});
afterAll(() => app.close());

const codes = async (asked: Promise<{ errors?: readonly { extensions: { code: string } }[] }>) =>
  (await asked).errors?.map(({ extensions }) => extensions.code);
const invite = async (email: string, difference: Record<string, unknown> = {}): Promise<string> => {
  const { data, errors } = await tenant.as('OWNER')<Invited>(INVITE, { email, ...difference });
  if (!data?.inviteUser) throw new Error(JSON.stringify(errors));
  return data.inviteUser.id;
};
const stateOf = async (id: string) =>
  (await tenant.as('OWNER')<{ node: unknown }>(`query ($id: ID!) { node(id: $id) { ... on Invitation { ${FIELDS} } } }`, { id })).data
    ?.node;

describe('inviteUser', () => {
  it('mails a link that leads to the app, once the job has run, and shows how far it is [SEC-010]', async () => {
    const { data, errors } = await tenant.as('ADMIN')<Invited>(INVITE, {
      email: ' New@People.example',
      name: 'New Person',
      role: 'ACCOUNTANT',
    });

    expect(errors).toBeUndefined();
    const id = data?.inviteUser?.id ?? '';
    expect(data?.inviteUser).toMatchObject({
      email: 'new@people.example',
      name: 'New Person',
      role: 'ACCOUNTANT',
      state: 'SENDING',
      sentAt: null,
    });
    expect(data?.inviteUser).toMatchObject({ customRole: null, invitedBy: { id: tenant.userIds.ADMIN } });
    expect(app.smtp.mails).toEqual([]);

    await app.runJobs();

    expect(app.smtp.mails).toMatchObject([{ to: ['new@people.example'], subject: 'Your invitation to northwind Hosting on Payymo' }]);
    expect(app.smtp.mails[0]?.text).toContain(`${app.url}/accept-invitation#token=${tenant.id}.`);
    expect(app.smtp.mails[0]?.text).toContain('ADMIN invites you to northwind Hosting');
    const inSevenDays = new Date(app.clock.now().getTime() + 7 * 86_400_000).toISOString();
    expect(await stateOf(id)).toMatchObject({ state: 'SENT', sentAt: app.clock.now().toISOString(), expiresAt: inSevenDays });
  });

  it('keeps the token from rows, queue, answers and the audit trail: only the mail has it [SEC-010]', async () => {
    const id = await invite('secret@people.example');
    const queued = await app.db.query('select payload from graphile_worker._private_jobs');
    await app.runJobs();

    const secret = tokenIn(app.smtp.mails[0]).split('.')[1] ?? 'none';
    const rows = await app.db.query('select i::text, (select jsonb_agg(a)::text from audit_entries a) from invitations i');
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify([queued, rows, await stateOf(id)])).not.toContain(secret);
    expect(JSON.stringify(queued)).not.toContain('secret@people.example');
    expect(await trailOf(app, tenant.uuid, invitationIds.decode(id))).toEqual([
      { action: 'user.invited', actor: `user:${tenant.userUuids.OWNER}`, before: null, after: { role: 'VIEWER', customRoleId: null } },
    ]);
  });

  it('refuses roles beyond the inviter’s own, and owners from anybody but owners [SEC-010]', async () => {
    const inviter = await aUser(app, tenant, { permissions: ['users:invite', 'users:read'] });
    const { customRoleId } = await aUser(app, tenant, { permissions: ['users:read'] });

    expect(await codes(inviter.ask(INVITE, { email: 'a@people.example', role: 'VIEWER' }))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('ADMIN')(INVITE, { email: 'a@people.example', role: 'OWNER' }))).toEqual(['FORBIDDEN']);
    expect(await codes(inviter.ask(INVITE, { email: 'a@people.example', role: 'CUSTOM', customRoleId }))).toBeUndefined();
    expect(await codes(tenant.as('OWNER')(INVITE, { email: 'b@people.example', role: 'OWNER' }))).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a user', { email: 'VIEWER@northwind.example' }, 'CONFLICT'],
    ['somebody who is invited', { email: 'twice@people.example' }, 'CONFLICT'],
    ['no address', { email: 'people.example' }, 'BAD_USER_INPUT'],
    ['two addresses', { email: 'a@b.example,c@d.example' }, 'BAD_USER_INPUT'],
    ['a header in the address', { email: 'a@b.example\r\nBcc: c@d.example' }, 'BAD_USER_INPUT'],
    ['a name of two lines', { email: 'fine@people.example', name: 'A\nBcc: b' }, 'BAD_USER_INPUT'],
    ['no name', { email: 'fine@people.example', name: ' ' }, 'BAD_USER_INPUT'],
    ['CUSTOM without saying which', { email: 'fine@people.example', role: 'CUSTOM' }, 'BAD_USER_INPUT'],
    ['an unknown custom role', { email: 'fine@people.example', role: 'CUSTOM', customRoleId: customRoleIds.encode(newId()) }, 'NOT_FOUND'],
    ['an operator of the platform', { email: 'fine@people.example', role: 'PLATFORM_OPERATOR' }, 'BAD_USER_INPUT'],
  ])('refuses %s [SEC-010]', async (_what, variables, code) => {
    await tenant.as('OWNER')(INVITE, { email: 'twice@people.example' });

    expect(await codes(tenant.as('OWNER')(INVITE, variables))).toEqual([code]);
    expect(await app.db.query(`select from invitations where email like 'fine@%'`)).toEqual([]);
  });

  it('is refused to who may not, and without a second factor [SEC-010]', async () => {
    const password = as(app, token => app.ask(token), tenant.uuid, {
      userId: tenant.userUuids.OWNER,
      scopes: ['users:invite', 'users:read'],
      methods: ['pwd'],
    });

    expect(await codes(tenant.as('VIEWER')(INVITE, { email: 'no@people.example' }))).toEqual(['FORBIDDEN']);
    expect(await codes(app.anonymous(INVITE, { email: 'no@people.example' }))).toEqual(['UNAUTHENTICATED']);
    expect(await codes(password(INVITE, { email: 'no@people.example' }))).toEqual(['STEP_UP_REQUIRED']);
  });
});

describe('the mail of an invitation', () => {
  it('is tried again after what may pass, with a new token, and says why it waits [SEC-010]', async () => {
    const id = await invite('later@people.example');
    app.smtp.fail('RCPT', { reply: '451 4.7.1 Come again later' }, 1);

    await app.runJobs();
    expect(await stateOf(id)).toMatchObject({
      state: 'SENDING',
      errorCode: 'PROVIDER_UNAVAILABLE',
      nextAttemptAt: expect.any(String) as string,
    });
    await app.runJobs({ hurry: true });

    expect(await stateOf(id)).toMatchObject({ state: 'SENT', errorCode: null, nextAttemptAt: null });
    expect(app.smtp.mails).toHaveLength(1);
  });

  it('is given up after what does not pass, and goes out when it is resent [SEC-010]', async () => {
    const id = await invite('unknown@people.example');
    app.smtp.fail('RCPT', { reply: '550 5.1.1 No such user <unknown@people.example>' });
    await app.runJobs();
    await app.runJobs({ hurry: true });
    expect(await stateOf(id)).toMatchObject({ state: 'FAILED', errorCode: 'PROVIDER_REJECTED', nextAttemptAt: null });
    app.smtp.heal();

    expect((await tenant.as('ADMIN')(RESEND, { id })).data).toMatchObject({
      resendInvitation: { state: 'SENDING', errorCode: null, invitedBy: { id: tenant.userIds.ADMIN } },
    });
    await app.runJobs();

    expect(await stateOf(id)).toMatchObject({ state: 'SENT' });
  });

  it('waits while the tenant is suspended, and goes out when it is resumed [SEC-010]', async () => {
    const id = await invite('patient@people.example');
    await app.db.query(`update tenants set status = 'SUSPENDED', status_reason = 'unpaid' where id = $1`, [tenant.uuid]);
    await app.runJobs();
    expect(app.smtp.mails).toEqual([]);

    await app.db.query(`update tenants set status = 'ACTIVE', status_reason = null where id = $1`, [tenant.uuid]);
    await app.runJobs({ hurry: true });

    expect(app.smtp.mails).toHaveLength(1);
    expect(await stateOf(id)).toMatchObject({ state: 'SENT' });
  });

  it('goes out when it is resent while an attempt fails that could be tried again [SEC-010]', async () => {
    const id = await invite('meanwhile@people.example');
    const send = async () => {
      expect(await codes(tenant.as('ADMIN')(RESEND, { id }))).toBeUndefined();
      throw new Error('the connection broke');
    };
    const log = createLogger({ level: 'silent', environment: 'test', service: 'test', format: 'json' });
    const mailing = { database: app.database, mailer: { available: true, send }, clock: app.clock, log, appUrl: app.url };
    await sendInvitationJob(mailing).run({ tenantId: tenant.uuid, invitationId: invitationIds.decode(id), mailing: 1 });

    await app.runJobs({ hurry: true });

    expect(await stateOf(id)).toMatchObject({ state: 'SENT' });
    expect(app.smtp.mails).toHaveLength(1);
  });

  it('is not sent once the invitation is revoked [SEC-010]', async () => {
    const id = await invite('revoked@people.example');

    expect((await tenant.as('ADMIN')(REVOKE, { id })).data).toMatchObject({ revokeInvitation: { state: 'REVOKED' } });
    await app.runJobs();

    expect(app.smtp.mails).toEqual([]);
  });
});

describe('resendInvitation and revokeInvitation', () => {
  it('refuse what is closed, unknown, foreign and malformed, and who may not [SEC-010] [SEC-016]', async () => {
    const id = await invite('closed@people.example');
    await tenant.as('OWNER')(REVOKE, { id });
    const foreign = await other.as('OWNER')<Invited>(INVITE, { email: 'foreign@people.example' });

    for (const document of [RESEND, REVOKE]) {
      expect(await codes(tenant.as('OWNER')(document, { id }))).toEqual(['CONFLICT']);
      expect(await codes(tenant.as('OWNER')(document, { id: invitationIds.encode(newId()) }))).toEqual(['NOT_FOUND']);
      expect(await codes(tenant.as('OWNER')(document, { id: foreign.data?.inviteUser?.id }))).toEqual(['NOT_FOUND']);
      expect(await codes(tenant.as('OWNER')(document, { id: tenant.id }))).toEqual(['BAD_USER_INPUT']);
      expect(await codes(tenant.as('VIEWER')(document, { id }))).toEqual(['FORBIDDEN']);
      expect(await codes(app.anonymous(document, { id }))).toEqual(['UNAUTHENTICATED']);
    }
  });

  it('are not for who could not have made the invitation [SEC-010]', async () => {
    const id = await invite('owner-to-be@people.example', { role: 'OWNER' });

    expect(await codes(tenant.as('ADMIN')(RESEND, { id }))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('ADMIN')(REVOKE, { id }))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('OWNER')(REVOKE, { id }))).toBeUndefined();
  });
});

describe('the invitations of a tenant', () => {
  it('are listed, the open ones apart, to who may see users, and none of another tenant [SEC-016]', async () => {
    const aurora = other.as('OWNER');
    await aurora(INVITE, { email: 'one@people.example' });
    const { data } = await aurora<Invited>(INVITE, { email: 'two@people.example' });
    await aurora(REVOKE, { id: data?.inviteUser?.id });

    const emails = async (open: boolean | null) => {
      const answer = await other.as('VIEWER')<{ tenant: { invitations: { nodes: { email: string }[] } } }>(LIST, { open });
      return answer.data?.tenant.invitations.nodes.map(({ email }) => email);
    };
    expect(await emails(null)).toEqual(['two@people.example', 'one@people.example', 'foreign@people.example']);
    expect(await emails(true)).toEqual(['one@people.example', 'foreign@people.example']);
    expect(await emails(false)).toEqual(['two@people.example']);
    expect(await codes(other.as('INTEGRATION')(LIST))).toEqual(expect.arrayContaining(['FORBIDDEN']));
  });
});
