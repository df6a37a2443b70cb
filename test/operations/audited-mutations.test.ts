import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { fuse } from '../../src/gateway/fuse';
import { type Answer, type Ask, startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness } from '../support/business';
import { aUser, tokenIn } from '../support/people';
import { aPlatform, type TestPlatform } from '../support/platform';
import { proposals } from '../support/reconciliation';
import { totpNow } from '../support/second-factor';
import { signedIn } from '../support/sessions';
import { PASSWORD } from '../support/settings';

/** Mutations that change nothing of money, access or configuration, each with the reason why no entry is needed. */
const NOT_RECORDED: Readonly<Record<string, string>> = {
  syncConnection: 'fetches a copy of what the bank says; the run itself says who asked',
  importInvoices: 'fetches a copy of what the billing system says; the run itself says who asked',
  requestPasswordReset: 'answers the same to anybody and for any address; the mail that goes out is recorded',
  beginTotpEnrolment: 'a secret that is not in use yet: taking it into use is recorded',
  beginPasskeyRegistration: 'a challenge that opens nothing: taking the passkey into use is recorded',
  beginPasskeyAuthentication: 'a challenge that opens nothing: what is done with it is recorded',
  refreshSession: 'goes on with what the session has already; a second use of a token is recorded',
};

/** Mutations that need an authenticator of their own: the test that shows the action in the trail. */
const SHOWN_ELSEWHERE: Readonly<Record<string, readonly [action: string, test: string]>> = {
  finishPasskeyRegistration: ['second-factor.enrolled', 'identity/second-factor/register-passkey.test.ts'],
  removePasskey: ['second-factor.removed', 'identity/second-factor/remove-factor.test.ts'],
  resetSecondFactor: ['second-factor.reset', 'identity/second-factor/reset-second-factor.test.ts'],
};

const NEW_PASSWORD = 'seventeen violet lighthouses';
const TOTP_STEP_MS = 30_000;

let app: TestApp;
let northwind: TestTenant;
let platform: TestPlatform;
let mutations: readonly string[];
/** What each mutation that went well left in the trail. */
const recorded = new Map<string, readonly string[]>();
beforeAll(async () => {
  app = await startApp([aBusiness()]);
  northwind = app.tenant('northwind');
  platform = await aPlatform(app);
  mutations = Object.keys(
    fuse(await app.subgraphs())
      .getMutationType()
      ?.getFields() ?? {},
  );
}, 60_000);
afterAll(() => app.close());

/** Asks for one mutation, and notes what it left. @throws Error unless it goes well. */
async function walk<Data = Record<string, unknown>>(ask: Ask, field: string, variables?: Record<string, unknown>): Promise<Data> {
  const answer: Answer<Record<string, Data | null>> = await ask(`mutation ${field}`, variables);
  const [name = '', data] = Object.entries(answer.data ?? {})[0] ?? [];
  if (data === null || data === undefined) throw new Error(`${field}: ${JSON.stringify(answer.errors)}`);
  const entries = await app.db.query<{ action: string }>('select action from audit_entries where request_id = $1 order by sequence', [
    answer.headers.get('x-request-id'),
  ]);
  recorded.set(
    name,
    entries.map(({ action }) => action),
  );
  return data;
}

const actionsOf = (...names: readonly string[]) => Object.fromEntries(names.map(name => [name, recorded.get(name)]));

