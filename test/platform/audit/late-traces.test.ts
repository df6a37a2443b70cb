import { LateTraces } from '../../../src/platform/audit/late-traces';
import { jobPrincipal } from '../../../src/platform/auth/principal';
import { createLogger } from '../../../src/platform/logging/logger';
import { anAuditedDatabase, type AuditedDatabase, ENTRIES } from '../../support/audited-database';

const ENTRY = { action: 'sign-in.refused', object: null };

let on: AuditedDatabase;
const logged: string[] = [];
beforeAll(async () => {
  on = await anAuditedDatabase();
});
afterAll(() => on.close());
afterEach(async () => {
  await on.restore();
  logged.length = 0;
});

const log = createLogger({
  ...{ level: 'info', format: 'json', environment: 'test', service: 'test' },
  destination: { write: (line: string) => void logged.push(line) },
});
const leaving = (tenantId = on.northwind.id) => {
  const traces = new LateTraces(on.database, log);
  return { traces, leave: () => { traces.leave(jobPrincipal(tenantId, 'sign-in'), 'request-3', ENTRY); } }; // prettier-ignore
};
const count = async () =>
  (await on.db.query(`select from audit_entries where tenant_id = $1 and action = 'sign-in.refused'`, [on.northwind.id])).length;

describe('a late trace', () => {
  it('is not there at once, and is there in a moment [SEC-020] [SEC-021]', async () => {
    const { leave } = leaving();
    leave();

    expect(await count()).toBe(0);
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(await count()).toBe(1);
    expect(await on.verify()).toMatchObject({ intact: true, head: { sequence: BigInt(ENTRIES) + 1n } });
  });

  it('is written before the process ends, however many wait [SEC-020]', async () => {
    const { traces, leave } = leaving();
    for (let at = 0; at < 20; at += 1) leave();
    await traces.stop();

    expect(await count()).toBe(20);
  });

  it('is bounded: what is too much is logged instead [SEC-020]', async () => {
    const { traces, leave } = leaving('00000000-0000-7000-8000-000000000000');
    for (let at = 0; at < 1_002; at += 1) leave();

    expect(logged.filter(line => line.includes('too many wait'))).toHaveLength(2);
    await traces.stop();
  });

  it('that cannot be written is logged, and breaks nothing [SEC-020]', async () => {
    const { traces, leave } = leaving('00000000-0000-7000-8000-000000000000');
    leave();
    await traces.stop();

    expect(logged.map(line => (JSON.parse(line) as { msg: string }).msg)).toEqual(['a refusal left no trace']);
  });
});
