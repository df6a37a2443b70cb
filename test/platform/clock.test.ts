import fc from 'fast-check';

import { addDays, DAY_MS, isoDate } from '../../src/platform/clock';

describe('calendar days', () => {
  it.each([
    ['2026-03-31', -30, '2026-03-01'],
    ['2026-03-01', -30, '2026-01-30'],
    ['2024-03-01', -1, '2024-02-29'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-10-25', 1, '2026-10-26'],
  ])(
    '%s and %i days are %s: fault 4 of the earlier Payymo failed on every day of the month but the 31st [BNK-003]',
    (date, days, expected) => {
      expect(addDays(date, days)).toBe(expected);
    },
  );

  it('go forward and back again, on every day of every month [BNK-003]', () => {
    const aDay = fc.integer({ min: 0, max: 40_000 }).map(days => isoDate(new Date(days * DAY_MS)));
    fc.assert(fc.property(aDay, fc.integer({ min: -800, max: 800 }), (date, days) => addDays(addDays(date, days), -days) === date));
  });
});
