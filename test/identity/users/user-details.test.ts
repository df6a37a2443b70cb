import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { accessTokenOf, aClient } from '../../support/oauth';
import { aUser } from '../../support/people';

const DETAILS = 'email role customRole { id } permissions disabledAt lastSignedInAt createdAt';
const USER = `query ($id: ID!) { node(id: $id) { ... on User { id name tenant { slug } ${DETAILS} } } }`;
const NOTHING = {
  email: null,
  role: null,
  customRole: null,
  permissions: null,
  disabledAt: null,
  lastSignedInAt: null,
  createdAt: null,
};

describe('what a user is seen to be', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());

  const known = () => ({ id: tenant.userIds.OWNER, name: 'OWNER', tenant: { slug: 'northwind' } });

  it('is an id, a name and a tenant to a machine that may only see matches [SEC-010]', async () => {
    const machine = app.ask(`Bearer ${await accessTokenOf(app, await aClient(tenant))}`);

    expect(await machine(USER, { id: tenant.userIds.OWNER })).toMatchObject({ data: { node: { ...known(), ...NOTHING } } });
  });

  it('is no more to a colleague who may not see people, but all to the user [SEC-010]', async () => {
    const clerk = await aUser(app, tenant, { permissions: ['matches:read'] });

    const other = await clerk.ask(USER, { id: tenant.userIds.OWNER });
    const own = await clerk.ask(USER, { id: clerk.id });
    const { data: me } = await clerk.ask(`{ me { ${DETAILS} } }`);

    expect(other.data).toEqual({ node: { ...known(), ...NOTHING } });
    const details = { email: clerk.email, role: 'CUSTOM', customRole: { id: clerk.customRoleId }, permissions: ['matches:read'] };
    expect(own.data).toMatchObject({ node: details });
    expect(me).toMatchObject({ me: { ...details, createdAt: expect.any(String) as string } });
  });

  it('is all to who may see people [SEC-010]', async () => {
    const { data } = await tenant.as('VIEWER')(USER, { id: tenant.userIds.OWNER });

    expect(data).toMatchObject({ node: { ...known(), email: 'owner@northwind.example', role: 'OWNER', createdAt: expect.any(String) as string } });
  });
}); // prettier-ignore
