import { sessionIds } from '../../../src/identity/ids';
import { newId } from '../../../src/platform/database/ids';
import { type Answer, startApp, type TestApp } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { aUser } from '../../support/people';
import { codeOf, type SignedIn, signedIn } from '../../support/sessions';

const END = 'mutation ($id: ID!) { endSession(input: { sessionId: $id }) { id endedAt current } }';
const ME = '{ me { email } }';

describe('endSession', () => {
  let app: TestApp;
  const idOf = async (person: SignedIn): Promise<string> => {
    const { data } = await person.ask<{ sessions: { id: string; current: boolean }[] }>('{ sessions { id current } }');
    return data?.sessions.find(({ current }) => current)?.id ?? '';
  };
  const bytes = ({ status, data, errors }: Answer<unknown>, id: string) =>
    JSON.stringify({
      status,
      data,
      errors: errors?.map(({ message, extensions }) => ({ message, ...extensions, requestId: '' })),
    }).replaceAll(id, 'ID');

  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
  });
  afterAll(() => app.close());

  it('ends another session of one’s own, and no more [SEC-009]', async () => {
    const [here, there] = [await signedIn(app.url, 'viewer@northwind.example'), await signedIn(app.url, 'viewer@northwind.example')];
    const id = await idOf(there);

    expect((await here.ask(END, { id })).data).toEqual({ endSession: { id, endedAt: app.clock.now().toISOString(), current: false } });

    expect(await codeOf(there.ask(ME))).toBe('UNAUTHENTICATED');
    expect(await codeOf(there.refresh())).toBe('UNAUTHENTICATED');
    expect(await codeOf(here.refresh())).toBe('200');
  });

  it('ends the session of another user for an administrator, and says who did it [SEC-009] [SEC-020]', async () => {
    const person = await signedIn(app.url, 'viewer@northwind.example');
    const id = await idOf(person);

    expect((await app.tenant('northwind').as('ADMIN')(END, { id })).errors).toBeUndefined();

    expect(await codeOf(person.ask(ME))).toBe('UNAUTHENTICATED');
    const [entry] = await app.db.query(`select actor, action, after from audit_entries order by recorded_at desc limit 1`);
    const actor = `user:${app.tenant('northwind').userUuids.ADMIN}`;
    expect(entry).toMatchObject({ actor, action: 'session.ended', after: { reason: 'ENDED_BY_ADMINISTRATOR' } });
  });

  it('is refused for the session of another user without the scope, as for one that does not exist [SEC-010]', async () => {
    const person = await signedIn(app.url, 'owner@northwind.example');
    const [id, unknown] = [await idOf(person), sessionIds.encode(newId())];
    const viewer = app.tenant('northwind').as('VIEWER');

    const refused = await viewer(END, { id });

    expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scope: 'sessions:delete' } }]);
    expect(bytes(refused, id)).toBe(bytes(await viewer(END, { id: unknown }), unknown));
    expect(await codeOf(person.ask(ME))).toBe('200');
  });

  it('is refused for the session of somebody who holds more: of an owner, and of who may what the actor may not [SEC-010]', async () => {
    const tenant = app.tenant('northwind');
    const helper = await aUser(app, tenant, { permissions: ['sessions:delete'] });
    const [owner, viewer] = [await signedIn(app.url, 'owner@northwind.example'), await signedIn(app.url, 'viewer@northwind.example')];

    expect(await codeOf(tenant.as('ADMIN')(END, { id: await idOf(owner) }))).toBe('FORBIDDEN');
    expect(await codeOf(helper.ask(END, { id: await idOf(viewer) }))).toBe('FORBIDDEN');

    expect([await codeOf(owner.ask(ME)), await codeOf(viewer.ask(ME))]).toEqual(['200', '200']);
    const another = await aUser(app, tenant, { role: 'OWNER' });
    expect(await codeOf(another.ask(END, { id: await idOf(owner) }))).toBe('200');
  });

  it('is refused to an administrator who was demoted meanwhile, whatever the token says [SEC-010]', async () => {
    const tenant = app.tenant('northwind');
    const person = await signedIn(app.url, 'viewer@northwind.example');
    const former = await aUser(app, tenant, { role: 'ADMIN' });
    await app.db.query(`update users set role = 'VIEWER' where id = $1`, [former.uuid]);

    expect(await codeOf(former.ask(END, { id: await idOf(person) }))).toBe('FORBIDDEN');
  });

  it('does not know the session of another tenant any more than one that does not exist [SEC-016]', async () => {
    const person = await signedIn(app.url, 'owner@aurora.example');
    const [id, unknown] = [await idOf(person), sessionIds.encode(newId())];
    const admin = app.tenant('northwind').as('ADMIN');

    const foreign = await admin(END, { id });

    expect(foreign.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(bytes(foreign, id)).toBe(bytes(await admin(END, { id: unknown }), unknown));
    expect(await codeOf(person.ask(ME))).toBe('200');
  });

  it('says of a session that has ended that it has [SEC-009]', async () => {
    const [here, there] = [await signedIn(app.url, 'viewer@northwind.example'), await signedIn(app.url, 'viewer@northwind.example')];
    const id = await idOf(there);
    await here.ask(END, { id });

    expect(await codeOf(here.ask(END, { id }))).toBe('CONFLICT');
  });

  it.each(['', 'ses_x', 'usr_01k9b5s9v1f3h8m2t7q4x6z0ye'])('refuses %p, which is no id of a session [API-009]', async id => {
    expect(await codeOf(app.tenant('northwind').as('OWNER')(END, { id }))).toBe('BAD_USER_INPUT');
  });

  it('is refused to somebody who is not signed in [API-003]', async () => {
    expect(await codeOf(app.anonymous(END, { id: sessionIds.encode(newId()) }))).toBe('UNAUTHENTICATED');
  });
});
