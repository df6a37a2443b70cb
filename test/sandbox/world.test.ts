import { z } from 'zod';

import { addDays } from '../../src/platform/clock';
import { parseMoney } from '../../src/platform/money';
import { buildWorld } from './world/build-world';
import type { WireLine } from './world/formats/format';
import { capitals } from './world/formats/text';
import { bookingDayOf, dayOf, isReadable, readableLine } from './world/line-schema';
import type { Business, PaymentKind, SandboxAccount, SandboxInvoice, TruePayment } from './world/world';

/** Days on which something could go wrong: a Monday, a Saturday, the first days of a year, the day after a leap day. */
const WORLDS = [
  { seed: 1, today: '2026-07-20' },
  { seed: 2, today: '2026-08-01' },
  { seed: 77, today: '2027-01-04' },
  { seed: 4_000_000_000, today: '2028-03-01' },
];

describe.each(WORLDS)('the sandbox world of seed $seed on $today', ({ seed, today }) => {
  const { northwind, aurora } = businessesOf(buildWorld({ seed, today }).businesses);

  it('has a large business at ten banks of ten formats and a small one at three [BNK-006]', () => {
    expect(northwind).toMatchObject({ country: 'DE', currency: 'EUR', institutionId: 'SANDBOXFINANCE_SFIN0000' });
    expect(aurora).toMatchObject({ country: 'GB', currency: 'GBP', institutionId: 'SANDBOXFINANCE_GB_SFIN0001' });
    expect(new Set(northwind.accounts.map(({ format }) => format)).size).toBe(10);
    expect(new Set(northwind.accounts.map(shapeOf)).size).toBe(10);
    expect(aurora.accounts).toHaveLength(3);
  });

  it('has enough lines on every account, and customers and invoices to go with them [BNK-006]', () => {
    expect(Math.min(...northwind.accounts.map(({ booked }) => booked.filter(isReadable).length))).toBeGreaterThanOrEqual(24);
    expect(linesOf(aurora).length).toBeGreaterThanOrEqual(60);
    expect(northwind.accounts.flatMap(({ pending }) => pending).length).toBeGreaterThanOrEqual(5);
    expect([northwind.whmcs.clients.length, northwind.whmcs.invoices.length]).toEqual([60, 130]);
    expect([aurora.whmcs.clients.length, aurora.whmcs.invoices.length]).toEqual([20, 40]);
  });

  it('has about half of the invoices paid, each once, and a quarter of the lines or more paying none [BNK-006]', () => {
    const paid = northwind.truth.flatMap(({ invoiceIds }) => invoiceIds);

    expect(new Set(paid).size).toBe(paid.length);
    expect(paid.length / northwind.whmcs.invoices.length).toBeGreaterThan(0.45);
    expect(paid.length / northwind.whmcs.invoices.length).toBeLessThan(0.6);
    for (const business of [northwind, aurora]) expect(business.truth.length / linesOf(business).length).toBeLessThan(0.75);
  });

  it('shows payments of every kind [BNK-006]', () => {
    const kinds = new Set(northwind.truth.map(({ kind }) => kind));

    expect(kinds.size).toBe(10);
  });

  it('keeps every line in the schema of the documents but for two poison ones, which pay nothing [BNK-003]', () => {
    const unreadable = (business: Business) =>
      business.accounts.flatMap(({ id, booked }) =>
        booked.flatMap((wire, line) => (isReadable(wire) ? [] : [{ accountId: id, line, wire }])),
      );

    const poison = unreadable(northwind);

    expect(
      poison.map(({ wire }) => (wire['transactionAmount'] as { amount: string }).amount).filter(amount => amount === 'abc'),
    ).toHaveLength(1);
    expect(poison.filter(({ wire }) => dayOf(wire) === undefined)).toHaveLength(1);
    expect(poison).toHaveLength(2);
    expect(
      poison.filter(({ accountId, line }) => northwind.truth.some(entry => entry.accountId === accountId && entry.line === line)),
    ).toEqual([]);
    expect(unreadable(aurora)).toEqual([]);
    expect(
      [northwind, aurora].flatMap(({ accounts }) => accounts.flatMap(({ pending }) => pending)).filter(wire => !isReadable(wire)),
    ).toEqual([]);
  });

  it('books every line in the 85 days before today, newest first [BNK-006]', () => {
    for (const { booked } of [...northwind.accounts, ...aurora.accounts]) {
      const days = booked.filter(isReadable).map(wire => dayOf(wire) ?? '');
      expect(days.filter(day => day < addDays(today, -85) || day >= today)).toEqual([]);
      expect(booked.map(bookingDayOf).filter(day => day !== undefined)).toEqual(
        booked
          .map(bookingDayOf)
          .filter(day => day !== undefined)
          .sort()
          .reverse(),
      );
    }
  });

  it('names lines and accounts as banks do: unique, repeated or not at all [BNK-006]', () => {
    const idsAt = (format: string) => accountOf(northwind, format).booked.map(wire => wire['transactionId']);

    expect(new Set([...northwind.accounts, ...aurora.accounts].map(({ id }) => z.uuid().parse(id))).size).toBe(13);
    expect(new Set([...northwind.accounts, ...aurora.accounts].map(({ iban }) => remainderOf(iban)))).toEqual(new Set([1n]));
    expect(new Set(idsAt('SANDBOXFINANCE_SFIN0000')).size).toBe(idsAt('SANDBOXFINANCE_SFIN0000').length);
    expect(new Set(idsAt('BELFIUS_GKCCBEBB')).size).toBe(1);
    expect(new Set(idsAt('BPER_RETAIL_BPMOIT22'))).toEqual(new Set([undefined]));
  });

  it('hides who paid at most banks [BNK-006]', () => {
    const named = northwind.accounts.filter(({ booked }) => booked.some(wire => 'debtorName' in wire));

    expect(named).toHaveLength(3);
  });

  describe.each([
    ['northwind', northwind],
    ['aurora', aurora],
  ])('the truth about %s', (_slug, business) => {
    it('names lines and open invoices that exist [BNK-006]', () => {
      for (const entry of business.truth) {
        expect(isReadable(lineOf(business, entry))).toBe(true);
        for (const invoice of invoicesOf(business, entry)) {
          expect(invoice.status).toBe('Unpaid');
          expect(invoice.date <= (dayOf(lineOf(business, entry)) ?? '')).toBe(true);
        }
      }
    });

    it('agrees with the amounts and currencies on the lines [BNK-006]', () => {
      for (const entry of business.truth) {
        const { amount, currency } = readableLine.parse(lineOf(business, entry)).transactionAmount;
        const due = invoicesOf(business, entry).reduce((sum, { total }) => sum + minor(total), 0n);
        expect({ kind: entry.kind, ...comparison(minor(amount), due), isOwnCurrency: currency === business.currency }).toEqual(
          EXPECTED[entry.kind](entry.kind),
        );
      }
    });

    it('can be read from the lines: the number or the name is there, and only one unpaid invoice fits the name [BNK-006]', () => {
      for (const entry of business.truth) {
        const text = textOf(lineOf(business, entry));
        for (const invoice of invoicesOf(business, entry)) expect(isTold(business, entry.kind, invoice, text)).toBe(true);
      }
    });

    it('leaves ties, strangers, late payments and refunds out [BNK-006]', () => {
      const known = new Set(business.truth.map(({ accountId, line }) => `${accountId} ${String(line)}`));
      const left = business.accounts.flatMap(({ id, booked }) =>
        booked.filter((wire, line) => isReadable(wire) && !known.has(`${id} ${String(line)}`)),
      );
      const open = business.whmcs.invoices.filter(({ status }) => status === 'Unpaid').map(({ total }) => total);
      const amounts = left.map(wire => readableLine.parse(wire).transactionAmount.amount);

      expect(amounts.filter(amount => !amount.startsWith('-')).length).toBeGreaterThan(10);
      expect(amounts.filter(amount => open.includes(parsed(amount))).length).toBeGreaterThanOrEqual(business.slug === 'northwind' ? 15 : 5);
      expect(left.filter(wire => /Erstattung|Refund/i.test(textOf(wire))).length).toBeGreaterThanOrEqual(2);
    });
  });

  it('has a stream of numbers and a stream of plain ids, none of them twice [BNK-006]', () => {
    const numbers = northwind.whmcs.invoices.map(({ invoicenum }) => invoicenum);

    expect(numbers.filter(number => number === '').length).toBeGreaterThan(10);
    expect(numbers.filter(number => number !== '' && !/^NW-20\d\d-\d{5}$/.test(number))).toEqual([]);
    expect(new Set(numbers.filter(number => number !== '')).size).toBe(numbers.filter(number => number !== '').length);
    expect(new Set(northwind.whmcs.invoices.map(({ id }) => id)).size).toBe(130);
  });

  it('adds up the items of every invoice [BNK-006]', () => {
    for (const { total, items } of [...northwind.whmcs.invoices, ...aurora.whmcs.invoices]) {
      expect(items.reduce((sum, { amount }) => sum + minor(amount), 0n)).toBe(minor(total));
    }
  });

  it('gives two tenants the same transaction ids and invoice numbers for different things [BNK-006]', () => {
    const shared = (values: (business: Business) => readonly unknown[]) =>
      values(aurora).filter(value => value !== undefined && value !== '' && values(northwind).includes(value)).length;

    expect(shared(({ accounts }) => accounts.flatMap(({ booked }) => booked.map(wire => wire['transactionId'])))).toBeGreaterThanOrEqual(
      10,
    );
    expect(
      shared(({ accounts }) => accounts.flatMap(({ booked }) => booked.map(wire => wire['internalTransactionId']))),
    ).toBeGreaterThanOrEqual(10);
    expect(shared(({ whmcs }) => whmcs.invoices.map(({ invoicenum }) => invoicenum))).toBeGreaterThanOrEqual(10);
    expect(shared(({ whmcs }) => whmcs.invoices.map(({ id }) => id))).toBe(40);
    expect(shared(({ accounts }) => accounts.map(({ id }) => id))).toBe(0);
  });

  it('is the same again for the same seed and day, and another for another seed [BNK-006]', () => {
    expect(JSON.stringify(buildWorld({ seed, today }))).toBe(JSON.stringify({ businesses: [northwind, aurora] }));
    expect(JSON.stringify(buildWorld({ seed: seed + 1, today }))).not.toBe(JSON.stringify({ businesses: [northwind, aurora] }));
  });
});

