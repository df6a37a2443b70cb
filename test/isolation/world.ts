import { randomBytes } from 'node:crypto';

import { getTableName } from './tables';
import { apiClientSecretIds, passkeyIds } from '../../src/identity/ids';
import { newId } from '../../src/platform/database/ids';
import { fillSome } from '../database/rows';
import { startApp, type TestApp } from '../support/app';
import { aBusiness, aLine, anAccount, anInvoice, anotherBusiness } from '../support/business';
import { proposed, startConnection } from '../support/journey';
import { type Layers, switchQueryScope, switchRowLevelSecurityOff } from './layers';

/** What an attacker may know of the others: harmless by itself, and a prefix of what they must never see. */
export const CANARY = 'zqx';
/** Amounts (minor units) that stand in the others' rows alone: 98 765 432.00 and so on. */
const CANARY_AMOUNT = '98765432';

export interface World {
  readonly app: TestApp;
  /** Ids as in the rows, by GraphQL type, of the attacker's own tenant and of the others. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  readonly foreign: ReadonlyMap<string, readonly string[]>;
  readonly cursors: readonly string[];
  readonly references: readonly string[];
  /** Half of each canary: no input ever holds it, so whoever shows it has read another tenant's row. */
  readonly secret: string;
  /** Every row of the other tenants, condensed. */
  fingerprint(): Promise<string>;
}

/** Three businesses with a history each; what two of them have is marked in every column that takes a mark. */
export async function aMarkedWorld(layers: Layers): Promise<World> {
  switchQueryScope(layers.queryScope);
  const app = await startApp([
    aBusiness({
      accounts: [anAccount({ booked: [aLine({ remittanceInformationUnstructured: 'NW-2026-801' })] })],
      invoices: [anInvoice()],
    }),
    others('aurora', '2', 'SANDBOXFINANCE_GB_SFIN0001'),
    others('borealis', '3', 'SANDBOXFINANCE_GB_SFIN0001'),
  ]);
  await proposed(app, app.tenant('northwind'));
  for (const slug of FOREIGN) await proposed(app, app.tenant(slug), 'SANDBOXFINANCE_GB_SFIN0001');
  const references: string[] = [];
  for (const slug of FOREIGN) references.push((await startConnection(app.tenant(slug), 'SANDBOXFINANCE_GB_SFIN0001')).reference);
  for (const slug of ['northwind', ...FOREIGN]) await fillSome(app.db, FURTHER, { id: app.tenant(slug).uuid, slug, rowId: newId() });
  const secret = randomBytes(6).toString('hex');
  const foreignUuids = FOREIGN.map(slug => app.tenant(slug).uuid);
  const cursors = await cursorsOf(app);
  await mark(app, foreignUuids, `${CANARY}-${secret}`);
  const own = await idsOf(app, [app.tenant('northwind').uuid]);
  const foreign = await idsOf(app, foreignUuids);
  if (!layers.rowLevelSecurity) await switchRowLevelSecurityOff(app.db);
  return { app, own, foreign, cursors, references, secret, fingerprint: () => fingerprintOf(app, foreignUuids) };
}

/** Tables that the journey to a proposal leaves empty. */
const FURTHER = ['users', 'custom_roles', 'invitations', 'api_clients', 'api_client_secrets', 'passkeys', 'sessions', 'totp_seeds'];

const FOREIGN = ['aurora', 'borealis'] as const;

function others(slug: string, digit: string, institutionId: string) {
  const account = { id: `7e1c2f3a-0000-4000-8000-00000000000${digit}`, iban: `DE0212030000000020205${digit}`, name: 'Main' };
  const booked = [aLine({ remittanceInformationUnstructured: 'NW-2026-801' })];
  return anotherBusiness({ slug, institutionId, accounts: [anAccount({ ...account, booked })], invoices: [anInvoice()] });
}

/** Cursors of the others, and one of one's own. */
async function cursorsOf(app: TestApp): Promise<string[]> {
  const query = '{ transactions { pageInfo { endCursor } } invoices { pageInfo { endCursor } } matches { pageInfo { endCursor } } }';
  const cursors: string[] = [];
  for (const slug of ['northwind', ...FOREIGN]) {
    const { data } = await app.tenant(slug).as('OWNER')<Record<string, { pageInfo: { endCursor: string } }>>(query);
    cursors.push(...Object.values(data ?? {}).map(({ pageInfo }) => pageInfo.endCursor));
  }
  return cursors;
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** Marks every text and amount of the tenants' rows; a column with a rule of its own keeps its value. */
async function mark({ db }: TestApp, tenantIds: readonly string[], canary: string): Promise<void> {
  const columns = await db.query<Column>(`
    select table_name as table, column_name as column, data_type as type from information_schema.columns c
    where table_schema = 'public' and data_type in ('text', 'bigint') and column_name <> 'sequence'
      and exists (select from information_schema.columns t where t.table_name = c.table_name and t.column_name = 'tenant_id')`);
  let marked = 0;
  for (const { table, column, type } of columns) {
    const value = type === 'text' ? `'${canary}-' || substr(md5(random()::text), 1, 8) || '@marked.example'` : `${CANARY_AMOUNT}00`;
    const change = `update ${table} set ${column} = ${value} where tenant_id = any($1) and ${column} is not null`;
    marked += await db.query(change, [tenantIds]).then(
      () => 1,
      () => 0,
    );
  }
  // Most of some eighty columns; the rest are states and formats that the database checks.
  expect(marked).toBeGreaterThan(40);
}

/** The ids of the tenants' rows, by the type that names them in the API. */
async function idsOf(app: TestApp, tenantIds: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const entities = app.modules.flatMap(module => module.entities.map(entity => entity.ids));
  for (const ids of [...entities, apiClientSecretIds, passkeyIds]) {
    const table = getTableName(app.database, ids.typeName);
    const column = ids.typeName === 'Tenant' ? 'id' : 'tenant_id';
    const rows = await app.db.query<{ id: string }>(`select id from ${table} where ${column} = any($1) limit 50`, [tenantIds]);
    found.set(
      ids.typeName,
      rows.map(({ id }) => ids.encode(id)),
    );
  }
  return found;
}

async function fingerprintOf({ db }: TestApp, tenantIds: readonly string[]): Promise<string> {
  const tables = await db.query<{ table: string; column: string }>(`
    select c.relname as table, case when c.relname = 'tenants' then 'id' else 'tenant_id' end as column from pg_class c
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      and (c.relname = 'tenants' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')) order by 1`);
  const prints: string[] = [];
  for (const { table, column } of tables) {
    const [row] = await db.query<{ print: string }>(
      `select count(*) || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as print from ${table} t where ${column} = any($1)`,
      [tenantIds],
    );
    prints.push(`${table} ${row?.print ?? ''}`);
  }
  return prints.join('\n');
}

/** What of an answer only the rows of another tenant can have told; undefined when there is nothing. */
export function leakIn({ secret, foreign, own }: World, answer: string, request: string): string | undefined {
  if (answer.includes(secret)) return answer.slice(Math.max(0, answer.indexOf(secret) - 200), answer.indexOf(secret) + 40);
  const amount = new RegExp(`${CANARY_AMOUNT}|98,765,432|98765,432`).exec(answer);
  if (amount) return `the amount ${amount[0]}`;
  const known = new Set([...own.values()].flat());
  return [...foreign.values()].flat().find(id => !known.has(id) && answer.includes(id) && !request.includes(id));
}
