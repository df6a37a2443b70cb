import { startApp, type TestApp, type TestTenant } from '../support/app';
import { connectionsOf, linesOf, refusalOf, runOf, syncAgain } from '../support/banking';
import { aBusiness, aLine, anAccount } from '../support/business';
import { synced } from '../support/journey';

const good = (text: string) => aLine({ remittanceInformationUnstructured: text });

/** Wire lines of which nothing can be made, each broken in its own way. */
const POISON: readonly (readonly [what: string, wire: unknown, reason: RegExp])[] = [
  ['no amount', { ...aLine(), transactionAmount: undefined }, /amount/],
  ['an amount in words', aLine({ transactionAmount: { amount: 'ten', currency: 'EUR' } }), /decimal/],
  ['more decimals than the currency', aLine({ transactionAmount: { amount: '1.001', currency: 'EUR' } }), /decimal places/],
  ['an amount beyond 64 bits', aLine({ transactionAmount: { amount: '999999999999999999999', currency: 'EUR' } }), /amount/],
  ['a currency that does not exist', aLine({ transactionAmount: { amount: '1.00', currency: 'QQQ' } }), /currency/],
  ['no date', { ...aLine(), bookingDate: undefined, valueDate: undefined }, /date/],
  ['a day that does not exist', { ...aLine(), bookingDate: '2026-02-30', valueDate: null }, /date/],
  ['null for a line', null, /./],
  ['a list for a line', [[]], /./],
  ['a text for a line', 'line', /./],
  ['a NUL in a text', { ...aLine(), transactionAmount: null, note: 'a\u0000b', ['key\u0000']: 1 }, /amount/],
  ['a written escape', { ...aLine(), transactionAmount: null, note: 'C:\\u0000\\' }, /amount/],
  ['half of a surrogate pair', { ...aLine(), transactionAmount: null, note: 'cut \ud83d' }, /amount/],
  ['numbers beyond all bounds', { ...aLine(), transactionAmount: { amount: 1e300, currency: 'EUR' } }, /./],
];

describe('poison lines', () => {
  let app: TestApp;
  let tenant: TestTenant;
  afterEach(() => app.close());

  const start = async (booked: readonly unknown[], pending: readonly unknown[] = []) => {
    const account = anAccount({ booked: [], pending: [] });
    app = await startApp([aBusiness({ accounts: [account] })]);
    app.bank.fail({
      kind: 'answer',
      status: 200,
      body: { transactions: { booked, pending } },
      path: '/transactions/',
      times: Infinity,
    });
    tenant = app.tenant('northwind');
    const { connection, syncRun } = await synced(app, tenant);
    return { connection, run: await runOf(tenant.as('OWNER'), syncRun.id) };
  };

  it('are recorded once with what is wrong, while the rest is stored and the connection lives [BNK-003] [UX-002]', async () => {
    const { connection, run } = await start([good('first'), ...POISON.map(([, wire]) => wire), good('last')]);

    expect(run).toMatchObject({ state: 'SUCCEEDED', linesSeen: POISON.length + 2, linesNew: 2, linesRejected: POISON.length });
    expect((await linesOf(tenant)).map(({ remittance }) => remittance).sort()).toEqual(['first', 'last']);
    POISON.forEach(([what, , reason], at) => {
      expect([what, run.rejectedLines[at]?.reason]).toEqual([what, expect.stringMatching(reason)]);
      expect(JSON.parse(run.rejectedLines[at]?.raw ?? '')).toBeDefined();
    });

    const again = await syncAgain(app, tenant, connection.id);
    expect(again).toMatchObject({ state: 'SUCCEEDED', linesSeen: POISON.length + 2, linesNew: 0, linesRejected: 0, rejectedLines: [] });
    expect((await connectionsOf(tenant))[0]).toMatchObject({ status: 'ACTIVE' });
    expect((await runOf(tenant.as('OWNER'), run.id)).rejectedLines).toHaveLength(POISON.length);
  });

  it('are kept as the bank sent them, but for what no text can hold [BNK-003]', async () => {
    const { run } = await start([{ note: 'a\u0000b', path: 'C:\\u0000\\', half: '\ud83d!', smile: '😀' }]);
    expect(JSON.parse(run.rejectedLines[0]?.raw ?? '')).toEqual({ note: 'ab', path: 'C:\\u0000\\', half: '\ufffd!', smile: '😀' });
  });

  it('are found among pending lines too [BNK-003]', async () => {
    const { run } = await start([good('booked')], [{ transactionAmount: {} }, good('pending')]);
    expect(run).toMatchObject({ state: 'SUCCEEDED', linesNew: 2, linesRejected: 1 });
    expect((await linesOf(tenant)).map(({ status }) => status).sort()).toEqual(['BOOKED', 'PENDING']);
  });

  it('are no good lines with odd texts: those are stored, and stay the same line when fetched again [BNK-003]', async () => {
    const odd = ['NUL \u0000 inside', 'C:\\u0000\\new', 'cut \ud83d', '😀 %_\\ \'";--', 'x'.repeat(100_000)];
    const { connection, run } = await start(odd.map(good));

    expect(run).toMatchObject({ state: 'SUCCEEDED', linesNew: odd.length, linesRejected: 0 });
    const texts = (await linesOf(tenant)).map(({ remittance }) => remittance);
    expect(texts).toEqual(expect.arrayContaining(['NUL inside', 'C:\\u0000\\new', 'cut \ufffd', '😀 %_\\ \'";--', 'x'.repeat(100_000)]));
    expect(await syncAgain(app, tenant, connection.id)).toMatchObject({ linesNew: 0, linesUpdated: 0 });
  });

  it('are shown to nobody without the scope for transactions [API-009]', async () => {
    const { run } = await start([{}]);
    const query = 'query ($id: ID!) { syncRun(id: $id) { id rejectedLines { raw } } }';
    expect(await refusalOf(tenant.as('INTEGRATION')(query, { id: run.id }))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusalOf(app.anonymous(query, { id: run.id }))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
