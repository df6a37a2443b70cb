import { tenantIds, userIds } from '../../src/identity/ids';
import { permissionsOf } from '../../src/identity/roles/permissions';
import { newId } from '../../src/platform/database/ids';
import { type Ask, startApp, type TestApp, type TestTenant } from '../support/app';
import { as } from '../support/as';
import { aBusiness, anotherBusiness } from '../support/business';
import { connect } from '../support/journey';
import { aPlatform, type TestPlatform } from '../support/platform';
import { aProposal, decide, matchNow } from '../support/reconciliation';

interface Entry {
  readonly sequence: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly action: string;
  readonly object: { readonly type: string; readonly id: string } | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly requestId: string;
  readonly hash: string;
}

interface Page {
  readonly auditEntries: {
    readonly totalCount: number;
    readonly nodes: readonly Entry[];
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  } | null;
}

const PAGE = `{
  totalCount nodes { sequence recordedAt actor action object { type id } before after requestId hash } pageInfo { endCursor hasNextPage }
}`;
const ENTRIES = `query ($first: Int, $after: String, $filter: AuditEntryFilter) {
  auditEntries(first: $first, after: $after, filter: $filter) ${PAGE}
}`;
const OF_TENANT = `query ($tenantId: ID!, $first: Int, $after: String, $filter: AuditEntryFilter) {
  auditEntries: tenantAuditEntries(tenantId: $tenantId, first: $first, after: $after, filter: $filter) ${PAGE}
}`;

/** Transactions that are open. */
const OPEN = `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%' and usename = 'payymo_app'`;

let app: TestApp;
let northwind: TestTenant;
let platform: TestPlatform;
let auditor: Ask;
let matchId: string;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  northwind = app.tenant('northwind');
  await connect(northwind);
  await app.runJobs();
  matchId = (await aProposal(app, northwind)).id;
  expect(await decide(northwind, 'approveMatch', { id: matchId })).toBeUndefined();
  await app.runJobs();
  platform = await aPlatform(app);
  auditor = platform.as('PLATFORM_AUDITOR');
}, 60_000);
afterAll(() => app.close());

const entriesFor = async (ask: Ask, variables: Record<string, unknown> = {}) => {
  const { data, errors } = await ask<Page>('tenantId' in variables ? OF_TENANT : ENTRIES, variables);
  return { page: data?.auditEntries ?? null, nodes: data?.auditEntries?.nodes ?? [], errors };
};
const own = (filter: Record<string, unknown> = {}) => entriesFor(northwind.as('OWNER'), { first: 100, filter });