/** Which fields the lines of an account have, whatever their values. */
const shapeOf = ({ booked }: SandboxAccount): string => [...new Set(booked.flatMap(wire => Object.keys(wire)))].sort().join();

function businessesOf([northwind, aurora]: readonly Business[]): Record<'northwind' | 'aurora', Business> {
  if (northwind?.slug !== 'northwind' || aurora?.slug !== 'aurora') throw new Error('The businesses are not those that were asked for');
  return { northwind, aurora };
}

const linesOf = ({ accounts }: Business): WireLine[] => accounts.flatMap(({ booked }) => booked);

function accountOf({ accounts }: Business, format: string): SandboxAccount {
  const found = accounts.find(candidate => candidate.format === format);
  if (!found) throw new Error(`No account has the format ${format}`);
  return found;
}

function lineOf({ accounts }: Business, { accountId, line }: TruePayment): WireLine {
  const wire = accounts.find(({ id }) => id === accountId)?.booked[line];
  if (!wire) throw new Error(`The truth names line ${line} of ${accountId}, which does not exist`);
  return wire;
}

const invoicesOf = ({ whmcs }: Business, { invoiceIds }: TruePayment): SandboxInvoice[] =>
  invoiceIds.map(id => {
    const invoice = whmcs.invoices.find(candidate => candidate.id === id);
    if (!invoice) throw new Error(`The truth names invoice ${id}, which does not exist`);
    return invoice;
  });

