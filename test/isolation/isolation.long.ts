import { keep } from '../../bench/results';
import { sqlModule } from './layers';
import { proveIsolation } from './prove';
import { timingGaps } from './timing';

jest.mock('../../src/platform/database/sql', () => sqlModule());
jest.setTimeout(900_000);

const OPERATIONS = 10_000;

describe('a tenant that asks for anything in any way, ten thousand times', () => {
  it.each([
    ['with both layers', { queryScope: true, rowLevelSecurity: true }],
    ['with row-level security alone', { queryScope: false, rowLevelSecurity: true }],
    ['with the query scope alone', { queryScope: true, rowLevelSecurity: false }],
  ])('sees and changes nothing of another, %s [SEC-016]', async (name, layers) => {
    const proof = await proveIsolation({ operations: OPERATIONS, layers, compareEvery: 1_000 });

    expect(proof.operations).toBe(OPERATIONS);
    expect(proof.executed).toBeGreaterThan(OPERATIONS * 0.6);
    expect(proof.withData).toBeGreaterThan(OPERATIONS * 0.2);
    // Had one foreign value been found, nobody would come here.
    keep('isolation', {
      name,
      title: `Generated operations of one tenant against another, ${name}`,
      figures: { ...proof, foreignValues: 0 },
    });
  });
});

describe('the time of an answer', () => {
  it('is the same for an id of another tenant and for one of nobody, at every place that takes an id [SEC-016]', async () => {
    const gaps = await timingGaps();

    const figures = Object.fromEntries(gaps.map(({ place, gapMs }) => [`${place}, ms`, Number(gapMs.toFixed(3))]));
    keep('isolation', { name: 'timing', title: 'Between the medians for foreign and for unknown ids; the goal is 10 ms', figures });
    expect(gaps.length).toBeGreaterThan(5);
    // A look-up that finds a row costs some tenths of a millisecond more than one that does not: far apart from noise, far below this.
    expect(gaps.filter(({ gapMs }) => gapMs > 10)).toEqual([]);
  });
});
