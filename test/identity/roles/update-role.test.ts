import { customRoleIds } from '../../../src/identity/ids';
import { newId } from '../../../src/platform/database/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser, trailOf } from '../../support/people';
import { signedIn } from '../../support/sessions';

const UPDATE = `mutation ($roleId: ID!, $name: String, $description: String, $permissions: [String!]) {
  updateRole(input: { roleId: $roleId, name: $name, description: $description, permissions: $permissions }) { id name description permissions }
}`;
const DELETE = 'mutation ($roleId: ID!) { deleteRole(roleId: $roleId) { deletedRoleId } }';
const INVITE = `mutation ($email: String!, $customRoleId: ID!) {
  inviteUser(input: { email: $email, name: "New", role: CUSTOM, customRoleId: $customRoleId }) { id }
}`;

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

describe('updateRole', () => {
  it('takes a permission from everybody who has the role, in open sessions, within a second [SEC-010]', async () => {
    const user = await aUser(app, tenant, { permissions: ['matches:read', 'invoices:read'] });
    const session = await signedIn(app.url, user.email);
    const READ = '{ matches(first: 1) { totalCount } }';
    expect((await session.ask(READ)).errors).toBeUndefined();

    const { data } = await tenant.as('ADMIN')(UPDATE, { roleId: user.customRoleId, permissions: ['invoices:read'] });
    const started = performance.now();
    let answer = await session.ask(READ);
    while (answer.status !== 401 && performance.now() - started < 1_000) answer = await session.ask(READ);

    expect(data).toMatchObject({ updateRole: { id: user.customRoleId, permissions: ['invoices:read'] } });
    expect(answer.status).toBe(401);
    await session.refresh();
    expect(await codes(session.ask(READ))).toEqual(expect.arrayContaining(['FORBIDDEN']));
    expect(await trailOf(app, tenant.uuid, user.customRoleUuid ?? '')).toMatchObject([
      { action: 'role.updated', before: { permissions: ['matches:read', 'invoices:read'] }, after: { permissions: ['invoices:read'] } },
    ]);
  });

  it('changes what is given and leaves the rest [SEC-010]', async () => {
    const { customRoleId: roleId } = await aUser(app, tenant, { permissions: ['matches:read'] });

    await tenant.as('OWNER')(UPDATE, { roleId, name: 'Renamed' });
    const { data } = await tenant.as('OWNER')(UPDATE, { roleId, description: 'Why it is there', name: null });

    expect(data).toEqual({ updateRole: { id: roleId, name: 'Renamed', description: 'Why it is there', permissions: ['matches:read'] } });
  });

  it('is not for who lacks what the role permits, before or after [SEC-010]', async () => {
    const rich = await aUser(app, tenant, { permissions: ['matches:approve', 'matches:read'] });
    const poor = await aUser(app, tenant, { permissions: ['matches:read'] });
    const maker = await aUser(app, tenant, { permissions: ['roles:update', 'matches:read'] });

    expect(await codes(maker.ask(UPDATE, { roleId: rich.customRoleId, permissions: ['matches:read'] }))).toEqual(['FORBIDDEN']);
    expect(await codes(maker.ask(UPDATE, { roleId: rich.customRoleId, name: 'Mine' }))).toEqual(['FORBIDDEN']);
    expect(await codes(maker.ask(UPDATE, { roleId: poor.customRoleId, permissions: ['matches:approve'] }))).toEqual(['FORBIDDEN']);
    // Not even for themselves.
    expect(await codes(maker.ask(UPDATE, { roleId: maker.customRoleId, permissions: ['roles:update', 'matches:approve'] }))).toEqual([
      'FORBIDDEN',
    ]);
    expect(await codes(maker.ask(UPDATE, { roleId: poor.customRoleId, name: 'Ours' }))).toBeUndefined();
  });

  it('refuses a taken name, an empty list, the unknown and the foreign [SEC-010] [SEC-016]', async () => {
    const [one, two] = [
      await aUser(app, tenant, { permissions: ['matches:read'] }),
      await aUser(app, tenant, { permissions: ['matches:read'] }),
    ];
    await tenant.as('OWNER')(UPDATE, { roleId: one.customRoleId, name: 'Taken' });
    const foreign = await aUser(app, other, { permissions: ['matches:read'] });

    expect(await codes(tenant.as('OWNER')(UPDATE, { roleId: two.customRoleId, name: 'TAKEN' }))).toEqual(['CONFLICT']);
    expect(await codes(tenant.as('OWNER')(UPDATE, { roleId: one.customRoleId, name: 'taken' }))).toBeUndefined();
    expect(await codes(tenant.as('OWNER')(UPDATE, { roleId: two.customRoleId, permissions: [] }))).toEqual(['BAD_USER_INPUT']);
    expect(await codes(tenant.as('OWNER')(UPDATE, { roleId: tenant.id, name: 'x' }))).toEqual(['BAD_USER_INPUT']);
    expect(await codes(tenant.as('OWNER')(UPDATE, { roleId: customRoleIds.encode(newId()), name: 'x' }))).toEqual(['NOT_FOUND']);
    expect(await codes(tenant.as('OWNER')(UPDATE, { roleId: foreign.customRoleId, name: 'x' }))).toEqual(['NOT_FOUND']);
  });

  it('is refused to who may not, and without a second factor [SEC-010]', async () => {
    const { customRoleId: roleId } = await aUser(app, tenant, { permissions: ['matches:read'] });
    const password = as(app, token => app.ask(token), tenant.uuid, {
      userId: tenant.userUuids.OWNER,
      scopes: ['roles:update', 'roles:delete'],
      methods: ['pwd'],
    });

    for (const document of [UPDATE, DELETE]) {
      expect(await codes(tenant.as('VIEWER')(document, { roleId }))).toEqual(['FORBIDDEN']);
      expect(await codes(app.anonymous(document, { roleId }))).toEqual(['UNAUTHENTICATED']);
      expect(await codes(password(document, { roleId }))).toEqual(['STEP_UP_REQUIRED']);
    }
  });

  it('that names a permission which is gone grants the rest of it alone [SEC-010]', async () => {
    const user = await aUser(app, tenant, { permissions: ['matches:read'] });
    await app.db.query(`update custom_roles set permissions = '{matches:read,matches:teleport,tenants:close}' where id = $1`, [
      user.customRoleUuid,
    ]);

    const session = await signedIn(app.url, user.email);

    expect((await session.ask('{ me { permissions } }')).data).toEqual({ me: { permissions: ['matches:read'] } });
  });
});

