import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { anInstance, type Instance } from '../../support/instance';
import { synced } from '../../support/journey';
import { aClient, accessTokenOf, type TestClient, tokenOf } from '../../support/oauth';
import { aProposal, bookedUnder, dealt, matchNow } from '../../support/reconciliation';

const SCOPES = [
  'transactions:read',
  'invoices:read',
  'invoices:import',
  'matches:read',
  'matches:run',
  'matches:approve',
  'matches:reject',
];
const ROTATE = 'mutation ($id: ID!) { rotateApiClientSecret(input: { clientId: $id }) { clientSecret } }';
const END = 'mutation ($id: ID!) { endApiClient(input: { clientId: $id }) { apiClient { endedAt } } }';

/** The whole path of a partner, from the client that an owner makes to the end of it; each step stands on those before. */
describe('a partner', () => {
  let app: TestApp;
  let elsewhere: Instance;
  let northwind: TestTenant;
  let client: TestClient;
  let second: string;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    elsewhere = await anInstance({ appUrl: app.db.appUrl, publicUrl: app.url, clock: app.clock });
    northwind = app.tenant('northwind');
    await synced(app, northwind);
  });
  afterAll(async () => {
    await elsewhere.close();
    await app.close();
  });

  const asPartner = async () => app.ask(`Bearer ${await accessTokenOf(app, client)}`);

  it('is given a client by an owner with a second factor [API-007] [SEC-011]', async () => {
    client = await aClient(northwind, { name: 'Books & Co.', scopes: SCOPES });

    expect((await tokenOf(app, client)).body['scope']).toBe([...SCOPES].sort().join(' '));
  });

  it('reads what the money workflow shows, and is nobody of the people [API-007]', async () => {
    const ask = await asPartner();

    const { data, errors } = await ask('{ me { id } transactions { totalCount } invoices { totalCount } matches { totalCount } }');

    expect(errors).toBeUndefined();
    expect(data).toEqual({ me: null, transactions: { totalCount: 0 }, invoices: { totalCount: 0 }, matches: { totalCount: 0 } });
  });

  it('imports, reconciles and approves; the booking is done and stands in the audit trail under its name [API-007] [REC-007] [SEC-020]', async () => {
    const ask = await asPartner();
    const proposal = await aProposal(app, northwind);

    for (const operation of ['importInvoices { invoiceImport { state } }', 'runReconciliation { reconciliationRun { state } }']) {
      expect((await ask(`mutation { ${operation} }`)).errors).toBeUndefined();
    }
    const approved = await ask('mutation ($id: ID!) { approveMatch(input: { matchId: $id }) { match { state decidedBy { id } } } }', {
      id: proposal.id,
    });
    await app.runJobs();

    expect(approved.data).toEqual({ approveMatch: { match: { state: 'APPROVED', decidedBy: null } } });
    expect(await matchNow(northwind, proposal)).toMatchObject({ state: 'APPLIED' });
    expect(bookedUnder(app, northwind, proposal)).toHaveLength(1);
    const [entry] = await app.db.query(`select actor from audit_entries where tenant_id = $1 and action = 'match.approved'`, [
      northwind.uuid,
    ]);
    expect(entry).toMatchObject({ actor: expect.stringMatching(/^client:[0-9a-f-]{36}$/) as string });
  });

  it('rejects a match with a reason [API-007]', async () => {
    const proposal = await aProposal(app, northwind);
    const ask = await asPartner();

    const { errors } = await ask('mutation ($id: ID!) { rejectMatch(input: { matchId: $id, reason: "not ours" }) { match { state } } }', {
      id: proposal.id,
    });

    expect(errors).toBeUndefined();
    expect(await matchNow(northwind, proposal)).toMatchObject({ state: 'REJECTED', reason: 'not ours', decidedBy: null });
  });

  it.each([
    ['{ tenant { name } }', 'tenant:read'],
    ['{ connections { totalCount } }', 'connections:read'],
    ['{ apiClients { totalCount } }', 'api-clients:read'],
    ['mutation { startConnection(input: { institutionId: "BANK" }) { consentUrl } }', 'connections:create'],
    ['mutation { createApiClient(input: { name: "x", scopes: ["matches:read"] }) { clientSecret } }', 'api-clients:create'],
  ])('is refused %s for want of the scope %s [API-007] [SEC-010]', async (operation, scope) => {
    const { errors } = await (await asPartner())(operation);

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope } }]);
  });

  it.each([
    ['{ sessions { id } }', { sessions: [] }, []],
    ['mutation { signOut }', { signOut: false }, []],
    ['mutation { signOutEverywhere }', { signOutEverywhere: 0 }, []],
    ['mutation { leaveTenant { id } }', { leaveTenant: null }, ['FORBIDDEN']],
    [
      'mutation { changePassword(input: { currentPassword: "x", newPassword: "correct horse battery" }) }',
      { changePassword: null },
      ['FORBIDDEN'],
    ],
    ['mutation { stepUp(input: { totp: "123456" }) { accessToken } }', { stepUp: null }, ['FORBIDDEN']],
    ['mutation { renewRecoveryCodes }', { renewRecoveryCodes: null }, ['STEP_UP_REQUIRED']],
  ])('is no person for %s [SEC-010]', async (operation, answer, codes) => {
    const { data, errors } = await (await asPartner())(operation);

    expect([data, errors?.map(({ extensions: { code } }) => code) ?? []]).toEqual([answer, codes]);
  });

  it('sees nothing of another tenant [SEC-016]', async () => {
    const aurora = app.tenant('aurora');
    await synced(app, aurora, 'SANDBOXFINANCE_GB_SFIN0001');
    await dealt(app, aurora, {});
    const { data } = await aurora.as('OWNER')<{ invoices: { nodes: { id: string }[] } }>('{ invoices { nodes { id } } }');
    const id = data?.invoices.nodes[0]?.id;

    expect(id).toBeDefined();
    expect((await (await asPartner())('query ($id: ID!) { node(id: $id) { id } }', { id })).data).toEqual({ node: null });
  });

  it('changes over to another secret while both are valid [API-007] [SEC-004]', async () => {
    const { data } = await northwind.as('OWNER')<{ rotateApiClientSecret: { clientSecret: string } }>(ROTATE, { id: client.id });
    second = data?.rotateApiClientSecret.clientSecret ?? '';

    const answers = await Promise.all([tokenOf(app, client), tokenOf(app, { ...client, secret: second })]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    app.clock.advance(86_400_000);
    expect([(await tokenOf(app, client)).status, (await tokenOf(app, { ...client, secret: second })).status]).toEqual([401, 200]);
  });

  it('is ended, and refused in every process within a second [SEC-009]', async () => {
    const token = await accessTokenOf(app, { ...client, secret: second });
    const at = async (url: string) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return (await fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query":"{ matches { totalCount } }"}' })).status;
    };
    expect([await at(app.url), await at(elsewhere.url)]).toEqual([200, 200]);

    const { errors } = await northwind.as('OWNER')(END, { id: client.id });
    const ended = performance.now();

    expect(errors).toBeUndefined();
    expect(await at(app.url)).toBe(401);
    while ((await at(elsewhere.url)) !== 401 && performance.now() - ended < 5_000);
    expect(performance.now() - ended).toBeLessThan(1_000);
    expect((await tokenOf(app, { ...client, secret: second })).body['error']).toBe('invalid_client');
  });
});
