import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { accessTokenOf, aClient, type TestClient } from '../../support/oauth';

const LIST = `query ($first: Int, $after: String, $ended: Boolean) { apiClients(first: $first, after: $after, ended: $ended) {
  totalCount pageInfo { hasNextPage endCursor } nodes { id name createdBy { email } keys { kid } secrets { id hint } } } }`;
const NODE = 'query ($id: ID!) { node(id: $id) { id ... on ApiClient { name } } }';
const END = 'mutation ($id: ID!) { endApiClient(input: { clientId: $id }) { apiClient { id } } }';

interface List {
  readonly apiClients: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly nodes: readonly { readonly id: string; readonly name: string }[];
  } | null;
}

describe('apiClients', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let clients: TestClient[];
  let foreign: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    northwind = app.tenant('northwind');
    clients = [];
    for (const name of ['first', 'second', 'third']) clients.push(await aClient(northwind, { name }));
    foreign = await aClient(app.tenant('aurora'), { name: 'foreign' });
    await northwind.as('OWNER')(END, { id: clients[1]?.id });
  });
  afterAll(() => app.close());

  const list = async (variables = {}) => (await northwind.as('OWNER')<List>(LIST, variables)).data?.apiClients;
  const names = async (variables = {}) => (await list(variables))?.nodes.map(({ name }) => name);

  it('lists the clients of the tenant, the newest first, and those of no other [API-007] [API-008] [SEC-016]', async () => {
    expect(await list()).toMatchObject({
      totalCount: 3,
      nodes: [
        {
          id: clients[2]?.id,
          name: 'third',
          createdBy: { email: 'owner@northwind.example' },
          keys: [],
          secrets: [{ hint: clients[2]?.secret.slice(-4) }],
        },
        { name: 'second' },
        { name: 'first' },
      ],
    });
  });

  it('tells those in use from those that have ended [API-008]', async () => {
    expect([await names({ ended: false }), await names({ ended: true }), await names({ ended: null })]).toEqual([
      ['third', 'first'],
      ['second'],
      ['third', 'second', 'first'],
    ]);
  });

  it('pages by cursor [API-008]', async () => {
    const first = await list({ first: 2 });
    const rest = await list({ first: 2, after: first?.pageInfo.endCursor });

    expect([first?.nodes.length, first?.pageInfo.hasNextPage]).toEqual([2, true]);
    expect([rest?.nodes.map(({ name }) => name), rest?.pageInfo.hasNextPage]).toEqual([['first'], false]);
  });

  it('shows no secret and no hash in any of its fields [SEC-001]', async () => {
    const answer = await northwind.as('OWNER')(
      '{ __type(name: "ApiClientSecret") { fields { name } } apiClients { nodes { secrets { id hint createdAt lastUsedAt } } } }',
    );

    expect(JSON.stringify(answer)).not.toMatch(/hash/i);
    for (const { secret } of clients) expect(JSON.stringify(answer)).not.toContain(secret.slice(10, -4));
  });

  it.each(['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const)('are not for the role %s [SEC-010]', async role => {
    const { data, errors } = await northwind.as(role)<List>(LIST);

    expect(data?.apiClients).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'api-clients:read' } }]);
  });

  it('are not for strangers, nor for clients themselves [SEC-010]', async () => {
    const asClient = app.ask(`Bearer ${await accessTokenOf(app, clients[0] ?? foreign)}`);

    expect((await app.anonymous(LIST)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await asClient(LIST)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'api-clients:read' } }]);
  });

  it('are nodes; one of another tenant is answered like one that never was [API-008] [SEC-016]', async () => {
    const node = async (id: string) => {
      const { data, errors } = await northwind.as('OWNER')(NODE, { id });
      return JSON.stringify([data, errors?.map(({ message, extensions: { code } }) => [message, code])]).replaceAll(id, 'ID');
    };
    const unknown = foreign.id.replace(/.$/, last => (last === '0' ? '1' : '0'));

    expect(await node(clients[0]?.id ?? '')).toBe('[{"node":{"id":"ID","name":"first"}},null]');
    expect(await node(foreign.id)).toBe(await node(unknown));
  });
});
