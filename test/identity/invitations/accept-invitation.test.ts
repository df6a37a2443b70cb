import { tenantIds } from '../../../src/identity/ids';
import { newId } from '../../../src/platform/database/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser, type TestUser, tokenIn } from '../../support/people';
import { SIGN_IN } from '../../support/sessions';

const INVITE = `mutation ($email: String!, $role: Role = VIEWER, $customRoleId: ID) {
  inviteUser(input: { email: $email, name: "New Person", role: $role, customRoleId: $customRoleId }) { id }
}`;
const ACCEPT = `mutation ($token: String!, $password: String!, $name: String) {
  acceptInvitation(input: { token: $token, password: $password, name: $name }) { accessToken refreshToken secondFactor { demand methods } }
}`;
const NEW_PASSWORD = 'seventeen violet lighthouses';
const DAY_MS = 86_400_000;

interface Accepted {
  readonly acceptInvitation: { readonly accessToken: string | null; readonly secondFactor: unknown } | null;
}

let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  tenant = app.tenant('northwind');
  other = app.tenant('aurora');
});
afterAll(() => app.close());

const codes = async (asked: Promise<{ errors?: readonly { extensions: { code: string } }[] }>) =>
  (await asked).errors?.map(({ extensions }) => extensions.code);

interface Offer {
  readonly id: string;
  readonly token: string;
  readonly email: string;
}

let offers = 0;
async function anOffer(difference: Record<string, unknown> = {}, by: TestUser['ask'] = tenant.as('OWNER')): Promise<Offer> {
  const email = `new-${(offers += 1)}@people.example`;
  const { data, errors } = await by<{ inviteUser: { id: string } | null }>(INVITE, { email, ...difference });
  if (!data?.inviteUser) throw new Error(JSON.stringify(errors));
  await app.runJobs();
  return { id: data.inviteUser.id, email, token: tokenIn(app.smtp.mails.at(-1)) };
}

const accept = (token: string, difference: Record<string, unknown> = {}) =>
  aBrowser(app.url).ask<Accepted>(ACCEPT, { token, password: NEW_PASSWORD, ...difference });
const usersOf = (email: string) => app.db.query<{ role: string; name: string }>('select role, name from users where email = $1', [email]);

