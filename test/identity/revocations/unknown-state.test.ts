import { Revocations } from '../../../src/identity/revocations/revocations';
import { newId } from '../../../src/platform/database/ids';
import { createLogger } from '../../../src/platform/logging/logger';
import { startApp, type TestApp } from '../../support/app';
import { aBusiness } from '../../support/business';
import { TestClock } from '../../support/clock';
import { codeOf } from '../../support/sessions';

const token = { jti: newId(), tenantId: newId(), sessionId: newId(), sessionVersion: 1, userId: newId(), clientId: null };
const log = createLogger({ level: 'silent', environment: 'test', service: 'test', format: 'json' });
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 20));
};

describe('when what was revoked cannot be known', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());

  const ask = () => codeOf(app.tenant('northwind').as('OWNER')('{ __typename }'));
  const allowConnections = async (allow: boolean) => {
    const [database] = await app.db.query<{ name: string }>('select current_database() as name');
    const [act, preposition] = allow ? ['grant', 'to'] : ['revoke', 'from'];
    await app.db.query(`${act} connect on database ${database?.name ?? ''} ${preposition} public, payymo_app`);
  };
  const cut = () =>
    app.db.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'payymo_app' and datname = current_database()`);

  it('every access token is refused, health says why, and all is well again with the database [SEC-009] [SEC-022]', async () => {
    expect(await ask()).toBe('200');

    await allowConnections(false);
    try {
      await cut();
      await until(async () => (await ask()) !== '200');
      expect(await ask()).toBe('UNAVAILABLE');
      expect(await app.revocations.health()).toMatch(/not known/);
    } finally {
      await allowConnections(true);
    }

    await until(async () => (await ask()) === '200');
    expect(await app.revocations.health()).toBeUndefined();
  });

  it('a connection that is cut in between two questions costs nothing [SEC-009]', async () => {
    await cut();
    await new Promise(resolve => setTimeout(resolve, 300));

    expect(await ask()).toBe('200');
  });

  it.each([
    ['before it was started', (made: Revocations) => Promise.resolve(made)],
    [
      'after it was stopped',
      async (made: Revocations) => {
        await made.start();
        await made.stop();
      },
    ],
  ])('a check %s refuses [SEC-022]', async (_when, prepare) => {
    const made = new Revocations({ url: app.db.appUrl, database: app.database, clock: new TestClock(), log });
    await prepare(made);

    await expect(made.check(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('a process does not start without the database [SEC-022]', async () => {
    const url = 'postgres://nobody:nothing@127.0.0.1:1/none';
    const made = new Revocations({ url, database: app.database, clock: new TestClock(), log });

    await expect(made.start()).rejects.toThrow();
    await made.stop();
  });

  it.each([
    ['between two questions', () => undefined],
    ['in the middle of one, which runs out of time by that,', () => void app.revocations.refresh().catch(() => undefined)],
  ])('a check after a hiccup of the process %s reads the state first [SEC-009]', async (_when, before) => {
    const { uuid: tenantId } = app.tenant('northwind');
    const revoked = { ...token, jti: newId(), tenantId };
    await app.db.query(
      `insert into revocations (tenant_id, id, kind, subject, expires_at) values ($1, $2, 'token', $3, now() + interval '6 minutes')`,
      [tenantId, newId(), revoked.jti],
    );
    before();
    // The poll cannot run meanwhile.
    const end = performance.now() + 1_100;
    while (performance.now() < end);

    await expect(app.revocations.check(revoked)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('a database that hangs is given up, and the check refuses in time [SEC-022]', async () => {
    const made = new Revocations({ url: app.db.appUrl, database: app.database, clock: new TestClock(), log });
    await made.start();
    await app.db.query('begin');
    await app.db.query('lock table revocations in access exclusive mode');
    try {
      await new Promise(resolve => setTimeout(resolve, 1_000));
      const began = performance.now();
      await expect(made.check(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(performance.now() - began).toBeLessThan(3_000);
    } finally {
      await app.db.query('rollback');
      await made.stop();
    }
  });
});