describe('auditEntries', () => {
  it('tell who decided on which money, before and after, the newest first [SEC-020]', async () => {
    const { nodes } = await own();
    const { transaction, invoice, billingTransactionId } = await matchNow(northwind, { id: matchId });
    const money = {
      amountMinor: expect.stringMatching(/^\d+$/) as string,
      currency: 'EUR',
      transactionId: transaction.id,
      invoiceId: invoice.id,
    };

    expect(nodes.map(({ sequence }) => Number(sequence))).toEqual(nodes.map((_, at) => nodes.length - at));
    expect(nodes.filter(({ object }) => object?.type === 'Match')).toMatchObject([
      {
        action: 'match.applied',
        actor: 'job:reconciliation.apply-match',
        object: { type: 'Match', id: matchId },
        before: { state: 'APPROVED' },
        after: { state: 'APPLIED', ...money, billingTransactionId },
      },
      {
        action: 'match.approved',
        actor: `user:${northwind.userIds.OWNER}`,
        object: { type: 'Match', id: matchId },
        before: { state: 'PROPOSED' },
        after: { state: 'APPROVED', ...money, withdrawn: [] },
      },
    ]);
  });

  it('tell of connections and of the billing system, without its credentials or anybody by name [SEC-020] [SEC-005]', async () => {
    const { nodes } = await own();
    const first = [...nodes].reverse().slice(0, 3);

    expect(first.map(({ action, actor }) => [action, actor])).toEqual([
      ['installation.configured', 'job:test'],
      ['connection.started', `user:${northwind.userIds.OWNER}`],
      ['connection.completed', `user:${northwind.userIds.OWNER}`],
    ]);
    expect(first[2]).toMatchObject({ before: { status: 'PENDING' }, after: { status: 'ACTIVE', accounts: 1 } });
    expect(JSON.stringify(nodes)).not.toMatch(/identifier-of|secret-of|Vance|@|DE89370400440532013000/);
  });

  it('carry the request id that the answer of the change had [SEC-020] [OBS-003]', async () => {
    const { headers } = await northwind.as('OWNER')(
      'mutation { startConnection(input: { institutionId: "SANDBOXFINANCE_SFIN0000" }) { reference } }',
    );

    const { nodes } = await own({ requestId: headers.get('x-request-id') });

    expect(nodes.map(({ action }) => action)).toEqual(['connection.started']);
  });

  it.each([
    ['action', () => ({ action: ['match.approved', 'match.applied'] }), ({ action }: Entry) => action.startsWith('match.')],
    ['actor', () => ({ actor: `user:${northwind.userIds.OWNER}` }), ({ actor }: Entry) => actor === `user:${northwind.userIds.OWNER}`],
    ['actor that is a job', () => ({ actor: 'job:test' }), ({ actor }: Entry) => actor === 'job:test'],
    ['object', () => ({ object: matchId }), ({ object }: Entry) => object?.id === matchId],
    ['an end of time', () => ({ recordedAt: { to: '2020-01-01T00:00:00Z' } }), () => false],
    ['a begin of time', () => ({ recordedAt: { from: '2020-01-01T00:00:00Z' } }), () => true],
  ])('are found by %s, and counted so [SEC-020] [API-008]', async (_by, filter, fits) => {
    const { nodes: all } = await own();
    const { page, nodes } = await own(filter());

    expect(nodes).toEqual(all.filter(fits));
    expect(page?.totalCount).toBe(nodes.length);
  });

  it('are bounded by an instant that is included at the begin and not at the end [SEC-020]', async () => {
    const [row] = await app.db.query<{ at: Date }>(`select date_trunc('milliseconds', max(recorded_at)) as at from audit_entries`);
    const at = row?.at.toISOString();
    const { nodes: before } = await own({ recordedAt: { to: at } });
    const { nodes: since } = await own({ recordedAt: { from: at } });
    const { nodes: all } = await own();

    expect([...since, ...before]).toEqual(all);
  });

  it('come in pages that leave nothing out while the trail grows [API-008]', async () => {
    const { nodes: all } = await own();
    const { page } = await entriesFor(northwind.as('OWNER'), { first: 2 });
    await northwind.as('OWNER')('mutation { startConnection(input: { institutionId: "SANDBOXFINANCE_SFIN0000" }) { reference } }');
    const { nodes: rest, errors } = await entriesFor(northwind.as('OWNER'), { first: 100, after: page?.pageInfo.endCursor });
    expect(errors).toBeUndefined();

    expect([...(page?.nodes ?? []), ...rest]).toEqual(all);
  });

  it.each([
    ['an actor that is no id', { actor: 'user:someone' }, 'filter.actor'],
    ['an object of no known kind', { object: 'xyz_01h455vb4pex5vsknk084sn02q' }, 'filter.object'],
    [
      'a span that ends before it begins',
      { recordedAt: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
      'filter.recordedAt',
    ],
  ])('refuse %s [API-009]', async (_what, filter, field) => {
    const { page, errors } = await own(filter);

    expect(page).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  });

  it.each(['ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const)('are refused to the role %s [SEC-020] [API-003]', async role => {
    const { page, errors } = await entriesFor(northwind.as(role));

    expect(page).toBeNull();
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN', scope: 'audit:read' } });
  });

  it('are refused to a caller without a token [SEC-017]', async () => {
    const { page, errors } = await entriesFor(app.anonymous);

    expect(page).toBeNull();
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
  });

  it('never show those of another tenant, even by its object [SEC-016] [SEC-020]', async () => {
    const aurora = app.tenant('aurora');

    expect((await entriesFor(aurora.as('OWNER'), { filter: { object: matchId } })).nodes).toEqual([]);
    expect((await entriesFor(aurora.as('OWNER'))).nodes.map(({ action }) => action)).toEqual(['installation.configured']);
  });
});

describe('tenantAuditEntries', () => {
  it('are refused to every owner, whether the tenant exists or not, with the same bytes [SEC-016] [SEC-020]', async () => {
    const answers = [];
    for (const tenantId of [northwind.id, app.tenant('aurora').id, tenantIds.encode(newId())]) {
      const { page, errors } = await entriesFor(northwind.as('OWNER'), { tenantId });
      answers.push(JSON.stringify([page, errors?.map(({ message, extensions: { code, scope } }) => [message, code, scope])]));
    }

    expect(answers[0]).toBe('[null,[["This needs the scope tenants:audit","FORBIDDEN","tenants:audit"]]]');
    expect(new Set(answers).size).toBe(1);
  });

  it('are refused to who has the permission but does not belong to the platform [SEC-016] [SEC-020]', async () => {
    const scopes = permissionsOf.PLATFORM_AUDITOR;
    const impostor = as(app, authorization => app.ask(authorization), northwind.uuid, { userId: northwind.userUuids.OWNER, scopes });

    const { page, errors } = await entriesFor(impostor, { tenantId: app.tenant('aurora').id });

    expect(page).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'tenants:audit' } }]);
  });

  it('are refused to an auditor without a second factor, as all acts of the platform [SEC-011] [SEC-020]', async () => {
    const weak = platform.as('PLATFORM_AUDITOR', { methods: ['pwd'] });

    const { page, errors } = await entriesFor(weak, { tenantId: northwind.id });

    expect(page).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'tenants:audit' } }]);
  });

  it("are shown to the platform's auditor, which is recorded in the platform's own trail [SEC-020]", async () => {
    const { page, nodes } = await entriesFor(auditor, { first: 100, tenantId: northwind.id });

    expect(nodes).toEqual((await own()).nodes);
    expect(page?.totalCount).toBe(nodes.length);
    const { nodes: ownTrail } = await entriesFor(auditor);
    expect(ownTrail[0]).toMatchObject({ action: 'audit-trail.read', object: { type: 'Tenant', id: northwind.id } });
    expect(ownTrail[0]?.actor).toMatch(new RegExp(`^user:${userIds.prefix}_`));
  });

  it('that does not exist are NOT_FOUND for the auditor [SEC-020]', async () => {
    const { page, errors } = await entriesFor(auditor, { tenantId: tenantIds.encode(newId()) });

    expect(page).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('take one connection at a time, however many are asked for at once [SEC-016]', async () => {
    const many = Array.from({ length: 40 }, (_, at) => `t${at}: tenantAuditEntries(tenantId: "${northwind.id}", first: 1) { totalCount }`);
    const asked = { done: false };
    const answer = auditor(`{ ${many.join(' ')} }`).finally(() => (asked.done = true));
    const open: number[] = [];
    while (!asked.done) open.push((await app.db.query(OPEN)).length);

    expect((await answer).errors).toBeUndefined();
    expect(Math.max(...open)).toBe(1);
  });

  it('leave no transaction open, also when several are asked for at once [SEC-016]', async () => {
    const query = `{ a: tenantAuditEntries(tenantId: "${northwind.id}") { totalCount } b: tenantAuditEntries(tenantId: "${app.tenant('aurora').id}") { totalCount }
      c: auditEntries { totalCount } }`;

    const { data } = await auditor<Record<string, { totalCount: number }>>(query);

    expect(data?.['a']?.totalCount).toBe((await own()).page?.totalCount);
    expect(await app.db.query(OPEN)).toEqual([]);
  });
});
