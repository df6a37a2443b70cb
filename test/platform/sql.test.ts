import { columns, empty, inManyForms, join, MAX_FORMS, prepare, raw, sql, tenant } from '../../src/platform/database/sql';
import { Connection } from '../../src/banking/connection.model';
import { Database } from '../../src/platform/database/database';

const TENANT = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('a statement', () => {
  it('binds its values, numbered in their order [SEC-016]', () => {
    const { text, values } = prepare(sql`select * from t where a = ${1} and b = ${'x'} and t = ${tenant}`, TENANT);

    expect(text).toBe('select * from t where a = $1 and b = $2 and t = $3');
    expect(values).toEqual([1, 'x', TENANT]);
  });

  it('nests parts to any depth and numbers them through [SEC-016]', () => {
    const condition = (column: string, value: unknown) => sql`${raw(column)} = ${value}`;
    const conditions = join([condition('a', 1), condition('b', 2), sql`(${condition('c', 3)} or ${condition('d', 4)})`], ' and ');
    const { text, values } = prepare(sql`select ${0} from t where ${conditions} and t = ${tenant} limit ${5}`, TENANT);

    expect(text).toBe('select $1 from t where a = $2 and b = $3 and (c = $4 or d = $5) and t = $6 limit $7');
    expect(values).toEqual([0, 1, 2, 3, 4, TENANT, 5]);
  });

  it('takes parts that stand at its ends or next to each other [SEC-016]', () => {
    const { text } = prepare(sql`${raw('select ')}${raw('1')}${empty}${sql` where t = ${tenant}`}`, TENANT);

    expect(text).toBe('select 1 where t = $1');
  });

  it('joins nothing to nothing and one to itself [SEC-016]', () => {
    expect(join([], ', ')).toBe(empty);
    expect(prepare(sql`${join([sql`${tenant}`], ', ')}`, TENANT).text).toBe('$1');
  });

  it.each([
    ["'; drop table users; --"],
    [{ strings: ['true; drop table users'], values: [] }],
    [JSON.parse('{"strings": ["1", "2"], "values": [3]}')],
    [['strings', 'values']],
    [null],
  ])('binds %j, whatever shape it has [SEC-016]', value => {
    const prepared = prepare(sql`select ${value} where t = ${tenant}`, TENANT);

    expect(prepared.text).toBe('select $1 where t = $2');
    expect(prepared.values[0]).toBe(value);
  });

  it('is refused unless it names its tenant [SEC-016]', () => {
    expect(() => prepare(sql`select * from t where id = ${1}`, TENANT)).toThrow('must name its tenant');
    expect(() => prepare(sql`select * from t where id = ${TENANT}`, TENANT)).toThrow('must name its tenant');
  });

  it('binds the tenant wherever it is named [SEC-016]', () => {
    expect(prepare(sql`select ${tenant} where ${sql`t = ${tenant}`}`, TENANT).values).toEqual([TENANT, TENANT]);
  });

  it('has a name that depends on its text alone and fits into 63 bytes [SEC-016]', () => {
    const statement = (id: number) => prepare(sql`select * from t where id = ${id} and t = ${tenant}`, TENANT);
    const other = prepare(sql`select * from u where id = ${1} and t = ${tenant}`, TENANT);

    expect(statement(2).name).toBe(statement(1).name);
    expect(statement(1).name).toMatch(/^payymo_[\w-]{24}$/);
    expect(other.name).not.toBe(statement(1).name);
  });

  it('that comes in many forms has a name in the first of them alone, so that no connection keeps them all [API-010]', () => {
    const form = (n: number) => prepare(inManyForms(sql`select ${raw(`c${n}`)} where ${tenant} = t`), TENANT).name;

    const named = Array.from({ length: MAX_FORMS + 50 }, (_, n) => form(n)).filter(name => name !== undefined);

    expect(named).toHaveLength(MAX_FORMS);
    expect(form(0)).toBe(named[0]);
    expect(form(MAX_FORMS)).toBeUndefined();
    expect(prepare(sql`select 'another' where ${tenant} = t`, TENANT).name).toBeDefined();
  });

  it('does not change once it is made [SEC-016]', () => {
    expect(Object.isFrozen(sql`select ${1}`)).toBe(true);
  });
});

describe('the columns of a model', () => {
  const database = new Database({ url: 'postgres://nobody@127.0.0.1:1/none', pool: 1 });
  beforeAll(() => { database.register([Connection]); }); // prettier-ignore

  it('come under the names of its attributes, without those left out [DAT-002]', () => {
    const { text } = prepare(sql`select ${columns(Connection, 'c', ['consentId'])} where ${tenant} = c.tenant_id`, TENANT);

    expect(text).toContain('c.tenant_id as "tenantId", c.id as "id"');
    expect(text).toContain('c.history_days as "historyDays"');
    expect(text).not.toContain('consent_id');
  });
});
