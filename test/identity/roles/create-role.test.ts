import { permissionTable } from '../../../src/identity/roles/permissions';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser, trailOf } from '../../support/people';
import { customRoleIds } from '../../../src/identity/ids';

const CREATE = `mutation ($name: String!, $description: String, $permissions: [String!]!) {
  createRole(input: { name: $name, description: $description, permissions: $permissions }) { id name description permissions }
}`;
const LIST = '{ roles { id name permissions } }';

interface Created {
  readonly createRole: { readonly id: string; readonly name: string } | null;
}

let app: TestApp;
let tenant: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  tenant = app.tenant('northwind');
});
afterAll(() => app.close());

const codes = async (asked: Promise<{ errors?: readonly { extensions: { code: string } }[] }>) =>
  (await asked).errors?.map(({ extensions }) => extensions.code);
const READ = ['matches:read'];

describe('createRole', () => {
  it('makes a role with its permissions, each once and in order, that lists and the audit trail show [SEC-010] [SEC-020]', async () => {
    const variables = { name: '  Dunning clerk ', description: 'Looks', permissions: ['matches:read', 'invoices:read', 'matches:read'] };

    const { data, errors } = await tenant.as('ADMIN')<Created>(CREATE, variables);

    const role = { name: 'Dunning clerk', description: 'Looks', permissions: ['invoices:read', 'matches:read'] };
    expect(errors).toBeUndefined();
    expect(data?.createRole).toEqual({ ...role, id: expect.stringMatching(/^rol_/) as string });
    const id = data?.createRole?.id ?? '';
    expect((await tenant.as('OWNER')(LIST)).data).toMatchObject({ roles: [{ id, name: 'Dunning clerk' }] });
    expect(await trailOf(app, tenant.uuid, customRoleIds.decode(id))).toEqual([
      { action: 'role.created', actor: `user:${tenant.userUuids.ADMIN}`, before: null, after: role },
    ]);
    expect((await tenant.as('OWNER')('query ($id: ID!) { node(id: $id) { id ... on CustomRole { name } } }', { id })).data).toEqual({
      node: { id, name: 'Dunning clerk' },
    });
  });

  it('gives nothing that its maker does not hold [SEC-010]', async () => {
    const maker = await aUser(app, tenant, { permissions: ['roles:create', 'roles:read', 'matches:read'] });

    const { errors } = await maker.ask(CREATE, { name: 'Rich', permissions: ['matches:read', 'matches:approve'] });

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'matches:approve' } }]);
    expect(await codes(maker.ask(CREATE, { name: 'Modest', permissions: READ }))).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an empty name', { name: '  ' }, 'BAD_USER_INPUT'],
    ['a name of two lines', { name: 'a\nb' }, 'BAD_USER_INPUT'],
    ['an endless name', { name: 'x'.repeat(61) }, 'BAD_USER_INPUT'],
    ['half a character', { name: 'a\ud800' }, 'BAD_USER_INPUT'],
    ['the name of a built-in role', { name: 'owner' }, 'BAD_USER_INPUT'],
    ['the name of a built-in role, nearly', { name: 'Platform operator' }, 'BAD_USER_INPUT'],
    ['an endless description', { description: 'x'.repeat(301) }, 'BAD_USER_INPUT'],
    ['no permission', { permissions: [] }, 'BAD_USER_INPUT'],
    ['an unknown permission', { permissions: ['matches:everything'] }, 'BAD_USER_INPUT'],
    ['a name that every object has', { permissions: ['constructor'] }, 'BAD_USER_INPUT'],
    ['a permission of the platform', { permissions: ['tenants:close'] }, 'BAD_USER_INPUT'],
  ])('refuses %s [SEC-010]', async (_what, difference, code) => {
    expect(await codes(tenant.as('OWNER')(CREATE, { name: 'Fine', permissions: READ, ...difference }))).toEqual([code]);
    expect(await app.db.query(`select from custom_roles where name = 'Fine'`)).toEqual([]);
  });

  it('refuses a name that is taken, in any case, but not by another tenant [SEC-010]', async () => {
    expect(await codes(tenant.as('OWNER')(CREATE, { name: 'Größe', permissions: READ }))).toBeUndefined();

    expect(await codes(tenant.as('OWNER')(CREATE, { name: 'GRÖSSE', permissions: READ }))).toBeUndefined();
    expect(await codes(tenant.as('OWNER')(CREATE, { name: 'größe', permissions: READ }))).toEqual(['CONFLICT']);
    expect(await codes(app.tenant('aurora').as('OWNER')(CREATE, { name: 'Größe', permissions: READ }))).toBeUndefined();
  });

  it('makes one role of a name that is asked for many times at once [SEC-010]', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => codes(tenant.as('OWNER')(CREATE, { name: 'Only one', permissions: READ }))),
    );

    expect(outcomes.filter(outcome => outcome === undefined)).toHaveLength(1);
    expect(new Set(outcomes.flat())).toEqual(new Set([undefined, 'CONFLICT']));
  });

  it('makes no more than a hundred [SEC-010]', async () => {
    const aurora = app.tenant('aurora');
    await app.db.query(
      `insert into custom_roles (tenant_id, id, name, description, permissions)
       select $1, gen_random_uuid(), 'Role ' || n, '', '{matches:read}' from generate_series(1, 100 - (select count(*)::int from custom_roles where tenant_id = $1)) n`,
      [aurora.uuid],
    );

    expect(await codes(aurora.as('OWNER')(CREATE, { name: 'One more', permissions: READ }))).toEqual(['CONFLICT']);
  });

  it('is refused to who may not, and without a second factor [SEC-010]', async () => {
    const variables = { name: 'Never', permissions: READ };

    expect(await codes(tenant.as('ACCOUNTANT')(CREATE, variables))).toEqual(['FORBIDDEN']);
    expect(await codes(app.anonymous(CREATE, variables))).toEqual(['UNAUTHENTICATED']);
    const password = as(app, token => app.ask(token), tenant.uuid, {
      userId: tenant.userUuids.OWNER,
      scopes: ['roles:create', 'matches:read'],
      methods: ['pwd'],
    });
    expect(await codes(password(CREATE, variables))).toEqual(['STEP_UP_REQUIRED']);
  });
});

