import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aUser, tokenIn } from '../../support/people';

const INVITE = 'mutation ($email: String!) { inviteUser(input: { email: $email, name: "New", role: VIEWER }) { id } }';
const REVOKE = 'mutation ($id: ID!) { revokeInvitation(invitationId: $id) { id } }';
const RESEND = 'mutation ($id: ID!) { resendInvitation(invitationId: $id) { id } }';
const ENABLE = 'mutation ($id: ID!) { enableUser(userId: $id) { id } }';
const ACCEPT = `mutation ($token: String!) { acceptInvitation(input: { token: $token, password: "seventeen violet lighthouses" }) { accessToken } }`;
const ROLE = 'mutation { createRole(input: { name: "Clerk", permissions: ["matches:read"] }) { id } }';

let app: TestApp;
let tenant: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness()]);
  tenant = app.tenant('northwind');
});
afterAll(() => app.close());

const allow = (users: number | null) => app.db.query('update tenants set max_users = $1 where id = $2', [users, tenant.uuid]);
const ask = <Data>(document: string, variables: Record<string, unknown> = {}) => tenant.as('OWNER')<Data>(document, variables);

/** Active users, and those whose invitation is good. */
const taken = async () => {
  const [row] = await app.db.query<{ count: number }>(
    `select ((select count(*) from users where tenant_id = $1 and disabled_at is null) + (select count(*) from invitations
      where tenant_id = $1 and accepted_at is null and revoked_at is null and expires_at > $2))::int as count`,
    [tenant.uuid, app.clock.now()],
  );
  return row?.count ?? 0;
};

describe('the plan', () => {
  it('lets no more be invited than can be let in, and counts who is shut out or whose invitation is over no longer [BNK-008]', async () => {
    await allow(6);
    const first = await ask<{ inviteUser: { id: string } }>(INVITE, { email: 'first@people.example' });
    expect(first.errors).toBeUndefined();

    expect((await ask(INVITE, { email: 'second@people.example' })).errors).toMatchObject([
      { extensions: { code: 'PLAN_LIMIT_REACHED', limit: 'users', used: 6, allowed: 6 } },
    ]);
    await ask(REVOKE, { id: first.data?.inviteUser.id });
    expect((await ask(INVITE, { email: 'second@people.example' })).errors).toBeUndefined();
    app.clock.advance(8 * 86_400_000);
    expect((await ask(INVITE, { email: 'third@people.example' })).errors).toBeUndefined();
  });

  it('lets nobody in by an invitation or by enabling once it is smaller [BNK-008]', async () => {
    await allow(null);
    const gone = await aUser(app, tenant);
    await ask('mutation ($id: ID!) { disableUser(userId: $id) { id } }', { id: gone.id });
    await ask(INVITE, { email: 'late@people.example' });
    await app.runJobs();
    const token = tokenIn(app.smtp.mails.find(({ to }) => to.includes('late@people.example')));
    await allow(5);

    expect((await app.anonymous(ACCEPT, { token })).errors).toMatchObject([{ extensions: { code: 'PLAN_LIMIT_REACHED' } }]);
    expect((await ask(ENABLE, { id: gone.id })).errors).toMatchObject([{ extensions: { code: 'PLAN_LIMIT_REACHED' } }]);
    await allow(6);
    expect((await app.anonymous(ACCEPT, { token })).errors).toBeUndefined();
  });

  it('has room again for an invitation that expired only if nobody took its place [BNK-008]', async () => {
    await allow(null);
    const { data } = await ask<{ inviteUser: { id: string } }>(INVITE, { email: 'expired@people.example' });
    const id = data?.inviteUser.id;
    const full = await taken();
    await allow(full);

    expect((await ask(RESEND, { id })).errors).toBeUndefined();
    app.clock.advance(8 * 86_400_000);
    await allow(await taken());
    expect((await ask(RESEND, { id })).errors).toMatchObject([{ extensions: { code: 'PLAN_LIMIT_REACHED', limit: 'users' } }]);
    await allow((await taken()) + 1);
    expect((await ask(RESEND, { id })).errors).toBeUndefined();
  });

  it('enables nobody in the place of somebody who is invited [BNK-008]', async () => {
    await allow(null);
    const gone = await aUser(app, tenant);
    await ask('mutation ($id: ID!) { disableUser(userId: $id) { id } }', { id: gone.id });
    const { data } = await ask<{ inviteUser: { id: string } }>(INVITE, { email: 'invited@people.example' });
    await allow(await taken());

    expect((await ask(ENABLE, { id: gone.id })).errors).toMatchObject([{ extensions: { code: 'PLAN_LIMIT_REACHED', limit: 'users' } }]);
    await ask(REVOKE, { id: data?.inviteUser.id });
    expect((await ask(ENABLE, { id: gone.id })).errors).toBeUndefined();
  });

  it('can leave custom roles out [BNK-008]', async () => {
    await app.db.query(`update tenants set plan_features = '{}' where id = $1`, [tenant.uuid]);
    expect((await ask(ROLE)).errors).toMatchObject([{ extensions: { code: 'PLAN_LIMIT_REACHED', feature: 'CUSTOM_ROLES' } }]);

    await app.db.query(`update tenants set plan_features = '{CUSTOM_ROLES}' where id = $1`, [tenant.uuid]);
    expect((await ask(ROLE)).errors).toBeUndefined();
  });
});
