import { execFileSync } from 'node:child_process';

import { decimalOf } from '../../../src/platform/money';
import { translateLine } from '../../../src/providers/gocardless-bank-data/translate';
import type { GoCardlessSandbox } from '../../sandbox/gocardless-bank-data/server';
import { aWireLine, bankOf, connect, pathsOf, startSandbox } from './world';

/** Each is a fault that the earlier Payymo had. */
describe('regressions of the earlier Payymo', () => {
  let sandbox: GoCardlessSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it('fault 1 of the earlier Payymo: speaks the real flow, token, agreement, requisition, and no OAuth [BNK-001]', async () => {
    const bank = bankOf(sandbox);
    const { accountIds } = await bank.consent(await connect(bank));
    await bank.lines(accountIds[0] ?? '', '2026-03-01', '2026-03-09');

    expect(pathsOf(sandbox).map(path => path.replace(/[0-9a-f-]{36}/g, '{id}'))).toEqual([
      'POST /api/v2/token/new/',
      'GET /api/v2/institutions/FJORDBANK_FJBKNO22/',
      'POST /api/v2/agreements/enduser/',
      'POST /api/v2/requisitions/',
      'GET /psd2/start/{id}/FJORDBANK_FJBKNO22',
      'GET /api/v2/requisitions/{id}/',
      'GET /api/v2/accounts/{id}/transactions/?date_from=2026-03-01&date_to=2026-03-09',
    ]);
    expect(sandbox.requests.map(({ status }) => status)).toEqual([200, 200, 201, 201, 302, 200, 200]);
  });

  it.each([
    ['1200', 'JPY', 1_200n],
    ['1200.00', 'JPY', 1_200n],
    ['-3.5', 'KWD', -3_500n],
    ['0.125', 'KWD', 125n],
    ['0.10', 'EUR', 10n],
    ['90071992547409.93', 'EUR', 9_007_199_254_740_993n],
  ])('fault 5 of the earlier Payymo: reads %s %s by the exponent of its currency, without a float [BNK-001]', (amount, currency, minor) => {
    const line = translateLine(aWireLine({ transactionAmount: { amount, currency } }));

    expect(line).toMatchObject({ amount: { amountMinor: minor, currency } });
    expect('amount' in line && Number(decimalOf(line.amount)) === Number(amount)).toBe(true);
  });

  it('fault 5 of the earlier Payymo: a debit stays negative and names whom we paid [BNK-001]', () => {
    const parties = { debtorName: 'Halvorsen Hosting AS', creditorName: 'Power & Light' };
    const amounts = { in: '80.00', out: '-80.00' };
    const read = (amount: string) => translateLine(aWireLine({ ...parties, transactionAmount: { amount, currency: 'EUR' } }));

    expect(read(amounts.out)).toMatchObject({ amount: { amountMinor: -8_000n }, counterpartyName: 'Power & Light' });
    expect(read(amounts.in)).toMatchObject({ amount: { amountMinor: 8_000n }, counterpartyName: 'Halvorsen Hosting AS' });
  });

  it.each(['Pacific/Kiritimati', 'America/Los_Angeles', 'UTC'])(
    "fault 13 of the earlier Payymo: keeps the bank's own day on a machine in %s [BNK-001]",
    zone => {
      const script = `
        const { translateLine } = require('./src/providers/gocardless-bank-data/translate');
        const line = wire => { const { bookedOn, valueOn } = translateLine({ transactionAmount: { amount: '1', currency: 'EUR' }, ...wire }); return [bookedOn, valueOn]; };
        process.stdout.write(JSON.stringify([
          line({ bookingDate: '2026-03-29', valueDateTime: '2026-03-29T00:10:00+14:00' }),
          line({ bookingDateTime: '2026-01-01T00:30:00+01:00', valueDate: '2025-12-31' }),
          line({ bookingDateTime: '2026-02-28T23:59:59-11:00' }),
        ]));`;

      const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=commonjs', '--eval', script], {
        env: { ...process.env, TZ: zone },
      });

      expect(JSON.parse(output.toString())).toEqual([
        ['2026-03-29', '2026-03-29'],
        ['2026-01-01', '2025-12-31'],
        ['2026-02-28', null],
      ]);
    },
  );
});
