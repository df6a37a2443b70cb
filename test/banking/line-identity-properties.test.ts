import fc from 'fast-check';

import { bankSteps, type Numbering, numberings, StoredAccount, SteppingBank } from '../support/banking-lines';

const RUNS = { numRuns: 150 };
/** Of the day before the step: pending lines settle and late lines come at most so many days back. */
const OVERLAP_DAYS = 3;

describe('the identity of bank lines over a life of fetches', () => {
  it.each(numberings)('stores what the bank has, line for line, when its ids are %s [BNK-003]', numbering => {
    fc.assert(
      fc.property(bankSteps, steps => {
        const [bank, account] = [new SteppingBank(numbering), new StoredAccount()];
        for (const step of steps) {
          bank.step(step);
          account.apply(bank.fetch(bank.day - OVERLAP_DAYS));
          expect(account.contents()).toEqual(bank.contents());
        }
      }),
      RUNS,
    );
  });

  it.each(numberings)('does the same when fetches are left out and windows overlap by chance, with ids %s [BNK-003]', numbering => {
    const fetches = fc.array(fc.record({ done: fc.boolean(), extra: fc.integer({ min: 0, max: 9 }) }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(bankSteps, fetches, (steps, plans) => {
        const [bank, account] = [new SteppingBank(numbering), new StoredAccount()];
        let synced = bank.day;
        steps.forEach((step, at) => {
          bank.step(step);
          const { done, extra } = plans[at] ?? { done: true, extra: 0 };
          if (!done && at < steps.length - 1) return;
          account.apply(bank.fetch(Math.max(1, synced - OVERLAP_DAYS - extra)));
          synced = bank.day;
        });
        expect(account.contents()).toEqual(bank.contents());
      }),
      RUNS,
    );
  });

  it('has nothing to do for a fetch that it has just stored, whatever the ids [BNK-003]', () => {
    const stable = numberings.filter((numbering): numbering is Numbering => numbering !== 'reissued');
    fc.assert(
      fc.property(fc.constantFrom(...stable), bankSteps, (numbering, steps) => {
        const [bank, account] = [new SteppingBank(numbering), new StoredAccount()];
        for (const step of steps) {
          bank.step(step);
          const fetched = bank.fetch(1);
          account.apply(fetched);
          expect(account.apply(fetched)).toEqual({ insert: [], update: [], remove: [] });
        }
      }),
      RUNS,
    );
  });

  it.each(['stable', 'none', 'other when booked'] as const)('never gives up the row of a booked line, with ids %s [BNK-003]', numbering => {
    fc.assert(
      fc.property(bankSteps, steps => {
        const [bank, account] = [new SteppingBank(numbering), new StoredAccount()];
        let booked: string[] = [];
        for (const step of steps) {
          bank.step(step);
          account.apply(bank.fetch(bank.day - OVERLAP_DAYS));
          const now = account.rows.filter(({ status }) => status === 'BOOKED').map(({ id }) => id);
          expect(now).toEqual(expect.arrayContaining(booked));
          booked = now;
        }
      }),
      RUNS,
    );
  });
});
