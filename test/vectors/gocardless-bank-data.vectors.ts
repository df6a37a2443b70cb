import { AccountDetails, Balance } from '../../src/providers/gocardless-bank-data/schema';
import { translateLine } from '../../src/providers/gocardless-bank-data/translate';
import { describeVectors, sharedJson } from './shared';

interface BankTransactions {
  readonly transactions: readonly { readonly bank: string; readonly case: string; readonly transaction: Record<string, unknown> }[];
}
interface ApiObjects {
  readonly objects: readonly { readonly bank: string; readonly kind: string; readonly object: Record<string, unknown> }[];
}

describeVectors('lines and objects of real banks', () => {
  it('translates every line that has a date and an amount, and rejects the others with a reason [BNK-001] [BNK-003]', () => {
    const { transactions } = sharedJson('data/gocardless/bank-transactions.json') as BankTransactions;
    expect(transactions.length).toBeGreaterThanOrEqual(80);
    for (const { bank, transaction } of transactions) {
      const translated = translateLine(transaction);
      const dated = ['bookingDate', 'bookingDateTime', 'valueDate', 'valueDateTime'].some(field => Boolean(transaction[field]));
      expect({ bank, rejected: 'reason' in translated }).toEqual({ bank, rejected: !dated });
      if ('reason' in translated) expect(translated.reason).not.toBe('');
    }
  });

  it('keeps amount, sign and currency to the minor unit [DAT-005]', () => {
    const { transactions } = sharedJson('data/gocardless/bank-transactions.json') as BankTransactions;
    for (const { transaction } of transactions) {
      const translated = translateLine(transaction);
      if ('reason' in translated) continue;
      const { amount, currency } = transaction['transactionAmount'] as { amount: string; currency: string };
      expect(translated.amount.currency).toBe(currency);
      expect(Number(translated.amount.amountMinor) / 100).toBeCloseTo(Number(amount), 6);
    }
  });

  it('reads accounts and balances [BNK-001]', () => {
    const { objects } = sharedJson('data/gocardless/actual-api-objects.json') as ApiObjects;
    const balances = objects.filter(({ kind }) => kind === 'balance');
    const accounts = objects.filter(({ kind }) => kind === 'account');
    expect([balances.length, accounts.length]).toEqual([12, 7]);
    for (const { object } of balances) expect(Balance.safeParse(object).success).toBe(true);
    for (const { object } of accounts) expect(AccountDetails.safeParse({ account: object }).success).toBe(true);
  });
});