describe('a mutation that goes well leaves an entry in the audit trail:', () => {
  it('on connections, proposals and bookings [SEC-020]', async () => {
    const owner = northwind.as('OWNER');
    const { reference, consentUrl } = await walk<{ reference: string; consentUrl: string }>(
      owner,
      '{ startConnection(input: { institutionId: "SANDBOXFINANCE_SFIN0000" }) { reference consentUrl } }',
    );
    await fetch(consentUrl, { redirect: 'manual' });
    await walk(owner, 'C($reference: String!) { completeConnection(input: { reference: $reference }) { connection { id } } }', {
      reference,
    });
    await walk(owner, '{ runReconciliation { reconciliationRun { id } } }');
    await app.runJobs();
    const [first, second] = await proposals(app, northwind, 2);
    const decide = (name: string, id: string | undefined) =>
      walk(owner, `D($id: ID!) { ${name}(input: { matchId: $id }) { match { id } } }`, { id });
    await decide('rejectMatch', first?.id);
    await decide('approveMatch', second?.id);
    await app.db.query(`update matches set state = 'FAILED', error_code = 'CONFLICT' where state = 'APPROVED'`);
    await decide('retryMatch', second?.id);

    expect(actionsOf('startConnection', 'completeConnection', 'runReconciliation', 'rejectMatch', 'approveMatch', 'retryMatch')).toEqual({
      startConnection: ['connection.started'],
      completeConnection: ['connection.completed'],
      runReconciliation: ['reconciliation.requested'],
      rejectMatch: ['match.rejected'],
      approveMatch: ['match.approved'],
      retryMatch: ['match.retried'],
    });
  });

  it('on roles, users and invitations [SEC-020]', async () => {
    const owner = northwind.as('OWNER');
    const person = await aUser(app, northwind);
    const role = await walk<{ id: string }>(owner, '{ createRole(input: { name: "Clerk", permissions: ["matches:read"] }) { id } }');
    await walk(owner, 'U($id: ID!) { updateRole(input: { roleId: $id, permissions: ["invoices:read"] }) { id } }', { id: role.id });
    await walk(owner, 'R($id: ID!) { changeUserRole(input: { userId: $id, role: ACCOUNTANT }) { id } }', { id: person.id });
    await walk(owner, 'D($id: ID!) { disableUser(userId: $id) { id } }', { id: person.id });
    await walk(owner, 'E($id: ID!) { enableUser(userId: $id) { id } }', { id: person.id });
    await walk((await aUser(app, northwind)).ask, '{ leaveTenant { id } }');
    await walk(owner, 'D($id: ID!) { deleteRole(roleId: $id) { deletedRoleId } }', { id: role.id });
    const invite = (email: string) =>
      walk<{ id: string }>(owner, 'I($email: String!) { inviteUser(input: { email: $email, name: "New", role: VIEWER }) { id } }', {
        email,
      });
    const { id } = await invite('first@people.example');
    await app.runJobs();
    await walk(owner, 'R($id: ID!) { resendInvitation(invitationId: $id) { id } }', { id });
    await walk(owner, 'R($id: ID!) { revokeInvitation(invitationId: $id) { id } }', { id });
    await invite('second@people.example');
    await app.runJobs();
    const token = tokenIn(app.smtp.mails.at(-1));
    await walk(
      app.anonymous,
      'A($token: String!, $password: String!) { acceptInvitation(input: { token: $token, password: $password }) { tokenType } }',
      {
        token,
        password: NEW_PASSWORD,
      },
    );

    expect(actionsOf('createRole', 'updateRole', 'deleteRole', 'changeUserRole', 'disableUser', 'enableUser', 'leaveTenant')).toMatchObject(
      {
        createRole: ['role.created'],
        updateRole: ['role.updated'],
        deleteRole: ['role.deleted'],
        changeUserRole: ['user.role-changed'],
        disableUser: expect.arrayContaining(['user.disabled']) as string[],
        enableUser: ['user.enabled'],
        leaveTenant: expect.arrayContaining(['user.left']) as string[],
      },
    );
    expect(actionsOf('inviteUser', 'resendInvitation', 'revokeInvitation', 'acceptInvitation')).toEqual({
      inviteUser: ['user.invited'],
      resendInvitation: ['invitation.resent'],
      revokeInvitation: ['invitation.revoked'],
      acceptInvitation: expect.arrayContaining(['invitation.accepted', 'user.created']) as string[],
    });
  }, 30_000);

  it('on sessions, passwords and second factors [SEC-020]', async () => {
    const [first, second] = [await aUser(app, northwind), await aUser(app, northwind)];
    await walk(app.anonymous, 'S($input: SignInInput!) { signIn(input: $input) { tokenType } }', { input: signInOf(first.email) });
    const session = await sessionOf(first.email);
    await signedIn(app.url, first.email);
    const { data } = await session<{ sessions: { id: string; current: boolean }[] }>('{ sessions { id current } }');
    const sessionId = data?.sessions.find(({ current }) => !current)?.id;
    await walk(session, 'E($id: ID!) { endSession(input: { sessionId: $id }) { id } }', { id: sessionId });
    await walk(session, 'P($old: String!, $new: String!) { changePassword(input: { currentPassword: $old, newPassword: $new }) }', {
      old: signInOf(first.email).password,
      new: NEW_PASSWORD,
    });
    await walk(session, '{ signOut }');
    await walk(await sessionOf(second.email), '{ signOutEverywhere }');
    await factorsOf(second.email);
    await app.anonymous('mutation ($email: String!) { requestPasswordReset(input: { email: $email }) { validMinutes } }', {
      email: second.email,
    });
    await app.runJobs();
    await walk(
      app.anonymous,
      'R($token: String!) { resetPassword(input: { token: $token, password: "eighteen violet lighthouses" }) { done } }',
      {
        token: tokenIn(app.smtp.mails.at(-1)),
      },
    );

    expect(actionsOf('signIn', 'endSession', 'changePassword', 'signOut', 'signOutEverywhere', 'resetPassword')).toMatchObject({
      signIn: ['session.begun'],
      endSession: ['session.ended'],
      changePassword: expect.arrayContaining(['user.password-changed']) as string[],
      signOut: ['session.ended'],
      signOutEverywhere: expect.arrayContaining(['session.ended']) as string[],
      resetPassword: expect.arrayContaining(['user.password-reset']) as string[],
    });
    expect(actionsOf('confirmTotpEnrolment', 'verifySecondFactor', 'stepUp', 'renewRecoveryCodes', 'removeTotp')).toEqual({
      confirmTotpEnrolment: expect.arrayContaining(['second-factor.enrolled']) as string[],
      verifySecondFactor: ['session.begun'],
      stepUp: ['session.stepped-up'],
      renewRecoveryCodes: ['second-factor.recovery-codes-renewed'],
      removeTotp: ['second-factor.removed'],
    });
  }, 30_000);

  it('on clients of partners [SEC-020]', async () => {
    const owner = northwind.as('OWNER');
    const { apiClient } = await walk<{ apiClient: { id: string } }>(
      owner,
      '{ createApiClient(input: { name: "Partner", scopes: ["matches:read"] }) { apiClient { id } } }',
    );
    const { id } = apiClient;
    await walk(owner, 'U($id: ID!) { updateApiClient(input: { clientId: $id, name: "Partner two" }) { apiClient { id } } }', { id });
    const rotated = await walk<{ apiClient: { secrets: { id: string }[] } }>(
      owner,
      'R($id: ID!) { rotateApiClientSecret(input: { clientId: $id }) { apiClient { secrets { id } } } }',
      { id },
    );
    const secretId = rotated.apiClient.secrets[0]?.id;
    await walk(
      owner,
      'R($id: ID!, $secretId: ID!) { revokeApiClientSecret(input: { clientId: $id, secretId: $secretId }) { apiClient { id } } }',
      { id, secretId },
    );
    await walk(owner, 'E($id: ID!) { endApiClient(input: { clientId: $id }) { apiClient { id } } }', { id });

    expect(actionsOf('createApiClient', 'updateApiClient', 'rotateApiClientSecret', 'revokeApiClientSecret', 'endApiClient')).toEqual({
      createApiClient: ['api-client.created'],
      updateApiClient: ['api-client.updated'],
      rotateApiClientSecret: ['api-client.secret-rotated'],
      revokeApiClientSecret: ['api-client.secret-revoked'],
      endApiClient: ['api-client.ended'],
    });
  });

  it('on tenants, in the trail of the tenant and in that of the platform [SEC-020]', async () => {
    const operator = platform.as('PLATFORM_OPERATOR');
    await walk(northwind.as('OWNER'), '{ updateTenantSettings(input: { name: "Northwind Hosting" }) { tenant { id } } }');
    const { tenant } = await walk<{ tenant: { id: string } }>(
      operator,
      '{ createTenant(input: { slug: "fjord", name: "Fjord", country: "NO", plan: { name: "Small" }, owner: { email: "a@fjord.example", name: "A" } }) { tenant { id } } }',
    );
    const on = (name: string, more = '') =>
      walk(operator, `T($id: ID!) { ${name}(input: { tenantId: $id${more} }) { tenant { id } } }`, { id: tenant.id });
    await on('inviteFirstOwner', ', owner: { email: "b@fjord.example", name: "B" }');
    await on('changePlan', ', plan: { name: "Large" }');
    await on('suspendTenant', ', reason: "unpaid"');
    await on('resumeTenant');
    await on('closeTenant', ', confirmSlug: "fjord", reason: "moved away"');

    const both = (action: string) => [action, action];
    expect(recorded.get('updateTenantSettings')).toEqual(['tenant.settings-changed']);
    expect(actionsOf('createTenant', 'inviteFirstOwner', 'changePlan', 'suspendTenant', 'resumeTenant', 'closeTenant')).toEqual({
      createTenant: expect.arrayContaining(both('tenant.created')) as string[],
      inviteFirstOwner: expect.arrayContaining(both('tenant.first-owner-invited')) as string[],
      changePlan: both('tenant.plan-changed'),
      suspendTenant: both('tenant.suspended'),
      resumeTenant: both('tenant.resumed'),
      closeTenant: both('tenant.closed'),
    });
  });

  it('all of them, but for those listed with their reason: a new one must be placed [SEC-020]', () => {
    const placed = [...recorded.keys(), ...Object.keys(NOT_RECORDED), ...Object.keys(SHOWN_ELSEWHERE)];

    expect(placed.sort()).toEqual([...mutations].sort());
    expect([...recorded].filter(([, actions]) => actions.length === 0)).toEqual([]);
  });

  it.each(Object.entries(SHOWN_ELSEWHERE))('%s, which its own test shows [SEC-020]', (_mutation, [action, test]) => {
    const file = path.join(__dirname, '..', test);

    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(`'${action}'`);
  });
});

