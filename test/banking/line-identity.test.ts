import { aBankLine as line, march, StoredAccount } from '../support/banking-lines';

const NOTHING = { insert: [], update: [], remove: [] };
const from = march(1);

describe('the identity of bank lines', () => {
  let account: StoredAccount;
  beforeEach(() => {
    account = new StoredAccount();
  });
  const ids = () => account.rows.map(({ id }) => id);

  it('finds nothing to do for what it has just stored [BNK-003]', () => {
    const fetched = { from, booked: [line({ providerId: '1' }), line(), line()], pending: [line({ internalId: 'p' }), line()] };
    expect(account.apply(fetched).insert).toHaveLength(5);
    expect(account.apply(fetched)).toEqual(NOTHING);
  });

  it('keeps equal lines of one day as many as they are, also when one more comes [BNK-003]', () => {
    account.apply({ from, booked: [line(), line()], pending: [] });
    expect(account.rows.map(({ ordinal }) => ordinal)).toEqual([0, 1]);
    account.apply({ from, booked: [line(), line(), line()], pending: [] });
    expect(account.rows.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2]);
  });

  it.each(['providerId', 'internalId'])('does not double a line whose %s the bank reissues, and takes the new id over [BNK-003]', id => {
    account.apply({ from, booked: [line({ [id]: 'old' }), line({ [id]: 'old too', minor: 1n })], pending: [] });
    const before = ids();
    const plan = account.apply({ from, booked: [line({ [id]: 'new' }), line({ [id]: 'new too', minor: 1n })], pending: [] });

    expect(plan).toMatchObject({ insert: [], remove: [] });
    expect(ids()).toEqual(before);
    expect(account.rows).toMatchObject([{ [id]: 'new' }, { [id]: 'new too' }]);
  });

  it('does not merge different lines that the bank gives one id [BNK-003]', () => {
    account.apply({ from, booked: [line({ providerId: '0', remittance: 'a' }), line({ providerId: '0', remittance: 'b' })], pending: [] });
    expect(account.rows).toHaveLength(2);
    account.apply({ from, booked: ['a', 'b', 'c'].map(remittance => line({ providerId: '0', remittance })), pending: [] });
    expect(account.contents().map(content => content.at(-1))).toEqual(['a', 'b', 'c']);
  });

  it('does not merge a standing order with the one of last week that carries the same id [BNK-003]', () => {
    const order = (day: number) => line({ providerId: 'order-7', bookedOn: march(day) });
    account.apply({ from, booked: [order(2)], pending: [] });
    account.apply({ from, booked: [order(2), order(9)], pending: [] });
    account.apply({ from: march(5), booked: [order(9), order(16)], pending: [] });
    account.apply({ from: march(20), booked: [order(23)], pending: [] });
    expect(account.rows.map(({ bookedOn }) => bookedOn)).toEqual([2, 9, 16, 23].map(march));
  });

  it.each([
    ['text', { remittance: 'Rechnung 2041' }],
    ['date', { bookedOn: march(4) }],
    ['counterparty', { counterpartyName: 'B. Solheim' }],
  ])('takes over the %s that the bank mends, without doubling the line [BNK-003]', (_, mended) => {
    account.apply({ from, booked: [line({ providerId: '1', remittance: 'Rechn' }), line({ providerId: '2', minor: 5n })], pending: [] });
    const before = ids();
    const plan = account.apply({ from, booked: [line({ providerId: '1', ...mended }), line({ providerId: '2', minor: 5n })], pending: [] });

    expect(plan).toMatchObject({ insert: [], update: [{ id: before[0] }], remove: [] });
    expect(account.rows[0]?.line).toMatchObject(mended);
  });

  it('never takes a line of another amount or currency for the same, whatever its id says [BNK-003] [DAT-005]', () => {
    account.apply({ from, booked: [line({ providerId: '1' })], pending: [] });
    account.apply({ from, booked: [line({ providerId: '1', minor: 6_151n })], pending: [] });
    account.apply({ from, booked: [line({ providerId: '1', amount: { amountMinor: 6_150n, currency: 'SEK' } })], pending: [] });
    expect(account.rows).toHaveLength(3);
  });

  it.each([
    ['with the same id and another text', { providerId: 'p' }, { providerId: 'p', remittance: 'final text' }],
    ['with the same text and another id', { providerId: 'p' }, { providerId: 'b' }],
    ['on another day, without ids', {}, { bookedOn: march(5) }],
  ])('keeps the row of a pending line that becomes booked %s [BNK-003]', (_, announced, booked) => {
    account.apply({ from, booked: [], pending: [line({ remittance: 'text', ...announced })] });
    const [row] = ids();
    const plan = account.apply({ from, booked: [line({ remittance: 'text', ...booked })], pending: [] });

    expect(plan).toMatchObject({ insert: [], update: [{ id: row }], remove: [] });
    expect(account.rows).toMatchObject([{ id: row, status: 'BOOKED' }]);
  });

  it('books the pending line of the same id, when another looks alike [BNK-003]', () => {
    account.apply({ from, booked: [], pending: [line({ providerId: 'p1' }), line({ providerId: 'p2' })] });
    const [, second] = ids();
    account.apply({ from, booked: [line({ providerId: 'p2', bookedOn: march(3) })], pending: [] });
    expect(account.rows).toMatchObject([{ id: second, status: 'BOOKED' }]);
  });

  it('keeps a pending line that is still announced beside an equal booked one [BNK-003]', () => {
    account.apply({ from, booked: [], pending: [line()] });
    account.apply({ from, booked: [line()], pending: [line()] });
    expect(account.rows.map(({ status }) => status)).toEqual(['PENDING', 'BOOKED']);
  });

  it('removes a pending line that the bank no longer shows, and never a booked one [BNK-003]', () => {
    account.apply({ from, booked: [line({ remittance: 'booked' })], pending: [line({ minor: 9n })] });
    const plan = account.apply({ from, booked: [], pending: [] });
    expect(plan.remove).toHaveLength(1);
    expect(account.rows).toMatchObject([{ status: 'BOOKED', remittance: 'booked' }]);
  });

  it('fault 8 of the earlier Payymo: an id of the provider is no key, not even within an account [BNK-003] [SEC-016]', () => {
    account.apply({ from, booked: [line({ providerId: '1', remittance: 'a' }), line({ providerId: '1', remittance: 'b' })], pending: [] });
    expect(new Set(account.rows.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect(account.rows.map(({ fingerprint }) => fingerprint).join()).not.toContain('1,');
  });
});
