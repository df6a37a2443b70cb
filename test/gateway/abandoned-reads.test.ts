import { startApp, type TestApp } from '../support/app';
import { aBusiness } from '../support/business';
import { synced } from '../support/journey';

/** Its first field fails at once and takes the whole answer with it, while the others are still being read. */
const FAILS_EARLY = `{ transactions(after: "no cursor") { totalCount }
  connections { nodes { accounts { connection { latestSync { rejectedLines { reason } connection { accounts { iban } } } } } } } }`;

describe('an operation whose answer is given up early', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    await synced(app, app.tenant('northwind'));
  });
  afterAll(() => app.close());

  it('leaves no transaction behind, however often it is sent [API-004] [API-010]', async () => {
    const ask = app.tenant('northwind').as('OWNER');
    for (let round = 0; round < 12; round += 1) {
      const { data, errors } = await ask(FAILS_EARLY);
      expect(data).toBeNull();
      expect(errors).toMatchObject([{ path: ['transactions'], extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    await new Promise(resolve => setTimeout(resolve, 200));

    const open = await app.db.query(
      `select query from pg_stat_activity where datname = current_database() and usename = 'payymo_app' and state like 'idle in transaction%'`,
    );

    expect(open).toEqual([]);
  });
});
