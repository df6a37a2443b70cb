import { accountIds, connectionIds, transactionIds } from '../../src/banking/ids';
import { newId } from '../../src/platform/database/ids';
import { startApp, type TestApp } from '../support/app';
import { dataOf, linesOf, refusalOf } from '../support/banking';
import { aBusiness, aLine, anAccount, anotherBusiness, daysAgo } from '../support/business';
import { synced } from '../support/journey';

const QUERY = `query ($filter: TransactionFilter, $orderBy: TransactionOrder, $first: Int, $after: String, $last: Int, $before: String) {
  transactions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { remittance }
  }
}`;

const line = (text: string, difference: Parameters<typeof aLine>[0] = {}) =>
  aLine({ remittanceInformationUnstructured: text, ...difference });

describe('transactions', () => {
  let app: TestApp;
  const tenant = () => app.tenant('northwind');
  beforeAll(async () => {
    const booked = [
      line('100% of A_1', { amount: '10.00', bookingDate: daysAgo(5), debtorName: 'ÉLODIE Müller' }),
      line('Rechnung B', { amount: '20.00', bookingDate: daysAgo(4), endToEndId: 'E2E-77' }),
      line('rent', { amount: '-20.00', bookingDate: daysAgo(3), creditorName: 'Landlord' }),
      line('yen', { amount: '1000', currency: 'JPY', bookingDate: daysAgo(2), remittanceInformationStructured: 'RF18 5390 0754 7034' }),
    ];
    const second = anAccount({
      id: '5b0d94e7-0000-4000-8000-000000000009',
      iban: 'DE02100500000054540402',
      booked: [line('other account', { amount: '0.01' })],
    });
    app = await startApp([
      aBusiness({ accounts: [anAccount({ booked, pending: [line('pending', { amount: '30.00' })] }), second] }),
      anotherBusiness({ accounts: [anAccount({ id: '5b0d94e7-0000-4000-8000-000000000008', booked: [line('foreign')] })] }),
    ]);
    await synced(app, tenant());
    await synced(app, app.tenant('aurora'), 'SANDBOXFINANCE_GB_SFIN0001');
    await app.db.query(`update transactions set match_state = 'PROPOSED' where remittance = 'Rechnung B'`);
  });
  afterAll(() => app.close());

  const ask = (variables: object, slug = 'northwind') =>
    app.tenant(slug).as('VIEWER')<{ transactions: { totalCount: number; nodes: { remittance: string }[] } }>(QUERY, { ...variables });
  const found = async (filter: object | null) => {
    const { transactions } = await dataOf(ask({ filter, orderBy: 'BOOKED_ON_ASC' }));
    expect(transactions.totalCount).toBe(transactions.nodes.length);
    return transactions.nodes.map(({ remittance }) => remittance).sort();
  };
  const ALL = ['100% of A_1', 'Rechnung B', 'other account', 'pending', 'rent', 'yen'];

  it.each([
    [{}, ALL],
    [{ status: ['PENDING'] }, ['pending']],
    [{ status: ['PENDING', 'BOOKED'] }, ALL],
    [{ status: [] }, []],
    [{ matchState: ['PROPOSED'] }, ['Rechnung B']],
    [{ matchState: ['MATCHED'] }, []],
    [{ direction: 'OUTGOING' }, ['rent']],
    [{ direction: 'INCOMING' }, ALL.filter(text => text !== 'rent')],
    [{ bookedOn: { from: daysAgo(4), to: daysAgo(2) } }, ['Rechnung B', 'rent', 'yen']],
    [{ bookedOn: { to: daysAgo(5) } }, ['100% of A_1']],
    [{ amount: { currency: 'EUR', from: '10', to: '20.00' } }, ['100% of A_1', 'Rechnung B']],
    [{ amount: { currency: 'EUR', to: '-0.01' } }, ['rent']],
    [{ amount: { currency: 'JPY', from: '1000' } }, ['yen']],
    [{ amount: { currency: 'CHF' } }, []],
    [{ text: '%' }, ['100% of A_1']],
    [{ text: 'A_1' }, ['100% of A_1']],
    [{ text: '_' }, ['100% of A_1']],
    [{ text: 'RECHNUNG' }, ['Rechnung B']],
    [{ text: 'élodie mÜLLER' }, ['100% of A_1']],
    [{ text: 'e2e-77' }, ['Rechnung B']],
    [{ text: 'rf18' }, ['yen']],
    [{ text: '  ' }, ALL],
    [{ text: "'; drop table transactions; --" }, []],
    [{ status: ['BOOKED'], direction: 'INCOMING', text: 'rechnung b' }, ['Rechnung B']],
  ])('finds with the filter %j what it describes, and counts it [API-008]', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  it('takes a null for a filter or a cursor as if it were left out [API-008] [API-009]', async () => {
    const names = ['status', 'matchState', 'direction', 'bookedOn', 'amount', 'text', 'connectionId', 'accountId'];
    for (const filter of [null, ...names.map(name => ({ [name]: null })), { bookedOn: { from: null, to: null } }])
      expect(await found(filter)).toEqual(ALL);
    expect(await found({ amount: { currency: 'EUR', from: '30', to: null } })).toEqual(['pending']);
    const { transactions } = await dataOf(ask({ first: 2, after: null, last: null, before: null }));
    expect(transactions).toMatchObject({ totalCount: ALL.length, nodes: [{}, {}] });
  });

  it('finds the lines of an account and of a connection, and nothing for those of another tenant or of nobody [API-008] [SEC-016]', async () => {
    const { connections } = await dataOf(
      tenant().as('VIEWER')<{ connections: { nodes: { id: string; accounts: { id: string; iban: string }[] }[] } }>(
        '{ connections { nodes { id accounts { id iban } } } }',
      ),
    );
    const [connection] = connections.nodes;
    const other = connection?.accounts.find(({ iban }) => iban.startsWith('DE02'));
    expect(await found({ connectionId: connection?.id })).toEqual(ALL);
    expect(await found({ accountId: other?.id })).toEqual(['other account']);

    const foreign = ask({ filter: { accountId: other?.id } }, 'aurora');
    const unknown = ask({ filter: { accountId: accountIds.encode(newId()) } }, 'aurora');
    expect((await dataOf(foreign)).transactions).toEqual({ totalCount: 0, nodes: [] });
    expect(await dataOf(foreign)).toEqual(await dataOf(unknown));
    expect((await dataOf(ask({ filter: { connectionId: connection?.id } }, 'aurora'))).transactions.nodes).toEqual([]);
    expect((await dataOf(ask({}, 'aurora'))).transactions).toEqual({ totalCount: 1, nodes: [{ remittance: 'foreign' }] });
  });

  it.each([
    [{ connectionId: 'nonsense' }, 'filter.connectionId'],
    [{ connectionId: accountIds.encode(newId()) }, 'filter.connectionId'],
    [{ accountId: connectionIds.encode(newId()) }, 'filter.accountId'],
    [{ accountId: '' }, 'filter.accountId'],
    [{ amount: { currency: 'EURO' } }, 'currency'],
    [{ amount: { currency: 'EUR', from: 'ten' } }, 'amount'],
    [{ amount: { currency: 'JPY', from: '1.5' } }, 'amount'],
    [{ amount: { currency: 'EUR', to: '9'.repeat(40) } }, 'amount'],
    [{ bookedOn: { from: daysAgo(1), to: daysAgo(2) } }, 'filter'],
  ])('refuses the filter %j and names the field [API-009] [DAT-005]', async (filter, field) => {
    expect(await refusalOf(ask({ filter }))).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it.each([
    { bookedOn: { from: '2026-02-30' } },
    { bookedOn: { from: 'yesterday' } },
    { status: ['LOST'] },
    { unknown: 1 },
    { text: 'a\u0000b' },
  ])('refuses the filter %j as bad input, not as a fault of ours [API-009]', async filter => {
    expect(await refusalOf(ask({ filter }))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('answers a node by its id, to its own tenant alone [API-008] [SEC-016]', async () => {
    const [own] = await linesOf(tenant());
    const query = 'query ($id: ID!) { node(id: $id) { id ... on Transaction { remittance amount { amountMinor currency formatted } } } }';
    expect(await dataOf(tenant().as('INTEGRATION')(query, { id: own?.id }))).toEqual({
      node: { id: own?.id, remittance: '100% of A_1', amount: { amountMinor: '1000', currency: 'EUR', formatted: 'EUR 10.00' } },
    });
    const foreign = await dataOf(app.tenant('aurora').as('OWNER')(query, { id: own?.id }));
    expect(foreign).toEqual({ node: null });
    expect(await dataOf(tenant().as('OWNER')(query, { id: transactionIds.encode(newId()) }))).toEqual(foreign);
    for (const id of ['', 'txn_', `${own?.id ?? ''}0`, own?.id.toUpperCase(), 'zzz_01k9b5s9v1f3h8m2t7q4x6z0ye'])
      expect(await refusalOf(tenant().as('OWNER')(query, { id }))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('shows a balance only with the scope for it, and nothing to a caller who is not signed in [API-009]', async () => {
    expect(await refusalOf(app.anonymous(QUERY))).toMatchObject({ code: 'UNAUTHENTICATED' });
    const refusal = await refusalOf(tenant().as('INTEGRATION')('{ transactions { nodes { id connection { id } } } }'));
    expect(refusal).toMatchObject({ code: 'FORBIDDEN', scope: 'connections:read' });
  });
});
