import { newId } from '../../../src/platform/database/ids';
import { userIds } from '../../../src/identity/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser, trailOf } from '../../support/people';
import { SIGN_IN, signedIn } from '../../support/sessions';
import { PASSWORD } from '../../support/settings';

const DISABLE = 'mutation ($id: ID!) { disableUser(userId: $id) { id disabledAt } }';
const ENABLE = 'mutation ($id: ID!) { enableUser(userId: $id) { id disabledAt role } }';
const LEAVE = 'mutation { leaveTenant { id disabledAt } }';

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
const signIn = (email: string) => codes(app.anonymous(SIGN_IN, { input: { email, password: PASSWORD } }));

/** Until the session is over, for at most a second. */
async function endOf(ask: (query: string) => Promise<{ status: number }>): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { status } = await ask('{ me { id } }');
    if (status === 401 || performance.now() - started > 1_000) return status;
  }
}

describe('disableUser', () => {
  it('ends all sessions within a second, and lets nobody in by password or refresh [SEC-008] [SEC-010]', async () => {
    const user = await aUser(app, tenant);
    const [first, second] = [await signedIn(app.url, user.email), await signedIn(app.url, user.email)];

    const { data } = await tenant.as('ADMIN')(DISABLE, { id: user.id });

    expect(data).toEqual({ disableUser: { id: user.id, disabledAt: app.clock.now().toISOString() } });
    expect([await endOf(query => first.ask(query)), await endOf(query => second.ask(query))]).toEqual([401, 401]);
    expect((await first.refresh()).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await signIn(user.email)).toEqual(['UNAUTHENTICATED']);
    expect(await trailOf(app, tenant.uuid, user.uuid)).toContainEqual({
      action: 'user.disabled',
      actor: `user:${tenant.userUuids.ADMIN}`,
      before: { role: 'VIEWER', customRoleId: null },
      after: null,
    });
  });

  it('refuses oneself, who is disabled, the unknown, and the malformed [SEC-010]', async () => {
    const user = await aUser(app, tenant);
    await tenant.as('OWNER')(DISABLE, { id: user.id });

    expect(await codes(tenant.as('OWNER')(DISABLE, { id: user.id }))).toEqual(['CONFLICT']);
    expect(await codes(tenant.as('OWNER')(DISABLE, { id: tenant.userIds.OWNER }))).toEqual(['CONFLICT']);
    expect(await codes(tenant.as('OWNER')(DISABLE, { id: userIds.encode(newId()) }))).toEqual(['NOT_FOUND']);
    expect(await codes(tenant.as('OWNER')(DISABLE, { id: other.userIds.VIEWER }))).toEqual(['NOT_FOUND']);
    expect(await codes(tenant.as('OWNER')(DISABLE, { id: tenant.id }))).toEqual(['BAD_USER_INPUT']);
  });

  it('is not for who holds less than the user, and owners are for owners [SEC-010]', async () => {
    const owner = await aUser(app, tenant, { role: 'OWNER' });
    const manager = await aUser(app, tenant, { permissions: ['users:update'] });

    expect(await codes(tenant.as('ADMIN')(DISABLE, { id: owner.id }))).toEqual(['FORBIDDEN']);
    expect(await codes(manager.ask(DISABLE, { id: tenant.userIds.VIEWER }))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('ACCOUNTANT')(DISABLE, { id: owner.id }))).toEqual(['FORBIDDEN']);
    expect(await codes(app.anonymous(DISABLE, { id: owner.id }))).toEqual(['UNAUTHENTICATED']);
    expect(await codes(tenant.as('OWNER')(DISABLE, { id: owner.id }))).toBeUndefined();
  });

  it('leaves one of two owners who disable each other at the same time [SEC-010]', async () => {
    const second = await aUser(app, tenant, { role: 'OWNER' });

    const outcomes = await Promise.all([
      codes(tenant.as('OWNER')(DISABLE, { id: second.id })),
      codes(second.ask(DISABLE, { id: tenant.userIds.OWNER })),
    ]);

    expect(outcomes.filter(outcome => outcome === undefined)).toHaveLength(1);
    expect(
      await app.db.query(`select from users where tenant_id = $1 and role = 'OWNER' and disabled_at is null`, [tenant.uuid]),
    ).toHaveLength(1);
    await app.db.query('update users set disabled_at = null where id = $1', [tenant.userUuids.OWNER]);
  });
});

describe('enableUser', () => {
  it('lets a user in again with the same role [SEC-010]', async () => {
    const user = await aUser(app, tenant, { role: 'ACCOUNTANT' });
    await tenant.as('OWNER')(DISABLE, { id: user.id });

    const { data } = await tenant.as('ADMIN')(ENABLE, { id: user.id });

    expect(data).toEqual({ enableUser: { id: user.id, disabledAt: null, role: 'ACCOUNTANT' } });
    expect(await signIn(user.email)).toBeUndefined();
    expect((await trailOf(app, tenant.uuid, user.uuid)).map(({ action }) => action)).toContain('user.enabled');
  });

  it('is refused for an active user, to who holds less, and without a second factor [SEC-010]', async () => {
    const user = await aUser(app, tenant, { role: 'ACCOUNTANT' });
    expect(await codes(tenant.as('OWNER')(ENABLE, { id: user.id }))).toEqual(['CONFLICT']);
    await tenant.as('OWNER')(DISABLE, { id: user.id });

    const manager = await aUser(app, tenant, { permissions: ['users:update'] });
    const password = as(app, token => app.ask(token), tenant.uuid, {
      userId: tenant.userUuids.OWNER,
      scopes: ['users:update'],
      methods: ['pwd'],
    });
    expect(await codes(manager.ask(ENABLE, { id: user.id }))).toEqual(['FORBIDDEN']);
    expect(await codes(password(ENABLE, { id: user.id }))).toEqual(['STEP_UP_REQUIRED']);
    expect(await codes(tenant.as('OWNER')(ENABLE, { id: other.userIds.VIEWER }))).toEqual(['NOT_FOUND']);
  });
});

describe('leaveTenant', () => {
  it('shuts oneself out, and ends the session that asked [SEC-010]', async () => {
    const user = await aUser(app, tenant);
    const session = await signedIn(app.url, user.email);

    expect((await session.ask(LEAVE)).data).toMatchObject({ leaveTenant: { id: user.id } });
    expect(await endOf(query => session.ask(query))).toBe(401);
    expect((await trailOf(app, tenant.uuid, user.uuid)).map(({ action }) => action)).toContain('user.left');
  });

  it('is not for the last active owner, nor for strangers [SEC-010]', async () => {
    expect(await codes(other.as('OWNER')(LEAVE))).toEqual(['CONFLICT']);
    expect(await codes(app.anonymous(LEAVE))).toEqual(['UNAUTHENTICATED']);
    await aUser(app, other, { role: 'OWNER' });
    expect(await codes(other.as('OWNER')(LEAVE))).toBeUndefined();
  });
});