describe('deleteRole', () => {
  it('is for who holds what the role permits, though nobody has it [SEC-010]', async () => {
    const holder = await aUser(app, tenant, { permissions: ['matches:approve', 'roles:delete'] });
    const cleaner = await aUser(app, tenant, { permissions: ['matches:read', 'roles:delete'] });
    await app.db.query(`update users set role = 'VIEWER', custom_role_id = null where id = $1`, [holder.uuid]);

    const { errors } = await cleaner.ask(DELETE, { roleId: holder.customRoleId });

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'matches:approve' } }]);
    expect((await tenant.as('ADMIN')(DELETE, { roleId: holder.customRoleId })).errors).toBeUndefined();
  });

  it('is refused while somebody has the role or is invited to it; then it works, once [SEC-010]', async () => {
    const user = await aUser(app, tenant, { permissions: ['matches:read'] });
    const roleId = user.customRoleId;
    const owner = tenant.as('OWNER');
    expect(await codes(owner(DELETE, { roleId }))).toEqual(['CONFLICT']);
    const CHANGE = 'mutation ($id: ID!) { changeUserRole(input: { userId: $id, role: VIEWER }) { id } }';
    expect(await codes(owner(CHANGE, { id: user.id }))).toBeUndefined();
    const invited = await owner<{ inviteUser: { id: string } }>(INVITE, { email: 'new@people.example', customRoleId: roleId });
    expect(await codes(owner(DELETE, { roleId }))).toEqual(['CONFLICT']);
    await owner('mutation ($id: ID!) { revokeInvitation(invitationId: $id) { id } }', { id: invited.data?.inviteUser.id });

    expect((await owner(DELETE, { roleId })).data).toEqual({ deleteRole: { deletedRoleId: roleId } });
    expect(await codes(owner(DELETE, { roleId }))).toEqual(['NOT_FOUND']);
    expect((await trailOf(app, tenant.uuid, user.customRoleUuid ?? '')).at(-1)).toMatchObject({
      action: 'role.deleted',
      before: { permissions: ['matches:read'] },
    });
  });

  it('finds none of another tenant [SEC-016]', async () => {
    const foreign = await aUser(app, other, { permissions: ['matches:read'] });

    expect(await codes(tenant.as('OWNER')(DELETE, { roleId: foreign.customRoleId }))).toEqual(['NOT_FOUND']);
    expect(await codes(tenant.as('OWNER')(DELETE, { roleId: customRoleIds.encode(newId()) }))).toEqual(['NOT_FOUND']);
  });

  it('at the same time as the role is given leaves nobody with a role that is gone [SEC-010]', async () => {
    for (let round = 0; round < 5; round += 1) {
      const maker = await aUser(app, tenant, { permissions: ['matches:read'] });
      const user = await aUser(app, tenant);
      await app.db.query(`update users set role = 'VIEWER', custom_role_id = null where id = $1`, [maker.uuid]);
      const GIVE = 'mutation ($id: ID!, $role: ID!) { changeUserRole(input: { userId: $id, role: CUSTOM, customRoleId: $role }) { id } }';

      const outcomes = await Promise.all([
        codes(tenant.as('OWNER')(GIVE, { id: user.id, role: maker.customRoleId })),
        codes(tenant.as('ADMIN')(DELETE, { roleId: maker.customRoleId })),
      ]);

      expect([
        [undefined, ['CONFLICT']],
        [['NOT_FOUND'], undefined],
      ]).toContainEqual(outcomes);
    }
  });
});
