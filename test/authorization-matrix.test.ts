import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { GraphQLSchema } from 'graphql';

import { fuse } from '../src/gateway/fuse';
import { apiClientSecretIds, passkeyIds } from '../src/identity/ids';
import { permissionsOf, platformRoles, roles } from '../src/identity/roles/permissions';
import { newId } from '../src/platform/database/ids';
import { type Ask, startApp, type TestApp } from './support/app';
import { as } from './support/as';
import { aBusiness, aLine, anAccount, anInvoice, anotherBusiness } from './support/business';
import { fillSome } from './database/rows';
import { typeAt } from './support/id-places';
import { proposed } from './support/journey';
import { rootOperations } from './support/operations';
import { aUser } from './support/people';
import { aPlatform } from './support/platform';

/** Verdict, and the roles that get it. */
type Row = Readonly<Record<string, readonly string[]>>;
type Matrix = Readonly<Record<string, Row>>;

const FILE = path.join(__dirname, 'authorization-matrix.expected.json');
/** Rewrites the table: look at its diff, it is who may do what. */
const WRITE = process.env['PAYYMO_WRITE_MATRIX'] === 'true';
/** Tables that the journey to a proposal leaves empty. */
const FURTHER = ['users', 'custom_roles', 'invitations', 'api_clients', 'api_client_secrets', 'passkeys', 'sessions'];
const TABLES: Readonly<Record<string, string>> = {
  match: 'matches',
  customrole: 'custom_roles',
  apiclient: 'api_clients',
  apiclientsecret: 'api_client_secrets',
  syncrun: 'sync_runs',
  invoiceimport: 'invoice_imports',
  reconciliationrun: 'reconciliation_runs',
};

describe('every query and mutation, asked as every role', () => {
  let app: TestApp;
  let schema: GraphQLSchema;
  let actors: ReadonlyMap<string, Ask>;

  beforeAll(async () => {
    const own = aBusiness({
      accounts: [anAccount({ booked: [aLine({ remittanceInformationUnstructured: 'NW-2026-801' })] })],
      invoices: [anInvoice()],
    });
    app = await startApp([own, anotherBusiness()]);
    schema = fuse(await app.subgraphs());
    actors = await everyRole(app);
    await proposed(app, app.tenant('aurora'), 'SANDBOXFINANCE_GB_SFIN0001');
    await fillSome(app.db, FURTHER, { id: app.tenant('aurora').uuid, slug: 'aurora', rowId: newId() });
  });
  afterAll(() => app.close());

  /** One's own objects are named by ids of nobody: who may act is decided before anything is looked up, and nothing is really changed. */
  const answers = async (idOf: (place: string) => string): Promise<Matrix> => {
    const matrix: Record<string, Row> = {};
    for (const { coordinate, document } of rootOperations(schema, idOf)) {
      const row: Record<string, string[]> = {};
      for (const [role, ask] of actors) {
        const verdict = verdictOf(await ask(document));
        row[verdict] = [...(row[verdict] ?? []), role];
      }
      matrix[coordinate] = row;
      // Whoever may leave has left.
      if (coordinate === 'Mutation.leaveTenant') await app.db.query('update users set disabled_at = null');
    }
    return matrix;
  };

  it('is allowed or refused as the table says [SEC-010] [API-003]', async () => {
    const matrix = await answers(place => idsAt(app, place).encode(newId()));

    if (WRITE) writeFileSync(FILE, printed(matrix));
    expect(matrix).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
  });

  it('is decided alike for ids of another tenant, and gives no role anything of it [SEC-010] [SEC-016]', async () => {
    const ids = new Map<string, string>();
    for (const of of allIds(app)) {
      const type = of.typeName.toLowerCase();
      const [column, uuid] = [type === 'tenant' ? 'id' : 'tenant_id', app.tenant('aurora').uuid];
      const table = TABLES[type] ?? `${type}s`;
      const rows = await app.db.query<{ id: string }>(`select id from ${table} where ${column} = $1`, [uuid]).catch(() => []);
      if (rows[0]) ids.set(type, of.encode(rows[0].id));
    }
    // Operators act on tenants by their ids: that is what they are for.
    const businesses = new Map([...actors].filter(([role]) => !role.startsWith('PLATFORM')));
    const expected = JSON.parse(readFileSync(FILE, 'utf8')) as Matrix;
    let asked = 0;
    for (const { coordinate, document } of rootOperations(schema, place => ids.get(typeAt(place)) ?? '')) {
      if (![...ids.values()].some(id => document.includes(id))) continue;
      for (const [role, ask] of businesses) {
        const answer = await ask(document);
        const [verdict] = Object.entries(expected[coordinate] ?? {}).find(([, who]) => who.includes(role)) ?? [];
        asked += 1;
        expect([coordinate, role, verdictOf(answer)]).toEqual([coordinate, role, verdict]);
        expect([coordinate, role, answer.data ?? {}]).toEqual([coordinate, role, answer.data ? { [fieldOf(coordinate)]: null } : {}]);
      }
    }
    expect(asked).toBeGreaterThan(150);
  });
});

/** A client for each role; the owner also without a second factor. */
async function everyRole(app: TestApp): Promise<ReadonlyMap<string, Ask>> {
  const northwind = app.tenant('northwind');
  const platform = await aPlatform(app);
  const reader = await aUser(app, northwind, { permissions: ['matches:read'] });
  const owner = { userId: northwind.userUuids.OWNER, scopes: permissionsOf.OWNER };
  return new Map<string, Ask>([
    ...roles.map(role => [role, northwind.as(role)] as const),
    ['OWNER without second factor', as(app, authorization => app.ask(authorization), northwind.uuid, { ...owner, methods: ['pwd'] })],
    ['custom role with matches:read', reader.ask],
    ...platformRoles.map(role => [role, platform.as(role)] as const),
    ['nobody', app.anonymous],
  ]);
}

const allIds = (app: TestApp) => [
  ...app.modules.flatMap(({ entities }) => entities.map(entity => entity.ids)),
  apiClientSecretIds,
  passkeyIds,
];

function idsAt(app: TestApp, place: string) {
  const ids = allIds(app).find(({ typeName }) => typeName.toLowerCase() === typeAt(place));
  if (!ids) throw new Error(`Say in test/support/id-places.ts what an id at ${place} names`);
  return ids;
}

const fieldOf = (coordinate: string): string => coordinate.split('.')[1] ?? '';

const REFUSALS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'STEP_UP_REQUIRED']);

/** A refusal of the whole field, with what is missing; whatever else is answered, the caller was let through. */
function verdictOf({ errors = [] }: Awaited<ReturnType<Ask>>): string {
  const refusal = errors.find(({ extensions, path: at }) => REFUSALS.has(extensions.code) && (at?.length ?? 0) <= 1);
  if (!refusal || (refusal.extensions.code === 'UNAUTHENTICATED' && refusal.message !== 'Sign in first')) return 'allowed';
  const { code, scope } = refusal.extensions;
  return typeof scope === 'string' ? `${code} ${scope}` : code;
}

const printed = (matrix: Matrix): string => `${JSON.stringify(matrix, null, 2)}\n`;
