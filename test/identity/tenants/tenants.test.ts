import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { as } from '../../support/as';
import { aBusiness, anotherBusiness } from '../../support/business';
import { connect } from '../../support/journey';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { suspend } from '../../support/tenancy';

const LIST = `query ($first: Int, $after: String, $filter: TenantFilter) { tenants(first: $first, after: $after, filter: $filter) {
  totalCount pageInfo { hasNextPage endCursor } nodes { slug name status plan { name } usage { connections { used } users { used } } } } }`;

interface Listed {
  readonly tenants: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly nodes: readonly { readonly slug: string }[];
  };
}

describe('tenants', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let northwind: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness(), aBusiness({ slug: 'fjord' })]);
    platform = await aPlatform(app);
    northwind = app.tenant('northwind');
    await connect(northwind);
    await suspend(platform.as('PLATFORM_OPERATOR'), app.tenant('aurora').id);
  });
  afterAll(() => app.close());

  const slugs = async (variables: object) =>
    (await platform.as('PLATFORM_AUDITOR')<Listed>(LIST, { ...variables })).data?.tenants.nodes.map(({ slug }) => slug);

  it.each(['PLATFORM_OPERATOR', 'PLATFORM_AUDITOR'] as const)('show all businesses to the %s, with plan and usage, the newest first [BNK-008]', async role => {
    const { data, errors } = await platform.as(role)<Listed>(LIST);

    expect(errors).toBeUndefined();
    expect(data?.tenants.totalCount).toBe(3);
    expect(data?.tenants.nodes).toEqual([
      { slug: 'fjord', name: 'fjord Hosting', status: 'ACTIVE', plan: { name: 'Unlimited' }, usage: { connections: { used: 0 }, users: { used: 5 } } },
      { slug: 'aurora', name: 'aurora Hosting', status: 'SUSPENDED', plan: { name: 'Unlimited' }, usage: { connections: { used: 0 }, users: { used: 5 } } },
      { slug: 'northwind', name: 'northwind Hosting', status: 'ACTIVE', plan: { name: 'Unlimited' }, usage: { connections: { used: 1 }, users: { used: 5 } } },
    ]);
  }); // prettier-ignore

  it('come in pages, by status, and by a part of the name or slug in any case [API-008]', async () => {
    const first = (await platform.as('PLATFORM_AUDITOR')<Listed>(LIST, { first: 2 })).data?.tenants;
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true }, nodes: [{ slug: 'fjord' }, { slug: 'aurora' }] });
    expect(await slugs({ first: 2, after: first?.pageInfo.endCursor })).toEqual(['northwind']);
    expect(await slugs({ filter: { status: ['SUSPENDED', 'CLOSED'] } })).toEqual(['aurora']);
    expect(await slugs({ filter: { search: 'NORTH' } })).toEqual(['northwind']);
    expect(await slugs({ filter: { search: 'hosting', status: ['ACTIVE'] } })).toEqual(['fjord', 'northwind']);
    expect(await slugs({ filter: { search: `%' or true --` } })).toEqual([]);
    expect(await slugs({ filter: { search: 'platform' } })).toEqual([]);
  });

  it('are refused to the people of a business, whatever their token says, and to the anonymous [SEC-010] [SEC-016]', async () => {
    const owner = await northwind.as('OWNER')<Listed>(LIST);
    expect(owner).toMatchObject({ data: { tenants: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });

    const scopes = ['tenants:read', 'tenant:read'];
    const strayed = as(app, authorization => app.ask(authorization), northwind.uuid, { userId: northwind.userUuids.OWNER, scopes });
    expect(await strayed(LIST)).toMatchObject({ data: { tenants: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect((await app.anonymous(LIST)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('open nothing of a business but themselves to the platform: no money, no people [SEC-016]', async () => {
    const { data, errors } = await platform.as('PLATFORM_OPERATOR')(
      '{ transactions { nodes { id } } invoices { nodes { id } } matches { nodes { id } } connections { nodes { id } } }',
    );
    expect(data ?? {}).not.toMatchObject({ connections: { nodes: [expect.anything()] } });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);

    const people = await platform.as('PLATFORM_OPERATOR')(
      '{ tenants(first: 1) { nodes { slug users { nodes { email } } invitations { totalCount } } } }',
    );
    expect(people).toMatchObject({ data: { tenants: { nodes: [{ slug: 'fjord', users: null, invitations: null }] } } });
    const node = await platform.as('PLATFORM_OPERATOR')('query ($id: ID!) { node(id: $id) { id } }', { id: northwind.userIds.OWNER });
    expect(node.data).toEqual({ node: null });
  });

  it('show the platform its own tenant, where a second factor is always demanded [SEC-011]', async () => {
    const { data } = await platform.as('PLATFORM_OPERATOR')(
      '{ tenant { slug name secondFactorRequired users { nodes { role } } } me { role } }',
    );

    expect(data).toEqual({
      tenant: { slug: 'platform', name: 'Payymo', secondFactorRequired: true, users: { nodes: [{ role: 'PLATFORM_AUDITOR' }, { role: 'PLATFORM_OPERATOR' }] } },
      me: { role: 'PLATFORM_OPERATOR' },
    }); // prettier-ignore
  });
});
