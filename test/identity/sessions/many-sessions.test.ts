import { apiClientIds } from '../../../src/identity/ids';
import { MINUTE_MS } from '../../../src/platform/clock';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aDpopClient } from '../../support/dpop';
import { aClient, basic, postForm, type TestClient } from '../../support/oauth';
import { aUser, trailOf } from '../../support/people';
import { codeOf, refresh, signedIn } from '../../support/sessions';

const LIMIT = 100;
const ME = '{ me { email } }';
const EVERYWHERE = 'mutation { signOutEverywhere }';
const CHANGE_ROLE = 'mutation ($id: ID!) { changeUserRole(input: { userId: $id, role: ACCOUNTANT }) { id } }';
const END_CLIENT = 'mutation ($id: ID!) { endApiClient(input: { clientId: $id }) { apiClient { id } } }';

describe('many sessions of one owner', () => {
  let app: TestApp;
  let northwind: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    northwind = app.tenant('northwind');
  });
  afterAll(() => app.close());

  const open = (owner: string) =>
    app.db.query<{ id: string }>('select id from sessions where $1 in (user_id, client_id) and ended_at is null', [owner]);
  const revocations = async (): Promise<number> => {
    const [row] = await app.db.query<{ count: number }>(`select count(*)::int as count from revocations where kind = 'session'`);
    return row?.count ?? 0;
  };
  /** So many more sessions of a user, last used so many minutes ago. */
  const put = (userId: string, count: number, minutesAgo: number) => {
    const seen = new Date(app.clock.now().getTime() - minutesAgo * MINUTE_MS);
    return app.db.query(
      `insert into sessions (tenant_id, id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, user_agent,
        proof_kind, proof_thumbprint)
      select $1, gen_random_uuid(), $2, '{pwd}', $3, $3, $3, $3::timestamptz + interval '12 hours', '', 'COOKIE', '' from generate_series(1, $4)`,
      [northwind.uuid, userId, seen, count],
    );
  };

  it('are a hundred: one more ends the one that was not used for the longest time [SEC-009]', async () => {
    const user = await aUser(app, northwind);
    const [unused, used] = [await signedIn(app.url, user.email), await signedIn(app.url, user.email)];
    await put(user.uuid, LIMIT - 2, -1);
    app.clock.advance(MINUTE_MS);
    await used.refresh();

    const newest = await signedIn(app.url, user.email);

    expect(await open(user.uuid)).toHaveLength(LIMIT);
    expect(await codeOf(unused.ask(ME))).toBe('UNAUTHENTICATED');
    expect(await codeOf(refresh(unused.browser, unused.tokens.refreshToken))).toBe('UNAUTHENTICATED');
    for (const person of [used, newest]) expect(await codeOf(person.ask(ME))).toBe('200');
    expect(await trailOf(app, northwind.uuid, user.uuid)).toMatchObject([{ after: { reason: 'TOO_MANY_SESSIONS', count: 1 } }]);
  });

  it('stay a hundred when ten begin at the same time, of a client too [SEC-009]', async () => {
    const client = await aClient(northwind);
    const clientId = apiClientIds.decode(client.id);
    await begin(client);
    await app.db.query(
      `insert into sessions select s.tenant_id, gen_random_uuid(), s.user_id, s.client_id, s.version, s.methods, s.scopes, s.authenticated_at,
        s.created_at, s.last_seen_at, s.expires_at, null, null, s.user_agent, s.network, s.proof_kind, s.proof_thumbprint
      from sessions s, generate_series(1, $2) where client_id = $1`,
      [clientId, LIMIT - 5],
    );

    const begun = await Promise.all(Array.from({ length: 10 }, () => begin(client)));

    expect(begun.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(await open(clientId)).toHaveLength(LIMIT);
  });

  const begin = async (client: TestClient) => {
    const key = await aDpopClient(app.clock);
    const url = `${app.url}/oauth/token`;
    const headers = { ...basic(client.id, client.secret), dpop: await key.proof({ method: 'POST', url }) };
    return postForm(url, { grant_type: 'client_credentials', scope: 'offline_access' }, headers);
  };

  it('end together: those with access tokens are revoked, each is over, and one entry says how many they were [SEC-009] [SEC-020]', async () => {
    const user = await aUser(app, northwind);
    await put(user.uuid, 3, 11);
    await put(user.uuid, 1_000, 60 * 24);
    const [here, there] = [await signedIn(app.url, user.email), await signedIn(app.url, user.email)];
    app.clock.advance(4 * MINUTE_MS);
    const before = await revocations();

    await here.ask(EVERYWHERE);

    expect(await open(user.uuid)).toEqual([]);
    for (const person of [here, there]) expect(await codeOf(person.ask(ME))).toBe('UNAUTHENTICATED');
    // Two of the bulk, and the session that asked.
    expect((await revocations()) - before).toBe(3);
    const entries = (await trailOf(app, northwind.uuid, user.uuid)).filter(({ action }) => action === 'session.ended');
    expect(entries).toMatchObject([{ after: { reason: 'SIGNED_OUT_EVERYWHERE', count: 1_005 } }]);
  });

  it('of a client that ends leave one entry beside that of the client [SEC-020]', async () => {
    const client = await aClient(northwind);
    await begin(client);
    await begin(client);

    await northwind.as('OWNER')(END_CLIENT, { id: client.id });

    const entries = await trailOf(app, northwind.uuid, apiClientIds.decode(client.id));
    expect(entries.slice(1)).toMatchObject([
      { action: 'session.ended', after: { reason: 'CLIENT_ENDED', count: 2 } },
      { action: 'api-client.ended' },
    ]);
  });

  it('get new scopes without a revocation for each that nobody used for long [SEC-009]', async () => {
    const user = await aUser(app, northwind);
    await put(user.uuid, 1_000, 60 * 24);
    const person = await signedIn(app.url, user.email);
    const before = await revocations();

    const { errors } = await northwind.as('ADMIN')(CHANGE_ROLE, { id: user.id });

    expect(errors).toBeUndefined();
    expect((await revocations()) - before).toBe(1);
    expect(await codeOf(person.ask(ME))).toBe('UNAUTHENTICATED');
    expect(await codeOf(person.refresh())).toBe('200');
  });
});
