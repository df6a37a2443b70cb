import { sqlModule } from './layers';
import { proveIsolation } from './prove';

jest.mock('../../src/platform/database/sql', () => sqlModule());
jest.setTimeout(120_000);

const OPERATIONS = 334;

describe('a tenant that asks for anything in any way', () => {
  it.each([
    ['with both layers', { queryScope: true, rowLevelSecurity: true }],
    ['with row-level security alone', { queryScope: false, rowLevelSecurity: true }],
    ['with the query scope alone', { queryScope: true, rowLevelSecurity: false }],
  ])('sees and changes nothing of another, %s [SEC-016]', async (_layers, layers) => {
    const { operations, executed, withData } = await proveIsolation({ operations: OPERATIONS, layers });

    expect(operations).toBe(OPERATIONS);
    // Most of what is generated must be worth something.
    expect(executed).toBeGreaterThan(OPERATIONS * 0.6);
    expect(withData).toBeGreaterThan(OPERATIONS * 0.2);
  });

  it('would be caught: with neither layer the same operations show what is another’s [SEC-016]', async () => {
    await expect(proveIsolation({ operations: OPERATIONS, layers: { queryScope: false, rowLevelSecurity: false } })).rejects.toThrow(
      /another tenant's|Rows of other tenants changed/,
    );
  });
});
