import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness } from '../../support/business';
import { aPlatformUser, aUser, trailOf } from '../../support/people';

const CHANGE = `mutation ($userId: ID!, $role: Role!, $customRoleId: ID) {
  changeUserRole(input: { userId: $userId, role: $role, customRoleId: $customRoleId }) { role }
}`;

let app: TestApp;
let tenant: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness()]);
  tenant = app.tenant('northwind');
});
afterAll(() => app.close());

const codes = async (asked: Promise<{ errors?: readonly { extensions: { code: string } }[] }>) =>
  (await asked).errors?.map(({ extensions }) => extensions.code);
const roleOf = async (uuid: string) => (await app.db.query<{ role: string }>('select role from users where id = $1', [uuid]))[0]?.role;
const owners = () => app.db.query(`select from users where tenant_id = $1 and role = 'OWNER' and disabled_at is null`, [tenant.uuid]);

describe('nobody gives more than they hold', () => {
  it('so a manager of users cannot make anybody, or themselves, an accountant [SEC-010]', async () => {
    const manager = await aUser(app, tenant, { permissions: ['users:read', 'users:update'] });
    const user = await aUser(app, tenant, { permissions: ['users:read'] });

    const { errors } = await manager.ask(CHANGE, { userId: user.id, role: 'ACCOUNTANT' });

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: expect.stringContaining('matches:approve') as string } }]);
    expect(await codes(manager.ask(CHANGE, { userId: manager.id, role: 'ACCOUNTANT' }))).toEqual(['FORBIDDEN']);
    expect(await roleOf(user.uuid)).toBe('CUSTOM');
    expect(await trailOf(app, tenant.uuid, manager.uuid)).toEqual([]);
  });

  it('but the manager gives a role within what they hold [SEC-010]', async () => {
    const manager = await aUser(app, tenant, { permissions: ['users:read', 'users:update', 'matches:read'] });
    const { customRoleId } = await aUser(app, tenant, { permissions: ['matches:read'] });
    const user = await aUser(app, tenant, { permissions: ['users:read'] });

    expect(await codes(manager.ask(CHANGE, { userId: user.id, role: 'CUSTOM', customRoleId }))).toBeUndefined();
  });

  it('nor touches who holds more [SEC-010]', async () => {
    const manager = await aUser(app, tenant, { permissions: ['users:read', 'users:update'] });
    const { customRoleId } = await aUser(app, tenant, { permissions: ['users:read'] });

    expect(await codes(manager.ask(CHANGE, { userId: tenant.userIds.VIEWER, role: 'CUSTOM', customRoleId }))).toEqual(['FORBIDDEN']);
    expect(await roleOf(tenant.userUuids.VIEWER)).toBe('VIEWER');
  });

  it('and an admin, who holds what an owner holds, still makes no owner and touches none [SEC-010]', async () => {
    const user = await aUser(app, tenant);
    const owner = await aUser(app, tenant, { role: 'OWNER' });

    expect(await codes(tenant.as('ADMIN')(CHANGE, { userId: user.id, role: 'OWNER' }))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('ADMIN')(CHANGE, { userId: tenant.userIds.ADMIN, role: 'OWNER' }))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('ADMIN')(CHANGE, { userId: owner.id, role: 'VIEWER' }))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('OWNER')(CHANGE, { userId: owner.id, role: 'VIEWER' }))).toBeUndefined();
  });

  it('by a token that says more than the role still does [SEC-010]', async () => {
    const demoted = await aUser(app, tenant, { role: 'VIEWER' });
    const user = await aUser(app, tenant);
    const stale = as(app, token => app.ask(token), tenant.uuid, { userId: demoted.uuid, scopes: ['users:update', 'matches:approve'] });

    expect(await codes(stale(CHANGE, { userId: user.id, role: 'ACCOUNTANT' }))).toEqual(['FORBIDDEN']);
  });

  it('nor by one that says less than the role does [SEC-010]', async () => {
    const user = await aUser(app, tenant, { permissions: ['users:read'] });
    const narrow = as(app, token => app.ask(token), tenant.uuid, {
      userId: tenant.userUuids.OWNER,
      scopes: ['users:update', 'users:read'],
    });

    expect(await codes(narrow(CHANGE, { userId: user.id, role: 'ACCOUNTANT' }))).toEqual(['FORBIDDEN']);
  });

  it('nor once disabled, for as long as the token lives [SEC-010]', async () => {
    const admin = await aUser(app, tenant, { role: 'ADMIN' });
    const user = await aUser(app, tenant);
    await app.db.query('update users set disabled_at = now() where id = $1', [admin.uuid]);

    expect(await codes(admin.ask(CHANGE, { userId: user.id, role: 'VIEWER' }))).toEqual(['FORBIDDEN']);
  });
});

