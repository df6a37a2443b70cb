import { roles, permissionsOf } from '../../src/identity/roles/permissions';
import { startApp, type TestApp } from '../support/app';
import { tokenOf } from '../support/as';
import { aBusiness, anotherBusiness } from '../support/business';

const TENANT =
  '{ tenant { id slug name country createdAt status secondFactorRequired users { nodes { id email name role permissions tenant { id } } } } }';

interface TenantAnswer {
  readonly tenant: {
    readonly slug: string;
    readonly users: { readonly nodes: readonly { readonly id: string; readonly email: string; readonly role: string }[] };
  };
}

describe('tenant and me', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
  });
  afterAll(() => app.close());

  it.each(['northwind', 'aurora'])('show %s itself and its own users alone, in the order of their addresses [SEC-016]', async slug => {
    const tenant = app.tenant(slug);
    const { data, errors } = await tenant.as('VIEWER')<TenantAnswer>(TENANT);

    expect(errors).toBeUndefined();
    expect(data?.tenant).toMatchObject({ id: tenant.id, slug, country: 'DE', status: 'ACTIVE', secondFactorRequired: false });
    expect(data?.tenant.users.nodes.map(({ email }) => email)).toEqual(roles.map(role => `${role.toLowerCase()}@${slug}.example`).sort());
    expect(data?.tenant.users.nodes.map(({ id }) => id).sort()).toEqual(Object.values(tenant.userIds).sort());
  });

  it.each(roles)('tell the role %s what it may [SEC-010]', async role => {
    const { data } = await app.tenant('northwind').as(role)('{ me { role permissions } }');

    expect(data).toEqual({ me: { role, permissions: permissionsOf[role] } });
  });

  it('refuse tenant and users to a role without their scopes [API-003]', async () => {
    const ask = app.tenant('northwind').as('INTEGRATION');

    expect((await ask(TENANT)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'tenant:read' } }]);
    const { data, errors } = await ask('{ me { tenant { users { nodes { id } } } } }');
    expect(data).toEqual({ me: { tenant: { users: null } } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'users:read' } }]);
  });

  it('have no field for what only sign-in may see [SEC-021]', async () => {
    const { status, errors } = await app.tenant('northwind').as('OWNER')('{ me { passwordHash } }');

    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it('give null for a token whose user or tenant is another’s, never the other’s data [SEC-016]', async () => {
    const { uuid: tenantId } = app.tenant('northwind');
    const { userUuids } = app.tenant('aurora');
    const accessToken = await tokenOf(app, tenantId, { userId: userUuids.OWNER, scopes: permissionsOf.OWNER });

    expect((await app.ask(`Bearer ${accessToken}`)('{ me { email } }')).data).toEqual({ me: null });
  });
});
