import { Client } from 'pg';

import { jobPrincipal } from '../../../src/platform/auth/principal';
import { Scope } from '../../../src/platform/database/scope';
import { sql, tenant } from '../../../src/platform/database/sql';
import { anAuditedDatabase, type AuditedDatabase, ENTRIES } from '../../support/audited-database';

let on: AuditedDatabase;
beforeAll(async () => {
  on = await anAuditedDatabase(12);
});
afterAll(() => on.close());
afterEach(() => on.restore());

const scopeOf = (actor = 'test', requestId = 'request-2') => new Scope(on.database, jobPrincipal(on.northwind.id, actor), requestId);
const rename = (name: string) => sql`update users set name = ${name} where tenant_id = ${tenant}`;
interface StoredEntry {
  readonly sequence: string;
  readonly actor: string;
}

const newest = async () =>
  (
    await on.db.query<StoredEntry>(
      `select sequence, actor, request_id, action, object_type, object_id, before, after from audit_entries where tenant_id = $1 and sequence > $2 order by sequence`,
      [on.northwind.id, ENTRIES],
    )
  ).map(({ sequence, ...entry }) => ({ ...entry, sequence: Number(sequence) }));

describe('what a change records', () => {
  it('is committed with it: who, what, before, after, in which request [SEC-020]', async () => {
    const scope = scopeOf('renaming');
    await scope.change(async transaction => {
      scope.record(transaction, {
        action: 'user.renamed',
        object: { type: 'User', id: on.northwind.rowId },
        before: { name: 'a' },
        after: { name: 'b' },
      });
      scope.record(transaction, { action: 'user.noted', object: null });
      await scope.rowsIn(transaction, rename('b'));
    });

    const by = { actor: 'job:renaming', request_id: 'request-2' };
    expect(await newest()).toEqual([
      {
        ...by,
        sequence: 7,
        action: 'user.renamed',
        object_type: 'User',
        object_id: on.northwind.rowId,
        before: { name: 'a' },
        after: { name: 'b' },
      },
      { ...by, sequence: 8, action: 'user.noted', object_type: null, object_id: null, before: null, after: null },
    ]);
    expect(await on.verify()).toMatchObject({ intact: true });
  });

  it('is gone with a change that is rolled back, and leaves no gap [SEC-020]', async () => {
    const scope = scopeOf();
    const failing = scope.change(transaction => {
      scope.record(transaction, { action: 'user.renamed', object: null });
      return Promise.reject(new Error('no'));
    });

    await expect(failing).rejects.toThrow('no');
    await on.append();
    expect((await newest()).map(({ sequence }) => sequence)).toEqual([7]);
    expect(await on.verify()).toMatchObject({ intact: true });
  });

  it('is recorded once by a change that had to be repeated [SEC-020]', async () => {
    const scope = scopeOf();
    let attempts = 0;
    await scope.change(transaction => {
      attempts += 1;
      scope.record(transaction, { action: 'user.renamed', object: null, after: { attempts } });
      return attempts < 3 ? Promise.reject(Object.assign(new Error('again'), { parent: { code: '40P01' } })) : Promise.resolve();
    });

    expect(await newest()).toMatchObject([{ after: { attempts: 3 } }]);
  });

  it('takes the change with it when it cannot be recorded [SEC-020]', async () => {
    const scope = scopeOf();
    const unrecordable = scope.change(async transaction => {
      await scope.rowsIn(transaction, rename('unrecorded'));
      scope.record(transaction, { action: 'no such form', object: null });
    });

    await expect(unrecordable).rejects.toThrow('check constraint');
    expect(await on.db.query(`select from users where name = 'unrecorded'`)).toEqual([]);
  });

  it('cannot be added outside of the change, nor to that of another scope, nor after it [SEC-020]', async () => {
    const [scope, other] = [scopeOf(), scopeOf()];
    const entry = { action: 'user.renamed', object: null };
    const late = await scope.change(transaction => {
      expect(() => {
        other.record(transaction, entry);
      }).toThrow('user.renamed cannot be recorded outside of the change');
      return Promise.resolve(transaction);
    });

    expect(() => {
      scope.record(late, entry);
    }).toThrow('user.renamed cannot be recorded outside of the change');
    expect(await newest()).toEqual([]);
  });
});

