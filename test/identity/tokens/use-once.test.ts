import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

import { useOnce } from '../../../src/identity/tokens/use-once';
import { Database } from '../../../src/platform/database/database';
import { aDatabase, type TestDatabase } from '../../support/database';

describe('what may be used once', () => {
  let db: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    db = await aDatabase();
    database = new Database({ url: db.appUrl, pool: 10 });
  });
  afterAll(async () => {
    await database.stop();
    await db.drop();
  });

  const soon = () => new Date(Date.now() + 60_000);
  const remembered = async () => Number((await db.query<{ count: string }>('select count(*) from payymo.used_once'))[0]?.count);

  it('is new once, in whatever order and number it comes [SEC-007]', async () => {
    const keys = Array.from({ length: 5 }, () => randomBytes(32));

    const answers = await Promise.all(keys.flatMap(key => Array.from({ length: 10 }, () => useOnce(database, key, soon()))));

    expect(answers.filter(Boolean)).toHaveLength(5);
    for (const key of keys) expect(await useOnce(database, key, soon())).toBe(false);
  });

  it('is forgotten when its time is up, and not before [SEC-007]', async () => {
    const [past, key] = [randomBytes(32), randomBytes(32)];
    await useOnce(database, past, new Date(Date.now() - 1_000));
    await useOnce(database, key, soon());

    await useOnce(database, randomBytes(32), soon());

    expect(await useOnce(database, key, soon())).toBe(false);
    expect(await useOnce(database, past, soon())).toBe(true);
  });

  it('leaves nothing behind that grows: expired keys go with each new one [SEC-022]', async () => {
    await db.query(
      `insert into payymo.used_once select sha256(n::text::bytea), now() - interval '1 second' from generate_series(1, 100) n`,
    );
    const before = await remembered();

    for (let at = 0; at < 6; at += 1) await useOnce(database, randomBytes(32), soon());

    expect(await remembered()).toBe(before - 100 + 6);
  });

  it.each([['of 31 bytes', 31], ['of 33 bytes', 33], ['of no byte', 0]])('is refused under a key %s [SEC-017]', async (_what, length) => {
    await expect(useOnce(database, randomBytes(length), soon())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  }); // prettier-ignore

  it('is not used while the database cannot say so [SEC-017]', async () => {
    const silent = { callUntenanted: <Row>() => Promise.resolve<Row[]>([]) };

    expect(await useOnce(silent, randomBytes(32), soon())).toBe(false);
  });

  it('is neither read nor deleted by the application, but through its function [SEC-016]', async () => {
    const client = new Client({ connectionString: db.appUrl });
    await client.connect();
    for (const text of [
      'select from payymo.used_once',
      'delete from payymo.used_once',
      `insert into payymo.used_once values ('', now())`,
    ]) {
      await expect(client.query(text)).rejects.toThrow('permission denied');
    }
    await client.end();
  });
});
