import { fuse } from '../../src/gateway/fuse';
import { newId } from '../../src/platform/database/ids';
import type { GlobalIds } from '../../src/platform/graphql/global-id';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, aLine, anAccount, anInvoice, anotherBusiness } from '../support/business';
import { proposed } from '../support/journey';
import { signedIn } from '../support/sessions';

const NODE = 'query ($id: ID!) { node(id: $id) { __typename id } }';
const TABLES: Readonly<Record<string, string>> = {
  Tenant: 'tenants',
  User: 'users',
  Connection: 'connections',
  Account: 'accounts',
  Transaction: 'transactions',
  SyncRun: 'sync_runs',
  Customer: 'customers',
  Invoice: 'invoices',
  InvoiceImport: 'invoice_imports',
  Match: 'matches',
  ReconciliationRun: 'reconciliation_runs',
  Session: 'sessions',
  CustomRole: 'custom_roles',
  Invitation: 'invitations',
  ApiClient: 'api_clients',
};

describe('node', () => {
  let app: TestApp;
  let entities: readonly GlobalIds[];
  beforeAll(async () => {
    const booked = [aLine({ remittanceInformationUnstructured: 'Rechnung NW-2026-801' })];
    const gbAccount = { id: '7e1c2f3a-0000-4000-8000-000000000002', iban: 'DE02120300000000202051', booked };
    const aurora = anotherBusiness({ accounts: [anAccount(gbAccount)], invoices: [anInvoice()] });
    app = await startApp([aBusiness({ accounts: [anAccount({ booked })], invoices: [anInvoice()] }), aurora]);
    await proposed(app, app.tenant('northwind'));
    await proposed(app, app.tenant('aurora'), 'SANDBOXFINANCE_GB_SFIN0001');
    for (const slug of ['northwind', 'aurora']) await peopled(app, app.tenant(slug));
    entities = app.modules.flatMap(module => module.entities.map(({ ids }) => ids));
  });
  afterAll(() => app.close());

  const idsOf = (typeName: string): GlobalIds => {
    const ids = entities.find(entity => entity.typeName === typeName);
    if (!ids) throw new Error(`No entity ${typeName}`);
    return ids;
  };
  const idIn = async (ids: GlobalIds, slug: string): Promise<string> => {
    const table = TABLES[ids.typeName] ?? '';
    const column = table === 'tenants' ? 'id' : 'tenant_id';
    const [row] = await app.db.query<{ id: string }>(`select id from ${table} where ${column} = $1 order by id limit 1`, [
      app.tenant(slug).uuid,
    ]);
    return ids.encode(row?.id ?? '');
  };
  const ask = (id: string, role: 'OWNER' | 'INTEGRATION' = 'OWNER') => app.tenant('northwind').as(role)(NODE, { id });

  it('knows every entity of every module, each by a prefix of its own [API-001] [API-008]', async () => {
    const implementing = fuse(await app.subgraphs()).getImplementations(fuse(await app.subgraphs()).getType('Node') as never).objects;

    expect(entities.map(({ typeName }) => typeName).sort()).toEqual(Object.keys(TABLES).sort());
    expect(implementing.map(({ name }) => name).sort()).toEqual(Object.keys(TABLES).sort());
    expect(new Set(entities.map(({ prefix }) => prefix)).size).toBe(entities.length);
  });

  it.each(Object.keys(TABLES))('finds a %s by its id [API-008]', async typeName => {
    const ids = idsOf(typeName);
    const id = await idIn(ids, 'northwind');

    expect((await ask(id)).data).toEqual({ node: { __typename: typeName, id } });
  });

  it.each(Object.keys(TABLES))(
    'gives null for a %s of another tenant, with the bytes of an unknown one [SEC-016] [API-008]',
    async typeName => {
      const ids = idsOf(typeName);
      const bytes = async (id: string) => {
        const { status, data, errors } = await ask(id);
        return JSON.stringify({ status, data, errors });
      };
      const foreign = await idIn(ids, 'aurora');

      expect(await bytes(foreign)).toBe(await bytes(ids.encode(newId())));
      expect(await bytes(foreign)).toBe('{"status":200,"data":{"node":null}}');
      expect((await app.tenant('aurora').as('OWNER')(NODE, { id: foreign })).data).toEqual({ node: { __typename: typeName, id: foreign } });
    },
  );

  it('reads fields of the type, those of other modules too [API-001]', async () => {
    const transactions = idsOf('Transaction');
    const query = `query ($id: ID!) { node(id: $id) { ... on Transaction { remittance matches { state invoice { number } } } } }`;

    const { data } = await app.tenant('northwind').as('OWNER')(query, { id: await idIn(transactions, 'northwind') });

    expect(data).toEqual({
      node: { remittance: 'Rechnung NW-2026-801', matches: [{ state: 'PROPOSED', invoice: { number: 'NW-2026-801' } }] },
    });
  });

  it('is no way round the scope that a type needs [API-003]', async () => {
    const connections = idsOf('Connection');

    const { data, errors } = await ask(await idIn(connections, 'northwind'), 'INTEGRATION');

    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([
      { path: ['node'], extensions: { code: 'FORBIDDEN', coordinate: 'Query.node', scope: 'connections:read' } },
    ]);
  });

  it.each([
    ['an unknown prefix', 'xyz_01h455vb4pex5vsknk084sn02q'],
    ['no prefix', '01h455vb4pex5vsknk084sn02q'],
    ['an empty prefix', '_01h455vb4pex5vsknk084sn02q'],
    ['a malformed suffix', 'txn_01h455vb4pex5vsknk084sn02'],
    ['an upper-case suffix', 'txn_01H455VB4PEX5VSKNK084SN02Q'],
    ['the name of a property of objects', '__proto__'],
    ['nothing', ''],
    ['a UUID', '01890a5d-ac96-774b-bcce-b302099a8057'],
    ['NUL characters', 'txn_\u0000'],
  ])('refuses an id with %s [API-008] [API-009]', async (_what, id) => {
    const { data, errors } = await ask(id);

    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'id' } }]);
  });

  it('refuses a caller without a token before it looks at the id [SEC-017]', async () => {
    const { errors } = await app.anonymous(NODE, { id: 'anything' });

    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

/** A role, an invitation, a client and a session of the owner. */
async function peopled({ url }: TestApp, tenant: TestTenant): Promise<void> {
  const { slug } = tenant;
  await signedIn(url, `owner@${slug}.example`);
  const { errors } = await tenant.as('OWNER')(`mutation {
    createRole(input: { name: "Clerk", permissions: ["matches:read"] }) { id }
    inviteUser(input: { email: "new@${slug}.example", name: "New", role: VIEWER }) { id }
    createApiClient(input: { name: "Partner", scopes: ["matches:read"] }) { apiClient { id } }
  }`);
  if (errors) throw new Error(JSON.stringify(errors));
}
