import { newId } from '../../../src/platform/database/ids';
import { userIds, customRoleIds } from '../../../src/identity/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aPlatformUser, aUser, trailOf } from '../../support/people';
import { signedIn } from '../../support/sessions';

const CHANGE = `mutation ($userId: ID!, $role: Role!, $customRoleId: ID) {
  changeUserRole(input: { userId: $userId, role: $role, customRoleId: $customRoleId }) { id role customRole { id } permissions }
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

describe('changeUserRole', () => {
  it('gives a user another role, shows what it permits, and records both roles [SEC-010]', async () => {
    const user = await aUser(app, tenant, { role: 'VIEWER' });

    const { data, errors } = await tenant.as('ADMIN')<{ changeUserRole: { permissions: string[] } }>(CHANGE, {
      userId: user.id,
      role: 'ACCOUNTANT',
    });

    expect(errors).toBeUndefined();
    expect(data?.changeUserRole).toMatchObject({ id: user.id, role: 'ACCOUNTANT', customRole: null });
    expect(data?.changeUserRole.permissions).toContain('matches:approve');
    expect(await trailOf(app, tenant.uuid, user.uuid)).toEqual([
      {
        action: 'user.role-changed',
        actor: `user:${tenant.userUuids.ADMIN}`,
        before: { role: 'VIEWER', customRoleId: null },
        after: { role: 'ACCOUNTANT', customRoleId: null },
      },
    ]);
  });

  it('gives a custom role, with what it permits and no more [SEC-010]', async () => {
    const { customRoleId } = await aUser(app, tenant, { permissions: ['matches:read', 'transactions:read'] });
    const user = await aUser(app, tenant);

    const { data } = await tenant.as('OWNER')(CHANGE, { userId: user.id, role: 'CUSTOM', customRoleId });

    expect(data).toMatchObject({
      changeUserRole: { role: 'CUSTOM', customRole: { id: customRoleId }, permissions: ['matches:read', 'transactions:read'] },
    });
  });

  it('changes nothing, and records nothing, when the user has the role already [SEC-020]', async () => {
    const user = await aUser(app, tenant, { role: 'VIEWER' });

    expect(await codes(tenant.as('OWNER')(CHANGE, { userId: user.id, role: 'VIEWER' }))).toBeUndefined();
    expect(await trailOf(app, tenant.uuid, user.uuid)).toEqual([]);
  });

  it('holds within a second in a session that is open: what was permitted no longer is [SEC-010]', async () => {
    const user = await aUser(app, tenant, { role: 'ACCOUNTANT' });
    const session = await signedIn(app.url, user.email);
    const READ = '{ matches(first: 1) { totalCount } }';
    expect((await session.ask(READ)).errors).toBeUndefined();
    const { customRoleId } = await aUser(app, tenant, { permissions: ['invoices:read'] });

    await tenant.as('OWNER')(CHANGE, { userId: user.id, role: 'CUSTOM', customRoleId });
    const started = performance.now();
    let answer = await session.ask(READ);
    while (answer.status !== 401 && performance.now() - started < 1_000) answer = await session.ask(READ);

    expect(answer.status).toBe(401);
    expect((await session.refresh()).errors).toBeUndefined();
    expect(await codes(session.ask(READ))).toEqual(expect.arrayContaining(['FORBIDDEN']));
    expect((await session.ask('{ me { permissions } }')).data).toEqual({ me: { permissions: ['invoices:read'] } });
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    ['a role with a custom one beside it', 'VIEWER', { customRoleId: customRoleIds.encode(newId()) }, 'BAD_USER_INPUT'],
    ['CUSTOM without saying which', 'CUSTOM', {}, 'BAD_USER_INPUT'],
    ['a custom role that is not there', 'CUSTOM', { customRoleId: customRoleIds.encode(newId()) }, 'NOT_FOUND'],
    ['a malformed id of a custom role', 'CUSTOM', { customRoleId: userIds.encode(newId()) }, 'BAD_USER_INPUT'],
    ['a role of the platform', 'PLATFORM_OPERATOR', {}, 'BAD_USER_INPUT'],
    ['the other role of the platform', 'PLATFORM_AUDITOR', {}, 'BAD_USER_INPUT'],
  ])('refuses %s [SEC-010]', async (_what, role, difference, code) => {
    const user = await aUser(app, tenant);

    expect(await codes(tenant.as('OWNER')(CHANGE, { userId: user.id, role, ...difference }))).toEqual([code]);
    expect(await trailOf(app, tenant.uuid, user.uuid)).toEqual([]);
  });

  it('answers for a user and a custom role of another tenant, byte for byte, as for ones that never were [SEC-016]', async () => {
    const foreign = await aUser(app, other, { permissions: ['matches:read'] });
    const user = await aUser(app, tenant);
    const [unknownUser, unknownRole] = [userIds.encode(newId()), customRoleIds.encode(newId())];
    const masked = async (id: string, variables: Record<string, unknown>) => {
      const { data, errors } = await tenant.as('OWNER')(CHANGE, variables);
      const answer = {
        data,
        errors: errors?.map(({ extensions, ...error }) => ({ ...error, extensions: { ...extensions, requestId: '' } })),
      };
      return JSON.stringify(answer).replaceAll(id, 'ID');
    };

    expect(await masked(foreign.id, { userId: foreign.id, role: 'ADMIN' })).toBe(
      await masked(unknownUser, { userId: unknownUser, role: 'ADMIN' }),
    );
    expect(await masked(foreign.customRoleId ?? '', { userId: user.id, role: 'CUSTOM', customRoleId: foreign.customRoleId })).toBe(
      await masked(unknownRole, { userId: user.id, role: 'CUSTOM', customRoleId: unknownRole }),
    );
  });

  it('is refused to all but owners and admins, to strangers, and without a second factor [SEC-010]', async () => {
    const user = await aUser(app, tenant);
    const variables = { userId: user.id, role: 'ACCOUNTANT' };

    for (const role of ['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const) {
      expect(await codes(tenant.as(role)(CHANGE, variables))).toEqual(['FORBIDDEN']);
    }
    expect(await codes(app.anonymous(CHANGE, variables))).toEqual(['UNAUTHENTICATED']);
    const password = as(app, token => app.ask(token), tenant.uuid, {
      userId: tenant.userUuids.OWNER,
      scopes: ['users:update'],
      methods: ['pwd'],
    });
    expect(await codes(password(CHANGE, variables))).toEqual(['STEP_UP_REQUIRED']);
    expect(await trailOf(app, tenant.uuid, user.uuid)).toEqual([]);
  });

  it('of a platform user takes a role of the platform alone, and not from who holds less [SEC-010]', async () => {
    const operator = await aPlatformUser(app, 'PLATFORM_OPERATOR');
    const colleague = await aPlatformUser(app, 'PLATFORM_OPERATOR');

    expect(await codes(operator.ask(CHANGE, { userId: colleague.id, role: 'OWNER' }))).toEqual(['BAD_USER_INPUT']);
    // The auditor watches the operators: none of them makes one.
    expect(await codes(operator.ask(CHANGE, { userId: colleague.id, role: 'PLATFORM_AUDITOR' }))).toEqual(['FORBIDDEN']);
  });
});
