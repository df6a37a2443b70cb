import { Client } from 'pg';

import { startApp, type TestApp } from '../support/app';
import { aBusiness, aLine, anAccount, anInvoice } from '../support/business';
import { matchesOf, proposed } from '../support/journey';

const ROWS = 50;

const numbers = Array.from({ length: ROWS }, (_, n) => 900 + n);
const business = aBusiness({
  accounts: [
    anAccount({
      booked: numbers.map(n =>
        aLine({ amount: `${n}.37`, debtorName: `Payer ${n}`, remittanceInformationUnstructured: `Rechnung NW-2026-${n}` }),
      ),
    }),
  ],
  invoices: numbers.map(n => anInvoice({ id: String(n), total: `${n}.37`, invoicenum: `NW-2026-${n}`, userid: n % 2 === 0 ? '31' : '32' })),
});

const TRANSACTIONS = `query ($first: Int!) { transactions(first: $first) { totalCount pageInfo { hasNextPage } nodes {
  id amount { formatted } connection { institutionName latestSync { state connection { id } } accounts { iban } }
  account { iban connection { status } }
  matches { confidence invoice { number customer { name } matches { id } } decidedBy { email tenant { slug } } transaction { remittance } } } } }`;
const INVOICES = `query ($first: Int!) { invoices(first: $first) { nodes {
  number customer { name } matches { state transaction { remittance account { iban } connection { institutionName } } decidedBy { name } } } } }`;
const MATCHES = `query ($first: Int!) { matches(first: $first) { nodes {
  confidence invoice { number customer { name } } transaction { remittance account { iban } } decidedBy { email } } } }`;

describe('the number of SQL statements', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([business]);
    const tenant = app.tenant('northwind');
    await proposed(app, tenant);
    expect((await matchesOf(tenant)).length).toBe(ROWS);
    await app.db.query(`update matches set state = 'APPROVED', decided_at = now(), decided_by = $1`, [tenant.userUuids.OWNER]);
  });
  afterAll(() => app.close());

  async function statementsOf(query: string, first: number) {
    const spy = jest.spyOn(Client.prototype, 'query');
    try {
      const answer = await app.tenant('northwind').as('OWNER')<Record<string, { nodes: unknown[] }>>(query, { first });
      const texts = spy.mock.calls.map(([statement]) => textOf(statement));
      return { answer, texts: texts.filter(isOfOperation) };
    } finally {
      spy.mockRestore();
    }
  }

  it.each([
    ['transactions', TRANSACTIONS, 13],
    ['invoices', INVOICES, 7],
    ['matches', MATCHES, 6],
  ])('depends on the shape of a list of %s, never on its length [API-004]', async (field, query, selects) => {
    const one = await statementsOf(query, 1);
    const page = await statementsOf(query, ROWS);

    expect(page.answer.errors).toBeUndefined();
    expect(page.answer.data?.[field]?.nodes).toHaveLength(ROWS);
    expect(page.texts).toEqual(one.texts);
    expect(page.texts.filter(text => /^\s*select/i.test(text))).toHaveLength(selects);
  });

  it('asks everything of an operation in one transaction, and ends it [API-004]', async () => {
    const { texts } = await statementsOf(TRANSACTIONS, ROWS);

    expect(texts.filter(text => /^(start transaction|begin)/i.test(text))).toHaveLength(1);
    expect(texts.at(0)).toMatch(/^START TRANSACTION/);
    expect(texts.at(-1)).toMatch(/^COMMIT/);
  });

  it('is none for a caller without a token [API-004] [SEC-017]', async () => {
    const spy = jest.spyOn(Client.prototype, 'query');
    await app.anonymous(TRANSACTIONS, { first: 1 });

    expect(spy.mock.calls.map(([statement]) => textOf(statement)).filter(isOfOperation)).toEqual([]);
    spy.mockRestore();
  });
});

const textOf = (statement: unknown): string => (typeof statement === 'string' ? statement : (statement as { text: string }).text);

/** The process looks after revoked tokens on its own, at any time. */
const isOfOperation = (text: string): boolean => !text.includes('payymo.revocations_since');
