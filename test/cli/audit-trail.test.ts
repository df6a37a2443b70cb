import { anAuditedDatabase, type AuditedDatabase } from '../support/audited-database';
import { type Ended, payymo } from './support/payymo';

let on: AuditedDatabase;
beforeAll(async () => {
  on = await anAuditedDatabase();
});
afterAll(() => on.close());

const verify = (...args: string[]): Promise<Ended> => payymo(['audit-trail', 'verify', ...args], { DATABASE_URL: on.db.appUrl });

describe('payymo audit-trail verify', () => {
  afterEach(() => on.restore());

  it('prints the head of every trail, to be kept elsewhere and given back later [SEC-020]', async () => {
    const { code, stdout, stderr } = await verify();

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, head = ''] =
      /^aurora {2}6:[0-9a-f]{64}\nnorthwind {2}(6:[0-9a-f]{64})\n2 audit trails are as written\. Keep the heads elsewhere, for --expect\.\n$/.exec(
        stdout,
      ) ?? [];
    expect(await verify('--tenant', 'northwind', '--expect', head)).toMatchObject({ code: 0, stderr: '' });
    expect(await verify('--tenant', 'aurora', '--expect', head)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^aurora {2}BROKEN at entry 6: it is not the one that was noted/) as string,
    });
  });

  it('names the first entry that is not as it was written, and goes on with the other trails [SEC-020]', async () => {
    await on.tamper(`delete from audit_entries where tenant_id = '${on.aurora.id}' and sequence = 2`);

    const { code, stdout, stderr } = await verify();

    expect(code).toBe(1);
    expect(stdout).toMatch(/^aurora {2}BROKEN at entry 2: it is missing\nnorthwind {2}6:[0-9a-f]{64}\n$/);
    expect(stderr).toBe('1 of 2 audit trails is not as written.\n');
  });

  it.each([
    [['--expect', `1:${'0'.repeat(64)}`], '--expect goes with --tenant: it is the head of one trail\n'],
    [['--tenant', 'northwind', '--expect', '1:abc'], '--expect is <sequence>:<hash>, as an earlier verification printed it\n'],
    [['--tenant', 'nowhere'], 'There is no tenant nowhere\n'],
  ])('refuses %j in one line [ARC-008]', async (args, message) => {
    expect(await verify(...args)).toEqual({ code: 1, stdout: '', stderr: message });
  });
});

describe('payymo audit-trail verify without a database', () => {
  it('says what it lacks [ARC-008]', async () => {
    const { code, stderr } = await payymo(['audit-trail', 'verify']);

    expect(code).toBe(1);
    expect(stderr).toBe('DATABASE_URL is missing or no postgres:// URL: the audit trail is read as the application role\n');
  });

  it('says that it cannot reach it, without its password [ARC-008]', async () => {
    const { code, stderr } = await payymo(['audit-trail', 'verify'], { DATABASE_URL: 'postgres://app:hush@127.0.0.1:1/payymo' });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot verify the audit trail: .*ECONNREFUSED 127\.0\.0\.1:1\n$/);
    expect(stderr).not.toContain('hush');
  });
});
