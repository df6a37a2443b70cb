import { startApp, type TestApp } from '../support/app';
import { connectionsOf, dataOf, linesOf, runOf, syncAgain, textsOf } from '../support/banking';
import { aBusiness, aLine, anAccount } from '../support/business';
import { connect, type CompletedConnection } from '../support/journey';

const LINES = [
  aLine({ transactionId: 'TX-SAME', internalTransactionId: 'same', remittanceInformationUnstructured: 'one' }),
  aLine({ transactionId: 'TX-SAME', internalTransactionId: 'same', remittanceInformationUnstructured: 'two' }),
  aLine({ transactionId: 'TX-OTHER', remittanceInformationUnstructured: 'three' }),
];

describe('two tenants at one bank with one and the same account', () => {
  let app: TestApp;
  const completed: CompletedConnection[] = [];
  beforeAll(async () => {
    const accounts = [anAccount({ booked: LINES })];
    app = await startApp([aBusiness({ accounts }), aBusiness({ slug: 'aurora', accounts })]);
    for (const slug of ['northwind', 'aurora']) completed.push(await connect(app.tenant(slug)));
    await app.runJobs();
  });
  afterAll(() => app.close());

  it('fault 8 of the earlier Payymo: both get all their lines, though every id of the provider is the same [SEC-016] [BNK-003]', async () => {
    for (const [at, slug] of ['northwind', 'aurora'].entries()) {
      expect(await runOf(app.tenant(slug).as('OWNER'), completed[at]?.syncRun.id ?? '')).toMatchObject({ state: 'SUCCEEDED', linesNew: 3 });
      expect(await textsOf(app.tenant(slug))).toEqual(['one', 'three', 'two']);
    }
  });

  it('fault 8 of the earlier Payymo: no id of one tenant finds anything for the other [SEC-016]', async () => {
    const [own] = await linesOf(app.tenant('northwind'));
    const [connection] = await connectionsOf(app.tenant('northwind'));
    const ids = [own?.id, own?.account.id, connection?.id, completed[0]?.syncRun.id];
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    for (const id of ids) {
      expect(await dataOf(app.tenant('northwind').as('VIEWER')(query, { id }))).toEqual({ node: { id } });
      expect(await dataOf(app.tenant('aurora').as('OWNER')(query, { id }))).toEqual({ node: null });
    }
  });

  it('a synchronisation of one tenant changes nothing of the other [SEC-016]', async () => {
    const before = [await linesOf(app.tenant('aurora')), await connectionsOf(app.tenant('aurora'))];
    app.bank.addLines(anAccount().id, [aLine({ remittanceInformationUnstructured: 'four' })]);
    expect(await syncAgain(app, app.tenant('northwind'), completed[0]?.connection.id ?? '')).toMatchObject({ linesNew: 1 });

    expect([await linesOf(app.tenant('aurora')), await connectionsOf(app.tenant('aurora'))]).toEqual(before);
    expect(await textsOf(app.tenant('northwind'))).toContain('four');
  });
});