describe('permissions', () => {
  it('names everything that a role can hold, with who holds it already [SEC-010]', async () => {
    const { data } = await tenant.as('OWNER')<{ permissions: { name: string; description: string; roles: string[] }[] }>(
      '{ permissions { name description roles } }',
    );

    expect(data?.permissions.map(({ name }) => name)).toEqual(Object.keys(permissionTable));
    expect(data?.permissions).toContainEqual({
      name: 'matches:approve',
      description: permissionTable['matches:approve'],
      roles: ['OWNER', 'ADMIN', 'ACCOUNTANT', 'INTEGRATION'],
    });
  });

  it('and roles are for who may see roles [SEC-010]', async () => {
    expect(await codes(tenant.as('VIEWER')('{ permissions { name } }'))).toEqual(['FORBIDDEN']);
    expect(await codes(tenant.as('VIEWER')(LIST))).toEqual(['FORBIDDEN']);
    expect(await codes(app.anonymous(LIST))).toEqual(['UNAUTHENTICATED']);
  });

  it('of roles show those of the own tenant alone [SEC-016]', async () => {
    const { customRoleId } = await aUser(app, app.tenant('aurora'), { permissions: ['matches:read'] });

    expect(JSON.stringify(await tenant.as('OWNER')(LIST))).not.toContain(customRoleId);
    const node = await tenant.as('OWNER')('query ($id: ID!) { node(id: $id) { ... on CustomRole { name } } }', { id: customRoleId });
    expect(node.data).toEqual({ node: null });
  });
});