describe('acceptInvitation', () => {
  it('makes a user with the role, signs in, and the password is good from then on [SEC-010]', async () => {
    const { token, email, id } = await anOffer({ role: 'ACCOUNTANT' });

    const { data, errors } = await accept(token, { name: 'Nova Person' });

    expect(errors).toBeUndefined();
    const ask = app.ask(`Bearer ${data?.acceptInvitation?.accessToken ?? ''}`);
    expect((await ask('{ me { email name role } }')).data).toEqual({ me: { email, name: 'Nova Person', role: 'ACCOUNTANT' } });
    expect((await aBrowser(app.url).ask(SIGN_IN, { input: { email, password: NEW_PASSWORD } })).errors).toBeUndefined();
    const { data: shown } = await tenant.as('OWNER')('query ($id: ID!) { node(id: $id) { ... on Invitation { state user { email } } } }', {
      id,
    });
    expect(shown).toEqual({ node: { state: 'ACCEPTED', user: { email } } });
    const trail = await app.db.query(
      `select action, actor, after from audit_entries where actor like 'user:%' and action in ('invitation.accepted', 'user.created')`,
    );
    const [made] = await app.db.query<{ id: string }>('select id from users where email = $1', [email]);
    const userUuid = made?.id ?? 'nobody';
    expect(trail).toEqual([
      { action: 'invitation.accepted', actor: `user:${userUuid}`, after: { user: userUuid } },
      { action: 'user.created', actor: `user:${userUuid}`, after: { role: 'ACCOUNTANT', customRoleId: null } },
    ]);
  });

  it('works once, also when it is asked for many times at once [SEC-010]', async () => {
    const { token, email } = await anOffer();

    const outcomes = await Promise.all(Array.from({ length: 6 }, () => codes(accept(token))));

    expect(outcomes.filter(outcome => outcome === undefined)).toHaveLength(1);
    expect(new Set(outcomes.flat())).toEqual(new Set([undefined, 'BAD_USER_INPUT']));
    expect(await usersOf(email)).toHaveLength(1);
    expect(await codes(accept(token))).toEqual(['BAD_USER_INPUT']);
  });

  it('says the same of every token that is not good: malformed, unknown, foreign, replaced, revoked, expired [SEC-010]', async () => {
    const { token, id } = await anOffer();
    const revoked = await anOffer();
    await tenant.as('OWNER')('mutation ($id: ID!) { revokeInvitation(invitationId: $id) { id } }', { id: revoked.id });
    await tenant.as('OWNER')('mutation ($id: ID!) { resendInvitation(invitationId: $id) { id } }', { id });
    const [, secret = ''] = token.split('.');
    const bad = [
      '',
      'x',
      token.slice(0, -1),
      `${token}A`,
      ` ${token}`,
      `${other.id}.${secret}`,
      `${tenantIds.encode(newId())}.${secret}`,
      `${tenant.id}.${'A'.repeat(43)}`,
      revoked.token,
      token,
    ];

    const answers = await Promise.all(
      bad.map(async candidate => (await accept(candidate)).errors?.map(({ message, extensions: { code } }) => ({ message, code }))),
    );

    expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(
      new Set([
        JSON.stringify([{ message: 'This invitation is unknown, used, revoked or expired: ask for a new one', code: 'BAD_USER_INPUT' }]),
      ]),
    );
    await app.runJobs();
    const fresh = tokenIn(app.smtp.mails.at(-1));
    expect(fresh).not.toBe(token);
    app.clock.advance(7 * DAY_MS + 1);
    expect(await codes(accept(fresh))).toEqual(['BAD_USER_INPUT']);
  });

  it('refuses a password that is not good, and the token stays good [SEC-021]', async () => {
    const { token, email } = await anOffer();

    for (const password of ['short', 'passwordpassword', `${email} lighthouse`, 'x'.repeat(129)]) {
      const { errors } = await accept(token, { password });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'password' } }]);
    }
    expect(await codes(accept(token, { name: 'Two\nlines' }))).toEqual(['BAD_USER_INPUT']);
    expect(await codes(accept(token))).toBeUndefined();
  });

  it('is refused when the inviter may no longer give the role: demoted, poorer, or gone [SEC-010]', async () => {
    const inviter = await aUser(app, tenant, { role: 'ADMIN' });
    const [first, second, third] = [
      await anOffer({ role: 'ACCOUNTANT' }, inviter.ask),
      await anOffer({}, inviter.ask),
      await anOffer({}, inviter.ask),
    ];
    await app.db.query(`update users set role = 'VIEWER' where id = $1`, [inviter.uuid]);
    expect(await codes(accept(first.token))).toEqual(['BAD_USER_INPUT']);
    await app.db.query(`update users set role = 'ADMIN', disabled_at = now() where id = $1`, [inviter.uuid]);
    expect(await codes(accept(second.token))).toEqual(['BAD_USER_INPUT']);
    expect(await usersOf(first.email)).toEqual([]);

    // Somebody else stands in for it.
    await tenant.as('OWNER')('mutation ($id: ID!) { resendInvitation(invitationId: $id) { id } }', { id: third.id });
    await app.runJobs();
    expect(await codes(accept(tokenIn(app.smtp.mails.at(-1))))).toBeUndefined();
  });

  it('demands to enrol a second factor where the tenant requires one, and gives no token before [SEC-011]', async () => {
    await app.db.query('update tenants set second_factor_required = true where id = $1', [other.uuid]);
    const { token } = await anOffer({}, other.as('OWNER'));

    const { data } = await accept(token);

    expect(data?.acceptInvitation).toEqual({
      accessToken: null,
      refreshToken: null,
      secondFactor: { demand: 'ENROL', methods: ['TOTP', 'PASSKEY'] },
    });
  });

  it('does not work while the tenant is suspended, and says nothing of a tenant to who has no good token [SEC-010]', async () => {
    const { token } = await anOffer({}, other.as('OWNER'));
    await app.db.query(`update tenants set status = 'SUSPENDED', status_reason = 'unpaid' where id = $1`, [other.uuid]);
    const guess = `${other.id}.${'A'.repeat(43)}`;

    expect(await codes(accept(token))).toEqual(['TENANT_SUSPENDED']);
    expect(await codes(accept(guess))).toEqual(['BAD_USER_INPUT']);
    await app.db.query(`update tenants set status = 'CLOSED' where id = $1`, [other.uuid]);
    expect(await codes(accept(guess))).toEqual(['BAD_USER_INPUT']);
    expect(await codes(accept(token))).toEqual(['BAD_USER_INPUT']);
  });
});
