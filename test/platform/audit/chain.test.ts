import { type Head } from '../../../src/platform/audit/chain';
import { anAuditedDatabase, type AuditedDatabase, ENTRIES } from '../../support/audited-database';

let on: AuditedDatabase;
beforeAll(async () => {
  on = await anAuditedDatabase();
});
afterAll(() => on.close());
afterEach(() => on.restore());

const of = () => `tenant_id = '${on.northwind.id}'`;

async function head(): Promise<Head> {
  const verdict = await on.verify();
  if (!verdict.intact) throw new Error(verdict.problem);
  return verdict.head;
}

describe('the verification of an audit trail', () => {
  it('finds it as it was written, with the head that the database keeps [SEC-020]', async () => {
    const [kept] = await on.db.query<{ hash: string }>(`select encode(hash, 'hex') as hash from audit_heads where ${of()}`);

    expect(await on.verify()).toEqual({ intact: true, head: { sequence: BigInt(ENTRIES), hash: kept?.hash } });
  });

  it.each<readonly [string, () => string, number, RegExp]>([
    ['a changed value', () => `update audit_entries set after = '{"number": 30}' where ${of()} and sequence = 3`, 3, /was changed/],
    ['a changed actor', () => `update audit_entries set actor = 'user:another' where ${of()} and sequence = 1`, 1, /was changed/],
    ['a changed time', () => `update audit_entries set recorded_at = recorded_at - interval '1 us' where ${of()} and sequence = 2`, 2, /was changed/],
    ['a value that became null', () => `update audit_entries set before = null where ${of()} and sequence = 4`, 4, /was changed/],
    ['a rewritten hash', () => `update audit_entries set hash = sha256('x') where ${of()} and sequence = 4`, 4, /was changed/],
    ['a deleted entry', () => `delete from audit_entries where ${of()} and sequence = 3`, 3, /is missing/],
    ['the first entry deleted', () => `delete from audit_entries where ${of()} and sequence = 1`, 1, /is missing/],
    ['a deleted end', () => `delete from audit_entries where ${of()} and sequence > 4`, 5, /cut off/],
    ['everything deleted but the head', () => `delete from audit_entries where ${of()}`, 1, /cut off/],
    ['two swapped', () => `update audit_entries set sequence = case sequence when 2 then -3 else -2 end where ${of()} and sequence in (2, 3);
      update audit_entries set sequence = -sequence where ${of()} and sequence < 0`, 2, /does not follow/],
    ['one put in', () => `update audit_entries set sequence = -(sequence + 1) where ${of()} and sequence > 3;
      update audit_entries set sequence = -sequence where ${of()} and sequence < 0;
      update audit_heads set sequence = sequence + 1 where ${of()};
      insert into audit_entries select tenant_id, gen_random_uuid(), 4, recorded_at, actor, request_id, action, object_type, object_id, before, after,
        hash, sha256('x') from audit_entries where ${of()} and sequence = 3`, 4, /was changed/],
    ['one put in before the first', () => `insert into audit_entries select tenant_id, gen_random_uuid(), 0, recorded_at, actor, request_id, action,
        object_type, object_id, before, after, previous_hash, hash from audit_entries where ${of()} and sequence = 1`, 1, /stands in its place/],
    ['one put in after the end', () => `insert into audit_entries select tenant_id, gen_random_uuid(), 7, recorded_at, actor, request_id, action,
        object_type, object_id, before, after, hash, sha256('x') from audit_entries where ${of()} and sequence = 6`, 7, /was changed/],
    ['one taken out and the rest moved up', () => `delete from audit_entries where ${of()} and sequence = 3;
      update audit_entries set sequence = -(sequence - 1) where ${of()} and sequence > 3;
      update audit_entries set sequence = -sequence where ${of()} and sequence < 0;
      update audit_heads set sequence = 5 where ${of()}`, 3, /does not follow/],
    ['an entry and its hash written anew', () => `update audit_entries e set actor = 'job:other' where ${of()} and sequence = 3;
      update audit_entries e set hash = sha256(previous_hash || convert_to(payymo.audit_payload(e), 'UTF8')) where ${of()} and sequence = 3`, 4, /does not follow/],
    ['the last entry and its hash written anew', () => `update audit_entries set actor = 'job:other' where ${of()} and sequence = 6;
      update audit_entries e set hash = sha256(previous_hash || convert_to(payymo.audit_payload(e), 'UTF8')) where ${of()} and sequence = 6`, 6, /ended with/],
    ['a head that was taken away', () => `delete from audit_heads where ${of()}`, 1, /was put in/],
    ['the trail of another tenant in its place', () => `delete from audit_entries where ${of()};
      update audit_entries set tenant_id = '${on.northwind.id}'`, 1, /was changed/],
  ])('names the first entry that is not as it was written: %s [SEC-020]', async (_what, tampered, sequence, problem) => {
    await on.tamper(tampered());

    expect(await on.verify()).toEqual({ intact: false, sequence: BigInt(sequence), problem: expect.stringMatching(problem) as string });
  }); // prettier-ignore

  it('is not deceived by a function that somebody changed [SEC-020]', async () => {
    const [{ definition } = { definition: '' }] = await on.db.query<{ definition: string }>(
      `select pg_get_functiondef('payymo.audit_payload'::regproc) as definition`,
    );
    await on.db.query(definition.replace(/\$function\$[\s\S]*\$function\$/, `$function$ select 'anything' $function$`));
    await on.tamper(`update audit_entries set actor = 'job:other' where ${of()} and sequence = 2`);

    const verdict = await on.verify();

    await on.db.query(definition);
    expect(verdict).toMatchObject({ intact: false, sequence: 2n });
  });
});

describe('a head that was noted elsewhere', () => {
  it('is found again, also when the trail has grown since [SEC-020]', async () => {
    const noted = await head();
    await on.append();

    expect(await on.verify(noted)).toMatchObject({ intact: true, head: { sequence: BigInt(ENTRIES) + 1n } });
  });

  it('finds a trail that was written anew with all of its hashes, which nothing else can [SEC-020]', async () => {
    const noted = await head();
    await on.tamper(`update audit_entries set actor = 'job:other' where ${of()} and sequence = 2`);
    await on.rechainFrom(2);

    expect(await on.verify()).toMatchObject({ intact: true });
    expect(await on.verify(noted)).toEqual({
      intact: false,
      sequence: 6n,
      problem: expect.stringContaining('not the one that was noted') as string,
    });
  });

  it('finds an end that was cut off together with the head [SEC-020]', async () => {
    const noted = await head();
    await on.tamper(`delete from audit_entries where ${of()} and sequence > 4;
      update audit_heads h set sequence = 4, hash = e.hash from audit_entries e where e.tenant_id = h.tenant_id and h.${of()} and e.sequence = 4`);

    expect(await on.verify()).toMatchObject({ intact: true });
    expect(await on.verify(noted)).toEqual({
      intact: false,
      sequence: 5n,
      problem: expect.stringContaining('before what was noted') as string,
    });
  });
});
