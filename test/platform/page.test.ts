import { type List, pageOf } from '../../src/platform/database/page';
import { PageArgs } from '../../src/platform/graphql/page.type';
import type { Scope } from '../../src/platform/database/scope';
import { raw, type Sql, sql, tenant } from '../../src/platform/database/sql';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

interface Item {
  readonly id: string;
  readonly cursorKey: string;
}

const aList = (difference: Partial<List> = {}): List => ({
  select: raw('t.id'),
  from: raw('transactions t'),
  alias: 't',
  where: [sql`t.tenant_id = ${tenant}`],
  ordering: { name: 'DATE', column: 't.booked_on', type: 'date', descending: true },
  ...difference,
});

/** A scope that answers every statement with so many rows, and keeps what it was asked. */
function aScope(rows: number): { readonly scope: Scope; readonly asked: Sql[] } {
  const asked: Sql[] = [];
  const answer = Array.from({ length: rows }, (_, at) => ({ id: ID.replace(/.$/, String(at % 10)), cursorKey: `2026-05-0${(at % 9) + 1}` }));
  const scope = { rows: (statement: Sql) => { asked.push(statement); return Promise.resolve(answer); } } as unknown as Scope;
  return { scope, asked };
} // prettier-ignore

const thePage = (scope: Scope, list: List, args: Partial<PageArgs>) => pageOf<Item>(scope, list, Object.assign(new PageArgs(), args));

const badInput = (field: string) => expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field } }) as Error;

/** A cursor with our signature of the list, and any key and id. */
async function forged(list: List, key: unknown, id: unknown = ID): Promise<string> {
  const { pageInfo } = await thePage(aScope(1).scope, list, {});
  const [signature] = JSON.parse(Buffer.from(pageInfo.startCursor ?? '', 'base64url').toString()) as unknown[];
  return Buffer.from(JSON.stringify([signature, key, id])).toString('base64url');
}

describe('the extent of a page', () => {
  it.each([
    [{}, 26],
    [{ first: 1 }, 2],
    [{ first: 100 }, 101],
    [{ last: 100 }, 101],
  ])('%j asks for one row more than it shows, to know whether there is more [API-008]', async (args, limit) => {
    const { scope, asked } = aScope(limit);
    const page = await thePage(scope, aList(), args);

    expect(asked[0]?.values.at(-1)).toBe(limit);
    expect(page.nodes).toHaveLength(limit - 1);
    expect(page.pageInfo).toMatchObject('last' in args ? { hasPreviousPage: true, hasNextPage: false } : { hasNextPage: true, hasPreviousPage: false });
  }); // prettier-ignore

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ last: 101 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
    [{ first: 1, before: 'x' }, 'before'],
    [{ last: 1, after: 'x' }, 'after'],
    [{ after: 'x', before: 'y' }, 'after'],
  ])('%j is refused, naming %s, and nothing is asked [API-008] [API-009]', async (args, field) => {
    const { scope, asked } = aScope(1);

    await expect(thePage(scope, aList(), args)).rejects.toEqual(badInput(field));
    expect(asked).toEqual([]);
  });

  it('is empty without cursors when there is nothing [API-008]', async () => {
    expect((await thePage(aScope(0).scope, aList(), {})).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });

  it('turns a backward page into the order of the list [API-008]', async () => {
    const { nodes } = await thePage(aScope(3).scope, aList(), { last: 3 });

    expect(nodes.map(({ cursorKey }) => cursorKey)).toEqual(['2026-05-03', '2026-05-02', '2026-05-01']);
  });

  it('counts only when it is asked to [API-008]', async () => {
    const { scope, asked } = aScope(1);
    const page = await thePage(scope, aList(), {});
    expect(asked).toHaveLength(1);

    await page.totalCount();
    expect(asked[1]?.strings.join('')).toContain('count(*)');
  });
});

