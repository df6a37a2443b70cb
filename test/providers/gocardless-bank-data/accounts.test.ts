import type { GoCardlessSandbox } from '../../sandbox/gocardless-bank-data/server';
import { failureOf } from '../../sandbox/support/failure';
import { ACCOUNT, aWireLine, bankOf, connect, pathsOf, startSandbox } from './world';

describe('an account at GoCardless Bank Account Data', () => {
  let sandbox: GoCardlessSandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
    await connect(bankOf(sandbox));
  });
  afterEach(() => sandbox.close());

  const recent = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

  it('reads the account and its details [BNK-001]', async () => {
    expect(await bankOf(sandbox).account(ACCOUNT)).toEqual({
      id: ACCOUNT,
      iban: 'DE05370400440021874650',
      currency: 'EUR',
      name: 'Operating account',
      ownerName: 'Halvorsen Hosting AS',
    });
  });

  it('does without the details where the bank refuses them for good [BNK-001]', async () => {
    const body = { summary: "Couldn't update account details", detail: 'Not here.', type: 'AccountResourceUnavailable', status_code: 403 };
    sandbox.fail({ path: '/details/', kind: 'answer', status: 403, body });

    expect(await bankOf(sandbox).account(ACCOUNT)).toMatchObject({ iban: 'DE05370400440021874650', currency: null });
  });

  it('takes a bank at its word only where it gives one', async () => {
    sandbox.fail({
      path: `/accounts/${ACCOUNT}/`,
      kind: 'answer',
      status: 200,
      body: { id: ACCOUNT, iban: 'DE05 **** 4650', owner_name: '' },
    });
    sandbox.fail({
      path: '/details/',
      kind: 'answer',
      status: 200,
      body: { account: { product: ' Girokonto ', currency: 'eur', iban: 5 } },
    });

    expect(await bankOf(sandbox).account(ACCOUNT)).toEqual({
      id: ACCOUNT,
      iban: null,
      currency: 'EUR',
      name: 'Girokonto',
      ownerName: null,
    });
  });

  it('reads balances in minor units and leaves out what is no balance [BNK-001]', async () => {
    const bank = bankOf(sandbox);
    const [balance] = await bank.balances(ACCOUNT);
    expect(balance).toEqual({ type: 'closingBooked', amount: { amountMinor: 821_407n, currency: 'EUR' }, on: recent(0) });

    const broken = { balanceAmount: { amount: 'n/a', currency: 'EUR' }, balanceType: 'expected' };
    const yen = { balanceAmount: { amount: 90_500, currency: 'JPY' }, balanceType: 'interimBooked' };
    sandbox.fail({ path: '/balances/', kind: 'answer', status: 200, body: { balances: [broken, null, yen] } });

    expect(await bank.balances(ACCOUNT)).toEqual([{ type: 'interimBooked', amount: { amountMinor: 90_500n, currency: 'JPY' }, on: null }]);
  });

  it('asks for the days it was told, both included, and for what is pending [BNK-003]', async () => {
    const on = (daysAgo: number) => aWireLine({ transactionId: `day-${daysAgo}`, bookingDate: recent(daysAgo) });
    sandbox.setLines(ACCOUNT, { booked: [1, 2, 3, 4].map(on), pending: [aWireLine({ transactionId: 'soon', bookingDate: recent(0) })] });

    const { booked, pending, rejected } = await bankOf(sandbox).lines(ACCOUNT, recent(3), recent(2));

    expect(booked.map(({ providerId }) => providerId)).toEqual(['day-2', 'day-3']);
    expect(pending.map(({ providerId }) => providerId)).toEqual(['soon']);
    expect(rejected).toEqual([]);
    expect(pathsOf(sandbox).at(-1)).toBe(`GET /api/v2/accounts/${ACCOUNT}/transactions/?date_from=${recent(3)}&date_to=${recent(2)}`);
  });

  it('records poison lines and goes on [BNK-003]', async () => {
    const poison = [
      aWireLine({ bookingDate: recent(1), transactionAmount: { amount: 'twelve', currency: 'EUR' } }),
      aWireLine({ bookingDate: recent(1), transactionAmount: { amount: '12.00', currency: 'ZZZ' } }),
      aWireLine({ bookingDate: undefined }),
      { transactionId: 'nothing-else' },
    ];
    sandbox.setLines(ACCOUNT, { booked: [...poison, aWireLine({ bookingDate: recent(1) })], pending: poison.slice(0, 1) });

    const { booked, pending, rejected } = await bankOf(sandbox).lines(ACCOUNT, recent(5), recent(0));

    expect(booked).toHaveLength(1);
    expect(pending).toHaveLength(0);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      '"twelve" is not a decimal amount',
      '"ZZZ" is not an ISO 4217 currency code',
      'The line has no date',
      expect.stringContaining('transactionAmount'),
      '"twelve" is not a decimal amount',
    ]);
    expect(rejected[3]?.raw).toEqual({ transactionId: 'nothing-else' });
  });

  it('reads an answer without a pending list [BNK-001]', async () => {
    sandbox.fail({ path: '/transactions/', kind: 'answer', status: 200, body: { transactions: { booked: [aWireLine()] } } });

    expect(await bankOf(sandbox).lines(ACCOUNT, recent(5), recent(0))).toMatchObject({ booked: [{ providerId: '77120-04' }], pending: [] });
  });

  it('says what is wrong with dates that cross over', async () => {
    const error = await failureOf(bankOf(sandbox).lines(ACCOUNT, '2026-03-09', '2026-03-01'));

    expect(error).toMatchObject({ failure: 'rejected', message: 'gocardless-bank-data answered: Incorrect date range' });
  });

  it('says "not found" of an account that was never linked, or that is no id', async () => {
    for (const id of ['0b9d8c1e-1111-4222-8333-944455556666', 'account-1']) {
      expect((await failureOf(bankOf(sandbox).lines(id, recent(2), recent(1)))).failure).toBe('not_found');
    }
  });
});
