import { jobPrincipal } from '../../src/platform/auth/principal';
import { Connection } from '../../src/banking/connection.model';
import { Scope } from '../../src/platform/database/scope';
import { sql, tenant } from '../../src/platform/database/sql';
import { aTenantedDatabase, openTransactions, type TenantedDatabase } from '../support/tenanted-database';

const NAMES = sql`select name from users where tenant_id = ${tenant}`;

let on: TenantedDatabase;
let scope: Scope;
beforeAll(async () => {
  on = await aTenantedDatabase({ pool: 2 });
});
afterAll(() => on.close());
beforeEach(() => {
  scope = on.scope(on.northwind);
});
afterEach(() => scope.end());

describe('a scope', () => {
  it('of nobody reaches nothing [SEC-016]', async () => {
    const nobody = new Scope(on.database, null, 'test');

    expect(() => {
      nobody.require('matches:approve');
    }).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error);
    expect(() => nobody.rows(NAMES)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error);
    await expect(nobody.change(() => Promise.resolve())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await nobody.end();
  });

  it('reads on after a statement that failed, in a transaction that works [SEC-016] [API-009]', async () => {
    const failing = scope.rows(sql`select 1 / 0 from users where tenant_id = ${tenant}`);
    const waiting = scope.rows(NAMES);

    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await waiting).toEqual(await scope.rows(NAMES));
    await scope.end();
    expect(await openTransactions(on)).toBe(0);
  });

  it('requires a permission by its name [SEC-016]', () => {
    expect(() => {
      scope.require('matches:approve');
    }).not.toThrow();
    expect(() => {
      scope.require('matches:reject');
    }).toThrow(expect.objectContaining({ code: 'FORBIDDEN', details: { scope: 'matches:reject' } }) as Error);
  });

  it('of a tenant whose id is no UUID opens no transaction [SEC-016]', async () => {
    const forged = new Scope(on.database, jobPrincipal(`x'); select pg_sleep(1); --`, 'test'), 'test');

    await expect(forged.change(() => Promise.resolve())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(forged.rows(NAMES)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('reading', () => {
  it('opens one transaction, at the first read, and ends it [SEC-016]', async () => {
    expect(await openTransactions(on)).toBe(0);

    const id = sql`select pg_current_xact_id()::text as id where ${tenant}::uuid is not null`;
    const seen = await Promise.all([scope.rows<{ id: string }>(id), scope.rows<{ id: string }>(id)]);
    expect(await openTransactions(on)).toBe(1);
    expect(seen[0]).toEqual(seen[1]);

    await scope.end();
    expect(await openTransactions(on)).toBe(0);
    await scope.end();
  });

  it('gives the rows of the tenant [SEC-016]', async () => {
    expect(await scope.rows(NAMES)).toEqual([{ name: 'northwind' }]);
  });

  it('refuses a statement without its tenant before it is sent [SEC-016]', () => {
    expect(() => scope.rows(sql`select name from users`)).toThrow('must name its tenant');
  });

  it('answers reads of one moment in their order, each with its own rows [SEC-016]', async () => {
    const reads = Array.from({ length: 20 }, (_, at) => scope.rows(sql`select ${at}::int as at where ${tenant}::uuid is not null`));

    expect(await Promise.all(reads)).toEqual(Array.from({ length: 20 }, (_, at) => [{ at }]));
  });

  it('leaves nothing open after a read that failed [SEC-016]', async () => {
    await expect(scope.rows(sql`select 1 / 0 where ${tenant}::uuid is not null`)).rejects.toThrow('division by zero');
    await scope.end();

    expect(await openTransactions(on)).toBe(0);
    expect(await scope.rows(NAMES)).toEqual([{ name: 'northwind' }]);
  });
});

describe('a change', () => {
  const rename = (name: string) => sql`update users set name = ${name} where tenant_id = ${tenant}`;
  const nameNow = async () =>
    (await on.db.query<{ name: string }>('select name from users where tenant_id = $1', [on.northwind.id]))[0]?.name;
  afterEach(() => on.db.query('update users set name = $2 where tenant_id = $1', [on.northwind.id, 'northwind']));

  it('is committed before it returns [SEC-016]', async () => {
    expect(await scope.change(async transaction => { await scope.rowsIn(transaction, rename('new')); return 'done'; })).toBe('done');
    expect(await nameNow()).toBe('new');
  }); // prettier-ignore

  it('is rolled back when the work throws, and the error comes through [SEC-016]', async () => {
    const failure = new Error('no');

    await expect(scope.change(async transaction => { await scope.rowsIn(transaction, rename('new')); throw failure; })).rejects.toBe(failure);
    expect(await nameNow()).toBe('northwind');
    expect(await openTransactions(on)).toBe(0);
  }); // prettier-ignore

  it('needs no second connection beside the reads of its operation [SEC-016]', async () => {
    const scopes = [on.scope(on.northwind), on.scope(on.aurora)];
    await Promise.all(scopes.map(one => one.rows(NAMES)));
    expect(await openTransactions(on)).toBe(2);

    await Promise.all(scopes.map(one => one.change(transaction => one.rowsIn(transaction, NAMES))));

    expect(await openTransactions(on)).toBe(0);
  }, 5_000);

  it('is seen by the reads that follow [SEC-016]', async () => {
    await scope.rows(NAMES);
    await scope.change(transaction => scope.rowsIn(transaction, rename('new')));

    expect(await scope.rows(NAMES)).toEqual([{ name: 'new' }]);
  });

  it.each(['40001', '40P01'])('is repeated for SQLSTATE %s, three times at most [SEC-016]', async code => {
    let attempts = 0;
    const failing = (times: number) => () => {
      attempts += 1;
      return attempts <= times ? Promise.reject(Object.assign(new Error('again'), { parent: { code } })) : Promise.resolve(attempts);
    };

    expect(await scope.change(failing(2))).toBe(3);
    attempts = 0;
    await expect(scope.change(failing(3))).rejects.toThrow('again');
    expect(attempts).toBe(3);
  });

  it.each(['23505', '57014', undefined])('is not repeated for SQLSTATE %s [SEC-016]', async code => {
    let attempts = 0;

    await expect(scope.change(() => { attempts += 1; return Promise.reject(Object.assign(new Error('no'), { code })); })).rejects.toThrow('no');
    expect(attempts).toBe(1);
  }); // prettier-ignore

  it('survives a real deadlock with another one [SEC-016]', async () => {
    await on.db.query(`insert into users (tenant_id, id, email, name, role, password_hash)
      select tenant_id, gen_random_uuid(), 'second@rows.example', 'second', 'OWNER', 'none' from users where tenant_id = $1`, [on.northwind.id]);
    const touch = (email: string) => sql`update users set last_signed_in_at = now() where tenant_id = ${tenant} and email = ${email}`;
    let met = 0;
    const crossing = (emails: readonly [string, string]) => {
      const one = on.scope(on.northwind);
      return one.change(async transaction => {
        await one.rowsIn(transaction, touch(emails[0]));
        met += 1;
        while (met < 2) await new Promise(resolve => setTimeout(resolve, 5));
        await one.rowsIn(transaction, touch(emails[1]));
        return 'done';
      });
    };
    const [a, b] = ['northwind@rows.example', 'second@rows.example'] as const;

    expect(await Promise.all([crossing([a, b]), crossing([b, a])])).toEqual(['done', 'done']);
    // The loser began again; how often is PostgreSQL's to decide.
    expect(met).toBeGreaterThanOrEqual(3);
  }); // prettier-ignore

  it('works through models in the same transaction [SEC-016]', async () => {
    await expect(
      scope.change(async transaction => {
        await Connection.update({ statusReason: 'gone' }, { where: {}, transaction });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');

    expect(await on.db.query('select from connections where status_reason is not null')).toEqual([]);
  });
});

describe('what an operation remembers', () => {
  const key = {};

  it('is made once, for each scope anew [SEC-016]', () => {
    expect(scope.once(key, () => 'first')).toBe('first');
    expect(scope.once(key, () => 'second')).toBe('first');
    expect(on.scope(on.northwind).once(key, () => 'other')).toBe('other');
  });

  it('is forgotten after a change, but not after one that failed [SEC-016]', async () => {
    scope.once(key, () => 'before');

    await expect(scope.change(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(scope.once(key, () => 'after')).toBe('before');
    await scope.change(() => Promise.resolve());
    expect(scope.once(key, () => 'after')).toBe('after');
  });
});