describe('a cursor', () => {
  it('goes on where it was issued [API-008]', async () => {
    const { scope, asked } = aScope(2);
    const first = await thePage(scope, aList(), { first: 1 });
    await thePage(scope, aList(), { first: 1, after: first.pageInfo.endCursor ?? '' });

    expect(asked[1]?.values).toEqual([tenant, '2026-05-01', ID.replace(/.$/, '0'), 2]);
    expect(asked[1]?.strings.join('?')).toContain('(t.booked_on, t.id) < (?::date, ?::uuid)');
  });

  it.each<[string, Partial<List>]>([
    ['order', { ordering: { name: 'AMOUNT', column: 't.amount_minor', type: 'date', descending: true } }],
    ['direction', { ordering: { name: 'DATE', column: 't.booked_on', type: 'date', descending: false } }],
    ['filter', { where: [sql`t.tenant_id = ${tenant}`, sql`t.status = ${'BOOKED'}`] }],
  ])('is refused with another %s [API-008]', async (_what, difference) => {
    const cursor = await forged(aList(), '2026-05-01');

    await expect(thePage(aScope(1).scope, aList(difference), { after: cursor })).rejects.toEqual(badInput('after'));
  });

  it('is refused with another value in the filter, not with the same [API-008]', async () => {
    const filtered = (status: string) => aList({ where: [sql`t.tenant_id = ${tenant}`, sql`t.status = ${status}`] });
    const cursor = await forged(filtered('BOOKED'), '2026-05-01');

    await expect(thePage(aScope(1).scope, filtered('BOOKED'), { after: cursor })).resolves.toBeDefined();
    await expect(thePage(aScope(1).scope, filtered('PENDING'), { after: cursor })).rejects.toEqual(badInput('after'));
  });

  it.each(['', 'x', 'null', '[]', 'e30', Buffer.from('["a"]').toString('base64url'), '\u0000', '💶'.repeat(50)])(
    'is not made of %j [API-008] [API-009]',
    async cursor => {
      await expect(thePage(aScope(1).scope, aList(), { after: cursor })).rejects.toEqual(badInput('after'));
      await expect(thePage(aScope(1).scope, aList(), { last: 1, before: cursor })).rejects.toEqual(badInput('before'));
    },
  );

  it.each<[List['ordering']['type'], readonly unknown[], readonly unknown[]]>([
    ['date', ['2026-05-01', '2024-02-29'], ['2026-13-01', '2026-02-30', 'infinity', '2026-5-1', "'; --", 5]],
    ['bigint', ['0', '-9223372036854775808', '9223372036854775807'], ['9223372036854775808', '1.5', '1e3', '', '٣']],
    ['int', ['0', '-999999999'], ['99999999999', '1.0', 'NaN']],
    ['timestamptz', ['2026-05-01 10:11:12.123456+00', '2026-05-01 10:11:12-03'], ['2026-05-01', '2026-05-01 25:00:00+00', '2026-05-01 10:00:00+20', 'now', '2026-02-30 10:00:00+00']],
    ['text', ['', 'anything', "'; --"], ['a\u0000b', 'x'.repeat(201), null]],
  ])('with a forged %s key is let through or refused before it is cast [API-008] [API-009]', async (type, good, bad) => {
    const list = aList({ ordering: { name: 'KEY', column: 't.key', type, descending: false } });

    for (const key of good) await expect(thePage(aScope(1).scope, list, { after: await forged(list, key) })).resolves.toBeDefined();
    for (const key of bad) await expect(thePage(aScope(1).scope, list, { after: await forged(list, key) })).rejects.toEqual(badInput('after'));
  }); // prettier-ignore

  it('with a forged id is refused [API-008] [API-009]', async () => {
    const cursor = await forged(aList(), '2026-05-01', 'not-a-uuid');

    await expect(thePage(aScope(1).scope, aList(), { after: cursor })).rejects.toEqual(badInput('after'));
  });
});
