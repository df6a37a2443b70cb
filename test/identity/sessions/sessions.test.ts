import { MINUTE_MS } from '../../../src/platform/clock';
import { sessionIds } from '../../../src/identity/ids';
import { newId } from '../../../src/platform/database/ids';
import { startApp, type TestApp } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness, anotherBusiness } from '../../support/business';
import { signedIn } from '../../support/sessions';

const SESSIONS = '{ sessions { id userAgent network methods authenticatedAt createdAt lastSeenAt expiresAt endedAt current } }';

interface Listed {
  readonly id: string;
  readonly current: boolean;
}

describe('sessions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
  });
  afterAll(() => app.close());

  it('lists those of the user that are alive, newest first, and tells which one asks [SEC-009]', async () => {
    const first = await signedIn(app.url, 'owner@northwind.example');
    app.clock.advance(MINUTE_MS);
    const now = app.clock.now();
    const second = await signedIn(app.url, 'owner@northwind.example');
    await signedIn(app.url, 'admin@northwind.example');
    await (await signedIn(app.url, 'owner@northwind.example')).ask('mutation { signOut }');

    const { data } = await second.ask<{ sessions: Listed[] }>(SESSIONS);

    expect(data?.sessions.map(({ current }) => current)).toEqual([true, false]);
    expect(data?.sessions[0]).toEqual({
      id: expect.stringMatching(/^ses_/) as string,
      userAgent: 'node',
      network: '127.0.0.0/24',
      methods: ['pwd'],
      authenticatedAt: now.toISOString(),
      createdAt: now.toISOString(),
      lastSeenAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + 720 * MINUTE_MS).toISOString(),
      endedAt: null,
      current: true,
    });
    expect((await first.ask<{ sessions: Listed[] }>(SESSIONS)).data?.sessions.map(({ current }) => current)).toEqual([false, true]);
  });

  it('leaves those out that have run out [SEC-009]', async () => {
    await signedIn(app.url, 'viewer@northwind.example');
    app.clock.advance(15 * MINUTE_MS);
    const late = await signedIn(app.url, 'viewer@northwind.example');

    expect((await late.ask<{ sessions: Listed[] }>(SESSIONS)).data?.sessions).toHaveLength(1);
  });

  it('is refused to somebody who is not signed in [API-003]', async () => {
    expect((await app.anonymous(SESSIONS)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('shows a session by its id to its owner and to who may end it, and to nobody else [SEC-016]', async () => {
    const owner = await signedIn(app.url, 'owner@northwind.example');
    const { data } = await owner.ask<{ sessions: Listed[] }>(SESSIONS);
    const id = data?.sessions[0]?.id;
    const node = 'query ($id: ID!) { node(id: $id) { id } }';

    expect((await owner.ask(node, { id })).data).toEqual({ node: { id } });
    expect((await app.tenant('northwind').as('ADMIN')(node, { id })).data).toEqual({ node: { id } });
    for (const ask of [app.tenant('northwind').as('VIEWER'), app.tenant('aurora').as('OWNER')]) {
      expect((await ask(node, { id })).data).toEqual({ node: null });
    }
    expect((await owner.ask(node, { id: sessionIds.encode(newId()) })).data).toEqual({ node: null });
  });

  it('shows those of each user to administrators alone [SEC-010]', async () => {
    await signedIn(app.url, 'accountant@northwind.example');
    const query = '{ tenant { users { nodes { email sessions { id } } } } }';
    interface Users {
      readonly tenant: { readonly users: { readonly nodes: readonly { readonly email: string; readonly sessions: Listed[] | null }[] } };
    }

    const { data } = await app.tenant('northwind').as('ADMIN')<Users>(query);
    const refused = await app.tenant('northwind').as('VIEWER')<Users>(query);

    const accountant = data?.tenant.users.nodes.find(({ email }) => email === 'accountant@northwind.example');
    expect(accountant?.sessions).toHaveLength(1);
    expect(refused.data?.tenant.users.nodes.map(({ sessions }) => sessions)).toEqual([null, null, null, null, null]);
    expect(refused.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN', scope: 'sessions:delete' } });
  });

  it('of two tenants live side by side in one browser [SEC-008] [SEC-016]', async () => {
    const browser = aBrowser(app.url);
    const northwind = await signedIn(app.url, 'owner@northwind.example', browser);
    const aurora = await signedIn(app.url, 'owner@aurora.example', browser);

    for (const person of [northwind, aurora, northwind]) expect((await person.refresh()).errors).toBeUndefined();
    for (const person of [northwind, aurora]) {
      const { data } = await person.ask<{ sessions: Listed[] }>(SESSIONS);
      expect(data?.sessions.filter(({ current }) => current)).toHaveLength(1);
    }
  });
});