describe('the last active owner', () => {
  it('cannot be demoted, not even by themselves, whoever else is disabled [SEC-010]', async () => {
    const disabled = await aUser(app, tenant, { role: 'OWNER' });
    await app.db.query('update users set disabled_at = now() where id = $1', [disabled.uuid]);
    const owner = tenant.userIds.OWNER;

    const { errors } = await tenant.as('OWNER')(CHANGE, { userId: owner, role: 'ADMIN' });

    expect(errors).toMatchObject([
      { extensions: { code: 'CONFLICT' }, message: 'This is the last active owner: make somebody else one first' },
    ]);
    expect(await roleOf(tenant.userUuids.OWNER)).toBe('OWNER');
  });

  it('steps down once there is another [SEC-010]', async () => {
    const [owner, successor] = [tenant.userUuids.OWNER, await aUser(app, tenant, { role: 'OWNER' })];

    expect(await codes(tenant.as('OWNER')(CHANGE, { userId: tenant.userIds.OWNER, role: 'ADMIN' }))).toBeUndefined();
    expect(await roleOf(owner)).toBe('ADMIN');
    expect(await codes(successor.ask(CHANGE, { userId: tenant.userIds.OWNER, role: 'OWNER' }))).toBeUndefined();
    expect(await codes(tenant.as('OWNER')(CHANGE, { userId: successor.id, role: 'VIEWER' }))).toBeUndefined();
  });

  it('is one of two who demote each other at the same time, every time [SEC-010]', async () => {
    for (let round = 0; round < 10; round += 1) {
      const second = await aUser(app, tenant, { role: 'OWNER' });

      const outcomes = await Promise.all([
        codes(tenant.as('OWNER')(CHANGE, { userId: second.id, role: 'ADMIN' })),
        codes(second.ask(CHANGE, { userId: tenant.userIds.OWNER, role: 'ADMIN' })),
      ]);

      expect(await owners()).toHaveLength(1);
      expect(outcomes.filter(outcome => outcome === undefined)).toHaveLength(1);
      await app.db.query(
        `update users set role = case when id = $2 then 'OWNER' else 'VIEWER' end where tenant_id = $1 and id in ($2, $3)`,
        [tenant.uuid, tenant.userUuids.OWNER, second.uuid],
      );
    }
  });

  it('has a counterpart on the platform: its last operator stays [SEC-010]', async () => {
    const operator = await aPlatformUser(app, 'PLATFORM_OPERATOR');

    expect((await operator.ask('mutation { leaveTenant { id } }')).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  });
});

describe('the database', () => {
  it('itself keeps roles of the platform out of businesses, and a custom role tied to CUSTOM [SEC-010]', async () => {
    const change = (values: string) => app.db.query(`update users set ${values} where id = $1`, [tenant.userUuids.VIEWER]);

    await expect(change(`role = 'PLATFORM_OPERATOR'`)).rejects.toThrow('does not fit the kind of the tenant');
    await expect(change(`role = 'CUSTOM'`)).rejects.toThrow('users_custom_role');
    await expect(change(`role = 'ROOT'`)).rejects.toThrow('users_role_check');
    const { uuid } = await aPlatformUser(app, 'PLATFORM_AUDITOR');
    await expect(app.db.query(`update users set role = 'OWNER' where id = $1`, [uuid])).rejects.toThrow('does not fit the kind');
  });

  it('gives no custom role of another tenant [SEC-016]', async () => {
    await expect(
      app.db.query(`update users set role = 'CUSTOM', custom_role_id = gen_random_uuid() where id = $1`, [tenant.userUuids.VIEWER]),
    ).rejects.toThrow('foreign key');
  });
});
