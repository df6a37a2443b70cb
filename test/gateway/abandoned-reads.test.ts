import { startApp, type TestApp } from '../support/app';
import { aBusiness, aLine, anAccount } from '../support/business';
import { synced } from '../support/journey';

/** The status of a transaction must not be null: where it fails, it takes the whole list with it, while the connection is still being read. */
const FAILS_EARLY = `{ transactions { nodes { connection { latestSync { rejectedLines { reason } connection { accounts { iban } } } } status } } }`;

describe('an operation whose answer is given up early', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness({ accounts: [anAccount({ booked: [aLine()] })] })]);
    await synced(app, app.tenant('northwind'));
    await app.db.query(`do $$ declare check_name text; begin
      for check_name in select conname from pg_constraint where conrelid = 'transactions'::regclass and contype = 'c' loop
        execute format('alter table transactions drop constraint %I', check_name);
      end loop; end $$`);
    await app.db.query(`update transactions set status = 'ODD'`);
  });
  afterAll(() => app.close());

  it('leaves no transaction behind, however often it is sent [API-004] [API-010]', async () => {
    const ask = app.tenant('northwind').as('OWNER');
    for (let round = 0; round < 12; round += 1) {
      const { data, errors } = await ask(FAILS_EARLY);
      expect(data).toEqual({ transactions: null });
      expect(errors).toMatchObject([{ path: ['transactions', 'nodes', 0, 'status'], extensions: { code: 'INTERNAL' } }]);
    }
    await new Promise(resolve => setTimeout(resolve, 200));

    const open = await app.db.query(
      `select query from pg_stat_activity where datname = current_database() and usename = 'payymo_app' and state like 'idle in transaction%'`,
    );

    expect(open).toEqual([]);
  });
});
