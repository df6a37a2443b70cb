import type { ModelCtor } from '../../src/platform/database/model';
import { aDatabase, type TestDatabase } from '../support/database';
import { everyModule } from '../support/every-module';
import { tablesOf } from './rows';

/** Tables that need no model, with the reason. */
const WITHOUT_MODEL: Readonly<Record<string, string>> = {
  audit_entries: 'appended by a function, read by statements',
  audit_heads: 'kept by the same function',
  sessions: 'changed by single statements, whose conditions decide',
  refresh_tokens: 'consumed by such a statement',
  revocations: 'written once, read by a function',
};

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** Sequelize's name of a type, as PostgreSQL prints it. */
const TYPES: Readonly<Record<string, string>> = {
  'TIMESTAMP WITH TIME ZONE': 'timestamp with time zone',
  'CHAR(2)': 'character(2)',
  'CHAR(3)': 'character(3)',
};

describe('models', () => {
  let db: TestDatabase;
  let models: readonly ModelCtor[];
  let columns: readonly Column[];
  beforeAll(async () => {
    db = await aDatabase();
    models = (await everyModule()).modules.flatMap(module => module.models);
    columns = await db.query<Column>(`
      select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`);
  });
  afterAll(() => db.drop());

  it('exist for every table, once [DAT-002]', async () => {
    const tables = (await tablesOf(db)).map(({ name }) => name).filter(name => !(name in WITHOUT_MODEL));

    expect(models.map(model => tableOf(model)).sort()).toEqual(tables);
  });

  it('have exactly the columns of their tables: names, types, nullability [DAT-002]', () => {
    const inDatabase = new Map<string, Column[]>();
    for (const column of columns) inDatabase.set(column.table, [...(inDatabase.get(column.table) ?? []), column]);

    expect(models.length).toBeGreaterThan(10);
    for (const model of models) expect(byName(attributesOf(model))).toEqual(byName(inDatabase.get(tableOf(model)) ?? []));
  });

  it('have the primary keys of their tables, the tenant first [DAT-002]', async () => {
    const keys = await db.query<{ table: string; columns: string[] }>(`
      select conrelid::regclass::text as table, array(select attname::text from unnest(conkey) with ordinality k (attnum, at)
        join pg_attribute a on a.attrelid = conrelid and a.attnum = k.attnum order by k.at) as columns
      from pg_constraint where contype = 'p' and connamespace = 'public'::regnamespace`);

    for (const model of models) {
      const declared = Object.values(model.getAttributes()).filter(({ primaryKey }) => primaryKey).map(({ field }) => field);
      expect([model.name, keys.find(({ table }) => table === tableOf(model))?.columns]).toEqual([model.name, declared]);
    }
  }); // prettier-ignore

  it('have no associations: loaders join [DAT-002]', () => {
    expect(models.flatMap(model => Object.keys(model.associations))).toEqual([]);
  });
});

const attributesOf = (model: ModelCtor): Column[] =>
  Object.values(model.getAttributes()).map(({ field = '', type, allowNull, primaryKey }) => {
    const name = (type as unknown as { toSql(): string }).toSql();
    return { table: tableOf(model), column: field, type: TYPES[name] ?? name.toLowerCase(), nullable: allowNull !== false && primaryKey !== true };
  }); // prettier-ignore

const byName = (columns: readonly Column[]): Column[] => [...columns].sort((a, b) => a.column.localeCompare(b.column));

const tableOf = (model: ModelCtor): string => model.getTableName() as string;