/** EUR stands for any currency with two decimal places. */
const minor = (amount: string): bigint => parseMoney(amount, 'EUR').amountMinor;
const parsed = (amount: string): string => `${amount.split('.')[0] ?? ''}.${(amount.split('.')[1] ?? '').padEnd(2, '0')}`;

const comparison = (paid: bigint, due: bigint) => ({ isCredit: paid > 0n, isExact: paid === due, isLess: paid < due });

const exact = (kind: PaymentKind) => ({ kind, isCredit: true, isExact: true, isLess: false, isOwnCurrency: true });
const EXPECTED: Readonly<Record<PaymentKind, (kind: PaymentKind) => object>> = {
  exact,
  noisy: exact,
  wrapped: exact,
  'bare-number': exact,
  'payer-name': exact,
  'shortened-name': exact,
  'two-invoices': exact,
  partial: kind => ({ ...exact(kind), isExact: false, isLess: true }),
  overpayment: kind => ({ ...exact(kind), isExact: false }),
  'other-currency': kind => ({ ...exact(kind), isExact: false, isOwnCurrency: false }),
};

/** Everything that is written on a line, its ids and codes left out. */
const textOf = (wire: WireLine): string =>
  Object.entries(wire)
    .filter(([field]) => /Name$|^remittance/.test(field))
    .flatMap(([, value]) => value)
    .join(' ');

const bare = (text: string): string => capitals(text).replace(/[^A-Z0-9]/g, '');

function isTold(business: Business, kind: PaymentKind, invoice: SandboxInvoice, text: string): boolean {
  const reference = invoice.invoicenum || invoice.id;
  if (kind === 'payer-name' || kind === 'shortened-name')
    return isOnlyOne(business, invoice) && bare(text).includes(bare(nameOf(business, invoice)));
  if (kind === 'bare-number') return text.includes(reference.split('-').at(-1) ?? reference) && !text.includes('NW-');
  if (kind === 'wrapped')
    return bare(text).includes(bare(reference)) && !text.split(/\n| {2}/).some(part => part.split(' ').includes(reference));
  return kind === 'noisy' ? bare(text).includes(bare(reference)) : text.includes(reference);
}

/** What is left of the customer's name when it is shortened as far as it can be. */
function nameOf({ whmcs }: Business, { userid }: SandboxInvoice): string {
  const client = whmcs.clients.find(({ id }) => id === userid);
  return (client?.companyname.split(' ')[0] ?? '') || (client?.lastname ?? 'nobody');
}

const isOnlyOne = ({ whmcs }: Business, { userid, total }: SandboxInvoice): boolean =>
  whmcs.invoices.filter(other => other.userid === userid && other.total === total && other.status === 'Unpaid').length === 1;

/** 1 for an IBAN with right check digits. */
const remainderOf = (iban: string): bigint =>
  BigInt(`${iban.slice(4)}${iban.slice(0, 4)}`.replace(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55))) % 97n;
