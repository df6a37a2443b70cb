import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser } from '../../support/people';

interface Users {
  readonly tenant?: {
    readonly users: {
      readonly nodes: readonly { readonly email: string }[];
      readonly totalCount: number;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    } | null;
  } | null;
}

const LIST = `query ($filter: UserFilter, $first: Int, $after: String) {
  tenant { users(filter: $filter, first: $first, after: $after) { nodes { email } totalCount pageInfo { hasNextPage endCursor } } }
}`;

let app: TestApp;
let tenant: TestTenant;
let customRoleId: string | null;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  tenant = app.tenant('northwind');
  ({ customRoleId } = await aUser(app, tenant, { permissions: ['users:read'], email: 'zoe@people.example', name: 'Zoë Ängström' }));
  const gone = await aUser(app, tenant, { email: 'gone_1@people.example', name: '100% gone' });
  await app.db.query('update users set disabled_at = now() where id = $1', [gone.uuid]);
  await aUser(app, app.tenant('aurora'), { email: 'zoe@people.example', name: 'Zoë of Aurora' });
});
afterAll(() => app.close());

const list = async (variables: Record<string, unknown> = {}) => {
  const { data, errors } = await tenant.as('VIEWER')<Users>(LIST, variables);
  if (!data?.tenant?.users) throw new Error(JSON.stringify(errors));
  return data.tenant.users;
};
const emails = async (filter?: Record<string, unknown>) => (await list({ filter })).nodes.map(({ email }) => email);

describe('the users of a tenant', () => {
  it('come page by page in the order of their addresses, each once [API-008]', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ first: 3, after });
      seen.push(...page.nodes.map(({ email }) => email));
      expect(page.totalCount).toBe(7);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);

    expect(seen).toEqual([
      'accountant@northwind.example',
      'admin@northwind.example',
      'gone_1@people.example',
      'integration@northwind.example',
      'owner@northwind.example',
      'viewer@northwind.example',
      'zoe@people.example',
    ]);
  });

  it('are filtered by role, custom role, whether they are shut out, and text [API-008]', async () => {
    expect(await emails({ role: ['OWNER', 'ADMIN'] })).toEqual(['admin@northwind.example', 'owner@northwind.example']);
    expect(await emails({ customRoleId })).toEqual(['zoe@people.example']);
    expect(await emails({ disabled: true })).toEqual(['gone_1@people.example']);
    expect(await emails({ disabled: false, role: ['VIEWER'] })).toEqual(['viewer@northwind.example']);
    expect(await emails({ text: 'ZOË Ä' })).toEqual(['zoe@people.example']);
    // No wildcards.
    expect(await emails({ text: '0% g' })).toEqual(['gone_1@people.example']);
    expect(await emails({ text: 'gone_' })).toEqual(['gone_1@people.example']);
    expect(await emails({ text: 'gone%1' })).toEqual([]);
    expect(await emails({ text: 'aurora' })).toEqual([]);
  });

  it('cannot be read without users:read, nor guessed by a filter or a count [SEC-016]', async () => {
    const { data, errors } = await tenant.as('INTEGRATION')<Users>('{ tenant { users { totalCount } } }');

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(data?.tenant?.users ?? null).toBeNull();
  });

  it('refuse a custom role that is malformed, and find nobody by one of another tenant [SEC-016]', async () => {
    const foreign = await aUser(app, app.tenant('aurora'), { permissions: ['users:read'] });

    expect((await tenant.as('VIEWER')(LIST, { filter: { customRoleId: tenant.id } })).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(await emails({ customRoleId: foreign.customRoleId })).toEqual([]);
  });
});