describe('the chain of a tenant', () => {
  it('stays one and unbroken when 24 changes come at once, and none of them deadlocks [SEC-020]', async () => {
    let attempts = 0;
    const change = (at: number) => {
      const scope = scopeOf(`worker-${at}`);
      return scope.change(async transaction => {
        attempts += 1;
        // A lock on the tenant that half of them take first, as a check of its plan does.
        if (at % 2 === 0) await scope.rowsIn(transaction, sql`select from tenants where id = ${tenant} for update`);
        for (const part of [1, 2]) scope.record(transaction, { action: 'user.renamed', object: null, after: { at, part } });
      });
    };

    await Promise.all(Array.from({ length: 24 }, (_, at) => change(at)));

    const entries = await newest();
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 48 }, (_, at) => ENTRIES + 1 + at));
    expect(new Set(entries.map(({ actor }) => actor)).size).toBe(24);
    expect(entries.filter((_, at) => at % 2 === 0).map(({ actor }) => actor)).toEqual(
      entries.filter((_, at) => at % 2 === 1).map(({ actor }) => actor),
    );
    expect(attempts).toBe(24);
    expect(await on.verify()).toMatchObject({ intact: true });
  });

  it('begins once when its first changes come at once [SEC-020]', async () => {
    await on.tamper('truncate audit_entries, audit_heads');

    await Promise.all(Array.from({ length: 8 }, () => on.append()));

    expect(await on.verify()).toMatchObject({ intact: true, head: { sequence: 8n } });
  });

  it('does not wait for that of another tenant [SEC-020] [SEC-016]', async () => {
    const scope = new Scope(on.database, jobPrincipal(on.aurora.id, 'test'), 'request-2');
    const client = new Client({ connectionString: on.db.superuserUrl });
    await client.connect();
    await client.query('begin');
    await client.query('select from audit_heads where tenant_id = $1 for update', [on.northwind.id]);

    await scope.change(transaction => {
      scope.record(transaction, { action: 'user.renamed', object: null });
      return Promise.resolve();
    });

    await client.end();
    expect(await on.db.query('select from audit_entries where tenant_id = $1', [on.aurora.id])).toHaveLength(ENTRIES + 1);
  });
});

describe('the database lets nobody', () => {
  const as = async (url: string, text: string, tenantId = on.northwind.id): Promise<unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('payymo.tenant_id', $1, true)`, [tenantId]);
      return (await client.query(text)).rows as unknown[];
    } finally {
      await client.end();
    }
  };

  it.each([
    `update audit_entries set actor = 'x'`,
    'delete from audit_entries',
    'truncate audit_entries',
    `insert into audit_entries select * from audit_entries`,
    'update audit_heads set sequence = 0',
    'delete from audit_heads',
    'select payymo.audit_payload(e) from audit_entries e',
  ])('who runs as the application: %s [SEC-020]', async text => {
    await expect(as(on.db.appUrl, text)).rejects.toThrow('permission denied');
  });

  it.each([`update audit_entries set actor = 'x'`, 'delete from audit_entries', 'truncate audit_entries'])(
    'who owns the tables, by mistake: %s [SEC-020]',
    async text => {
      await expect(as(on.db.ownerUrl, text)).rejects.toThrow('the audit trail is append-only');
    },
  );

  it('add to the trail of another tenant [SEC-020] [SEC-016]', async () => {
    const append = `select payymo.append_audit('${on.aurora.id}', 'job:x', 'request', '[{"id": "${on.aurora.id}", "action": "a.b"}]')`;

    await expect(as(on.db.appUrl, append)).rejects.toThrow('must belong to the tenant');
    await expect(as(on.db.appUrl, append, '')).rejects.toThrow('must belong to the tenant');
    await expect(as(on.db.workerUrl, append, on.aurora.id)).rejects.toThrow('permission denied');
  });

  it('see the trail of another tenant [SEC-020] [SEC-016]', async () => {
    const seen = await as(on.db.appUrl, 'select distinct tenant_id from audit_entries union select tenant_id from audit_heads');

    expect(seen).toEqual([{ tenant_id: on.northwind.id }]);
  });
});
