import { connectionIds } from '../../src/banking/ids';
import { newId } from '../../src/platform/database/ids';
import { startApp, type TestApp } from '../support/app';
import { dataOf, refusalOf } from '../support/banking';
import { aBusiness, aLine, anAccount, anotherBusiness, daysAgo } from '../support/business';
import { synced } from '../support/journey';

const QUERY = `query ($filter: TransactionFilter, $orderBy: TransactionOrder = BOOKED_ON_DESC, $first: Int, $after: String, $last: Int, $before: String) {
  transactions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { id bookedOn amount { amountMinor } } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const ORDERS = ['BOOKED_ON_DESC', 'BOOKED_ON_ASC', 'AMOUNT_DESC', 'AMOUNT_ASC'] as const;
/** Many lines share each day and each amount, so that the order hangs on the last key. */
const COUNT = 137;

interface Pages {
  readonly transactions: {
    readonly totalCount: number;
    readonly edges: readonly {
      readonly cursor: string;
      readonly node: { readonly id: string; readonly bookedOn: string; readonly amount: { readonly amountMinor: string } };
    }[];
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}

const forged = (cursor: string, change: (parts: unknown[]) => unknown): string =>
  Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]))).toString('base64url');

describe('pages of transactions', () => {
  let app: TestApp;
  beforeAll(async () => {
    const booked = Array.from({ length: COUNT }, (_, at) =>
      aLine({ bookingDate: daysAgo(1 + (at % 3)), amount: `${(at % 5) - 2}.00`, remittanceInformationUnstructured: `line ${at}` }),
    );
    app = await startApp([aBusiness({ accounts: [anAccount({ booked })] }), anotherBusiness()]);
    await synced(app, app.tenant('northwind'));
  });
  afterAll(() => app.close());

  const ask = (variables: object, slug = 'northwind') => app.tenant(slug).as('VIEWER')<Pages>(QUERY, { ...variables });
  const page = async (variables: object) => (await dataOf(ask(variables))).transactions;
  const keyOf = (order: string, { node }: Pages['transactions']['edges'][number]) =>
    order.startsWith('BOOKED') ? Date.parse(node.bookedOn) : Number(node.amount.amountMinor);

  const forward = async (variables: object, first: number) => {
    const edges: Pages['transactions']['edges'][number][] = [];
    for (let after: string | null = null; ;) {
      const { edges: more, pageInfo, totalCount, nodes } = await page({ ...variables, first, after });
      expect([totalCount, nodes.map(({ id }) => id)]).toEqual([COUNT, more.map(({ node }) => node.id)]);
      expect(pageInfo).toMatchObject({ hasPreviousPage: after !== null, startCursor: more[0]?.cursor, endCursor: more.at(-1)?.cursor });
      edges.push(...more);
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) return edges;
    }
  };
  const backward = async (variables: object, last: number) => {
    const edges: Pages['transactions']['edges'][number][] = [];
    for (let before: string | null = null; ;) {
      const { edges: more, pageInfo } = await page({ ...variables, last, before });
      edges.unshift(...more);
      before = pageInfo.startCursor;
      expect(pageInfo.hasNextPage).toBe(edges.length > more.length);
      if (!pageInfo.hasPreviousPage) return edges;
    }
  };

  it.each(ORDERS.flatMap(order => [7, 50, 100].map(size => [order, size] as const)))(
    'walk the whole list once in the order %s by %i, forward and backward alike [API-008]',
    async (orderBy, size) => {
      const edges = await forward({ orderBy }, size);
      expect(new Set(edges.map(({ node }) => node.id)).size).toBe(COUNT);
      const keys = edges.map(edge => keyOf(orderBy, edge));
      expect(keys).toEqual(keys.toSorted((one, other) => (orderBy.endsWith('DESC') ? other - one : one - other)));
      expect(await backward({ orderBy }, size)).toEqual(edges);
    },
  );

  it('keep their places while lines come at the front [API-008]', async () => {
    const before = await page({ first: 10 });
    app.bank.addLines(anAccount().id, [aLine({ bookingDate: daysAgo(0), remittanceInformationUnstructured: 'newer' })]);
    const next = await page({ first: 10, after: before.pageInfo.endCursor });
    const [connection] = await app.db.query<{ id: string }>('select id from connections');
    await app.tenant('northwind').as('OWNER')(
      `mutation { syncConnection(input: { connectionId: "${connectionIds.encode(connection?.id ?? '')}" }) { syncRun { id } } }`,
    );
    await app.runJobs();

    expect((await page({ first: 1 })).totalCount).toBe(COUNT + 1);
    expect((await page({ first: 10, after: before.pageInfo.endCursor })).nodes).toEqual(next.nodes);
    await app.db.query(`delete from transactions where remittance = 'newer'`);
  });

  it('hold 25 unless told otherwise, and nothing on an empty list [API-008]', async () => {
    expect((await page({})).nodes).toHaveLength(25);
    expect(await page({ filter: { text: 'nowhere' } })).toEqual({
      totalCount: 0,
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ first: 10_000 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ last: -1 }, 'last'],
    [{ last: 101 }, 'last'],
    [{ last: 10_000 }, 'last'],
    [{ first: 5, last: 5 }, 'last'],
    [{ last: 5, after: 'x' }, 'after'],
    [{ first: 5, before: 'x' }, 'before'],
    [{ after: '' }, 'after'],
    [{ after: 'nonsense' }, 'after'],
    [{ after: '\u0000' }, 'after'],
    [{ last: 5, before: '~~~' }, 'before'],
    [{ after: Buffer.from('null').toString('base64url') }, 'after'],
    [{ after: 'x'.repeat(50_000) }, 'after'],
  ])('refuse %j [API-008] [API-009]', async (variables, field) => {
    expect(await refusalOf(ask(variables))).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('refuse a cursor of another order, filter or list [API-008]', async () => {
    const { endCursor: after } = (await page({ first: 5 })).pageInfo;
    const refused = { code: 'BAD_USER_INPUT', field: 'after' };
    expect(await refusalOf(ask({ first: 5, after, orderBy: 'BOOKED_ON_ASC' }))).toMatchObject(refused);
    expect(await refusalOf(ask({ first: 5, after, orderBy: 'AMOUNT_DESC' }))).toMatchObject(refused);
    expect(await refusalOf(ask({ first: 5, after, filter: { direction: 'INCOMING' } }))).toMatchObject(refused);
    const other = app.tenant('northwind').as('VIEWER')('query ($after: String) { connections(after: $after) { nodes { id } } }', { after });
    expect(await refusalOf(other)).toMatchObject(refused);
  });

  it('show another tenant nothing for a cursor of ours [SEC-016] [API-008]', async () => {
    const { startCursor: after } = (await page({ first: 5 })).pageInfo;
    expect((await dataOf(ask({ first: 5, after }, 'aurora'))).transactions).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it.each([
    ['BOOKED_ON_DESC', ['2026-99-99', '2026-02-30', '0000-00-00', '9999-12-32', '', 'today', "2026-01-01'", '2026-01-01\u0000', 5, null]],
    ['AMOUNT_ASC', ['9223372036854775808', '-9223372036854775809', '9'.repeat(100), '1.5', '', 'NaN', '1e3', '- 1', null]],
  ] as const)('refuse a forged cursor of %s as bad input, never as a fault of ours [API-009]', async (orderBy, values) => {
    const { endCursor } = (await page({ first: 5, orderBy })).pageInfo;
    const cursors = values.map(value => forged(endCursor ?? '', ([signature, , id]) => [signature, value, id]));
    const others = [
      forged(endCursor ?? '', ([signature, value]) => [signature, value, 'no uuid']),
      forged(endCursor ?? '', ([signature, value]) => [signature, value]),
      forged(endCursor ?? '', parts => [...parts, newId()]),
      forged(endCursor ?? '', () => ({})),
    ];
    for (const after of [...cursors, ...others])
      expect(await refusalOf(ask({ first: 5, orderBy, after }))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
