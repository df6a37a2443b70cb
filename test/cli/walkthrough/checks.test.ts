import { Narrator } from '../../../src/cli/walkthrough/narrator';
import { follow } from '../../../src/cli/walkthrough/patience';
import { countByAccount } from '../../../src/cli/walkthrough/read-transactions';
import { table } from '../../../src/cli/walkthrough/table';
import { requireOnePayment } from '../../../src/cli/walkthrough/whmcs-payments';
import { aProposal } from './a-proposal';

const aPayment = (transid: string) => ({ invoiceid: '801', transid, amountin: '118.45' });
const OURS = aPayment('payymo-mat_1');
const QUICK = { pollMs: 1, stalledMs: 60, totalMs: 120 };

let printed: string[];
let narrator: Narrator;
beforeEach(() => {
  printed = [];
  narrator = new Narrator((line = '') => printed.push(line));
  narrator.step('Sign in');
  narrator.step('Approve');
});

describe('the checks of the walkthrough', () => {
  it('accept exactly one new payment, that of the match [UX-002]', () => {
    const earlier = aPayment('cash');

    requireOnePayment({ narrator }, aProposal(), [earlier], [earlier, OURS]);

    expect(printed.at(-1)).toContain('exactly one payment on invoice NW-801: 118.45, transaction payymo-mat_1');
  });

  it.each([
    ['none', [], 'exactly one payment of this match, but there are 0'],
    ['the payment of somebody else', [aPayment('cash')], 'exactly one payment of this match, but there are 0'],
    ['the payment twice', [OURS, OURS], 'exactly one payment of this match, but there are 2'],
    ['another payment beside it', [OURS, aPayment('cash')], 'exactly one more payment on the invoice, but 0 became 2'],
  ])('refuse %s, and name the step, what was expected and what came [UX-002]', (_what, after, message) => {
    expect(() => {
      requireOnePayment({ narrator }, aProposal(), [], after);
    }).toThrow(`Step 2 (Approve): expected ${message}`);
  });
});

describe('following long work', () => {
  const telling = { isDone: (done: number) => done === 3, describe: (done: number) => `${done} of 3`, expected: 'the end' };

  it('tells each change once, until it is done [UX-002]', async () => {
    const states = [0, 0, 1, 1, 3];

    expect(await follow(narrator, () => Promise.resolve(states.shift() ?? 9), telling, QUICK)).toBe(3);
    expect(printed.slice(-3)).toEqual(['   0 of 3', '   1 of 3', '   3 of 3']);
  });

  it('gives up when nothing moves [UX-002]', async () => {
    await expect(follow(narrator, () => Promise.resolve(1), telling, QUICK)).rejects.toThrow(
      'Step 2 (Approve): expected the end, but nothing has moved for 0 s (1 of 3): does the worker run?',
    );
  });

  it('gives up when it moves for ever [UX-002]', async () => {
    let done = 3;

    await expect(follow(narrator, () => Promise.resolve((done += 1)), telling, QUICK)).rejects.toThrow(
      /expected the end, but it takes longer than 0 s/,
    );
  });
});

describe('what the walkthrough prints', () => {
  it('counts lines by account, though two accounts have the same name [UX-002]', () => {
    const of = (id: string, name: string | null) => ({ account: { id, name } });

    expect(countByAccount([of('a', 'Main'), of('b', 'Main'), of('a', 'Main'), of('c', null)])).toEqual([
      ['Main', 2],
      ['Main', 1],
      ['c', 1],
    ]);
  });

  it('aligns columns and cuts long cells [UX-002]', () => {
    expect(table([['a', 'long text'], ['bcd', 'x']], 8)).toEqual(['a    long ...', 'bcd  x']); // prettier-ignore
  });
});
