import { tenantIds } from '../../../src/identity/ids';
import { DAY_MS } from '../../../src/platform/clock';
import { type Answer, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { tokenIn } from '../../support/people';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { close, CREATE, INVITE_FIRST_OWNER, suspend, trailOf, unknownTenantId } from '../../support/tenancy';

const ACCEPT = 'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { tokenType } }';
const PASSWORD = 'a rather long pass phrase';
const ASTRID = { email: 'astrid@fjord.example', name: 'Astrid Lund' };

interface Created {
  readonly createTenant: { readonly tenant: { readonly id: string; readonly slug: string } };
}

describe('inviteFirstOwner', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let northwind: TestTenant;
  let made = 0;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    platform = await aPlatform(app);
    northwind = app.tenant('northwind');
  });
  afterAll(() => app.close());

  /** A tenant whose first owner was invited at an address that is wrong. */
  const aTenant = async () => {
    made += 1;
    const input = { slug: `fjord-${made}`, name: 'Fjord', country: 'NO', plan: { name: 'Small' } };
    const owner = { email: 'asrtid@fjord.example', name: 'Astrid Lund' };
    const { data } = await platform.as('PLATFORM_OPERATOR')<Created>(CREATE, { input: { ...input, owner } });
    await app.runJobs();
    return data?.createTenant.tenant ?? { id: '', slug: '' };
  };
  const invite = (tenantId: string, owner: object = ASTRID, ask = platform.as('PLATFORM_OPERATOR')) =>
    ask(INVITE_FIRST_OWNER, { input: { tenantId, owner } });
  const lastToken = () => tokenIn(app.smtp.mails.at(-1));
  const accept = (token: string): Promise<Answer> => app.anonymous(ACCEPT, { input: { token, password: PASSWORD } });
  const invitationsOf = (tenantId: string) =>
    app.db.query('select email, role, revoked_at is null as open from invitations where tenant_id = $1 order by created_at', [
      tenantIds.decode(tenantId),
    ]);

  it('replaces an address that was wrong: the first link is dead, the second makes the owner [SEC-010]', async () => {
    const { id, slug } = await aTenant();
    const wrong = lastToken();

    const { data, errors } = await invite(id);
    await app.runJobs();

    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ inviteFirstOwner: { tenant: { id, slug } } });
    expect(await invitationsOf(id)).toEqual([
      { email: 'asrtid@fjord.example', role: 'OWNER', open: false },
      { email: ASTRID.email, role: 'OWNER', open: true },
    ]);
    expect(app.smtp.mails.at(-1)?.to).toEqual([ASTRID.email]);
    expect((await accept(wrong)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect((await accept(lastToken())).errors).toBeUndefined();
  });

  it('reaches an owner who missed the seven days, at the same address [SEC-010]', async () => {
    const { id } = await aTenant();
    await invite(id);
    await app.runJobs();
    app.clock.advance(8 * DAY_MS);

    expect((await accept(lastToken())).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect((await invite(id)).errors).toBeUndefined();
    await app.runJobs();
    expect((await accept(lastToken())).errors).toBeUndefined();
  });

  it('stands in both audit trails, without the address [SEC-020]', async () => {
    const { id } = await aTenant();
    await invite(id);

    const actor = `user:${platform.userUuids.PLATFORM_OPERATOR}`;
    const invited = { action: 'tenant.first-owner-invited', actor, before: null, after: { invitation: expect.any(String) as string } };
    const trail = await trailOf(app, tenantIds.decode(id));
    expect(trail.slice(-3).map(({ action }) => action)).toEqual(['invitation.revoked', 'user.invited', invited.action]);
    expect(trail.at(-1)).toEqual(invited);
    expect((await trailOf(app, platform.uuid)).at(-1)).toEqual(invited);
    expect(JSON.stringify(trail)).not.toContain('fjord.example');
  });

  it('is a conflict once the tenant has a user, disabled or not, and once it is closed [SEC-010]', async () => {
    const { id, slug } = await aTenant();
    await close(platform.as('PLATFORM_OPERATOR'), { id, slug });

    for (const tenantId of [northwind.id, id]) {
      expect((await invite(tenantId)).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    }
    expect(await invitationsOf(northwind.id)).toEqual([]);
  });

  it('is a conflict for the platform itself [SEC-010]', async () => {
    expect((await invite(tenantIds.encode(platform.uuid))).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  });

  it('waits with the mail while the tenant is suspended [SEC-010]', async () => {
    const { id } = await aTenant();
    await suspend(platform.as('PLATFORM_OPERATOR'), id);
    const before = app.smtp.mails.length;

    expect((await invite(id)).errors).toBeUndefined();
    await app.runJobs();
    expect(app.smtp.mails).toHaveLength(before);
  });

  it('does not find a tenant that never was [API-003]', async () => {
    expect((await invite(unknownTenantId())).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it.each([
    ['what is no address', { ...ASTRID, email: 'astrid' }, 'email'],
    ['an empty name', { ...ASTRID, name: ' ' }, 'name'],
  ])('refuses %s, and leaves the first invitation open [API-003]', async (_what, owner, field) => {
    const { id } = await aTenant();

    expect((await invite(id, owner)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
    expect(await invitationsOf(id)).toMatchObject([{ open: true }]);
  });

  it('refuses owners of businesses, auditors, the anonymous, and an operator without a fresh second factor [SEC-010] [SEC-011]', async () => {
    const { id } = await aTenant();
    for (const ask of [northwind.as('OWNER'), platform.as('PLATFORM_AUDITOR')]) {
      expect(await invite(id, ASTRID, ask)).toMatchObject({
        data: { inviteFirstOwner: null },
        errors: [{ extensions: { code: 'FORBIDDEN', scope: 'tenants:create' } }],
      });
    }
    const old = platform.as('PLATFORM_OPERATOR', { authenticatedAt: new Date(app.clock.now().getTime() - 360_000) });
    expect((await invite(id, ASTRID, old)).errors).toMatchObject([{ extensions: { code: 'STEP_UP_REQUIRED' } }]);
    expect((await invite(id, ASTRID, app.anonymous)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await invitationsOf(id)).toMatchObject([{ open: true }]);
  });
});