const signInOf = (email: string) => ({ email, password: PASSWORD, tenant: 'northwind' });

/** A client in a session of its own. */
async function sessionOf(email: string): Promise<Ask> {
  const person = await signedIn(app.url, email);
  return (query, variables) => person.ask(query, variables);
}

/** Enrols an authenticator app, signs in with it, and removes it. */
async function factorsOf(email: string): Promise<void> {
  const ask = await sessionOf(email);
  const { secret } = await walk<{ secret: string }>(ask, '{ beginTotpEnrolment { secret } }');
  recorded.delete('beginTotpEnrolment');
  const code = () => {
    app.clock.advance(TOTP_STEP_MS);
    return totpNow(secret, app.clock);
  };
  await walk(ask, 'C($code: String!) { confirmTotpEnrolment(input: { code: $code }) { recoveryCodes } }', { code: code() });
  const { data } = await app.anonymous<{ signIn: { secondFactor: { challenge: string } } }>(
    'mutation ($input: SignInInput!) { signIn(input: $input) { secondFactor { challenge } } }',
    { input: signInOf(email) },
  );
  const { accessToken } = await walk<{ accessToken: string }>(
    app.anonymous,
    'V($input: VerifySecondFactorInput!) { verifySecondFactor(input: $input) { accessToken } }',
    { input: { challenge: data?.signIn.secondFactor.challenge, totp: code() } },
  );
  const verified = app.ask(`Bearer ${accessToken}`);
  const steppedUp = await walk<{ accessToken: string }>(verified, 'S($code: String!) { stepUp(input: { totp: $code }) { accessToken } }', {
    code: code(),
  });
  const strong = app.ask(`Bearer ${steppedUp.accessToken}`);
  await walk(strong, '{ renewRecoveryCodes }');
  await walk(strong, '{ removeTotp { __typename } }');
}
