import { tenantIds } from '../../../src/identity/ids';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aPlatform, type TestPlatform } from '../../support/platform';
import { CREATE, trailOf } from '../../support/tenancy';

const UNLIMITED = { name: 'Unlimited' };

describe('createTenant', () => {
  let app: TestApp;
  let platform: TestPlatform;
  let northwind: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    platform = await aPlatform(app);
    northwind = app.tenant('northwind');
  });
  afterAll(() => app.close());

  const inputFor = (slug: string, difference: object = {}) => ({
    input: {
      slug,
      name: 'Fjord Hosting AS',
      country: 'NO',
      plan: UNLIMITED,
      owner: { email: `Astrid@${slug}.example`, name: 'Astrid Lund' },
      ...difference,
    },
  });
  const create = (slug: string, difference?: object) => platform.as('PLATFORM_OPERATOR')(CREATE, inputFor(slug, difference));
  const count = async () => (await app.db.query<{ count: number }>('select count(*)::int from tenants'))[0]?.count;

  it('makes an active tenant with its plan, and mails the first owner an invitation [BNK-008] [SEC-022]', async () => {
    const plan = {
      name: 'Small',
      connections: 2,
      transactionsPerMonth: 1000,
      users: 3,
      features: ['API_CLIENTS'],
      domains: ['Fjord.example'],
    };
    const { data, errors } = await create('fjord', { plan });

    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ createTenant: { tenant: { slug: 'fjord', name: 'Fjord Hosting AS', country: 'NO', status: 'ACTIVE' } } });
    const [row] = await app.db.query<{ id: string }>(`select * from tenants where slug = 'fjord'`);
    expect(row).toMatchObject({
      kind: 'BUSINESS', plan_name: 'Small', max_connections: 2, max_transactions_per_month: 1000, max_users: 3,
      plan_features: ['API_CLIENTS'], plan_domains: ['fjord.example'], plan_expires_at: null, second_factor_required: false,
    }); // prettier-ignore
    const invitations = await app.db.query('select email, name, role, invited_by from invitations where tenant_id = $1', [row?.id]);
    expect(invitations).toEqual([{ email: 'astrid@fjord.example', name: 'Astrid Lund', role: 'OWNER', invited_by: null }]);
    expect(await app.db.query(`select payload->>'tenantId' as id from graphile_worker._private_jobs`)).toEqual([{ id: row?.id }]);
    expect(await app.db.query('select from users where tenant_id = $1', [row?.id])).toEqual([]);
  });

  it('stands in both audit trails with what was made, and begins the one of the tenant [SEC-020]', async () => {
    const { data } = await create('holm');
    const id = tenantIds.decode((data as { createTenant: { tenant: { id: string } } }).createTenant.tenant.id);

    const actor = `user:${platform.userUuids.PLATFORM_OPERATOR}`;
    const made = {
      action: 'tenant.created',
      actor,
      before: null,
      after: expect.objectContaining({ slug: 'holm', plan: 'Unlimited' }) as unknown,
    };
    expect(await trailOf(app, id)).toEqual([expect.objectContaining({ action: 'user.invited', actor }), made]);
    expect((await trailOf(app, platform.uuid)).at(-1)).toEqual(made);
  });

  it.each(['northwind', 'platform'])('refuses the slug %s, which is taken [API-003]', async slug => {
    const before = await count();
    const { errors } = await create(slug);

    expect(errors).toMatchObject([{ extensions: { code: slug === 'platform' ? 'BAD_USER_INPUT' : 'CONFLICT' } }]);
    expect(await count()).toBe(before);
  });

  it('of two with one slug at once, one is made [SEC-016]', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create('vik')));

    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect(answers.flatMap(({ errors = [] }) => errors)).toMatchObject([
      { extensions: { code: 'CONFLICT' } },
      { extensions: { code: 'CONFLICT' } },
    ]);
    expect(await app.db.query(`select name from tenants where slug = 'vik'`)).toHaveLength(1);
  });

  it('refuses owners of businesses, auditors and the anonymous [SEC-010]', async () => {
    const before = await count();
    for (const ask of [northwind.as('OWNER'), platform.as('PLATFORM_AUDITOR')]) {
      expect(await ask(CREATE, inputFor('stray'))).toMatchObject({
        data: { createTenant: null },
        errors: [{ extensions: { code: 'FORBIDDEN', scope: 'tenants:create' } }],
      });
    }
    expect((await app.anonymous(CREATE, inputFor('stray'))).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await count()).toBe(before);
  });

  it.each([
    ['a slug with capitals', { slug: 'Fjord' }, 'input.slug'],
    ['a slug of one letter', { slug: 'f' }, 'input.slug'],
    ['a slug that would leave its place', { slug: '../admin' }, 'input.slug'],
    ['an empty name', { name: ' ' }, 'input.name'],
    ['a country in small letters', { country: 'no' }, 'input.country'],
    ['an owner without address', { owner: { email: 'astrid', name: 'Astrid' } }, 'email'],
    ['an owner without a name', { owner: { email: 'astrid@stray.example', name: '' } }, 'name'],
    ['a plan without a name', { plan: { name: '' } }, 'input.plan.name'],
    ['a plan for fewer than no banks', { plan: { ...UNLIMITED, connections: -1 } }, 'input.plan.connections'],
    ['a plan for nobody', { plan: { ...UNLIMITED, users: 0 } }, 'input.plan.users'],
    ['a plan for a URL', { plan: { ...UNLIMITED, domains: ['https://a.example'] } }, 'input.plan.domains'],
    ['a plan for every domain', { plan: { ...UNLIMITED, domains: ['*'] } }, 'input.plan.domains'],
    ['a plan that has ended', { plan: { ...UNLIMITED, expiresAt: '2020-01-01T00:00:00Z' } }, 'input.plan.expiresAt'],
  ])('refuses %s and makes nothing [API-003]', async (_what, difference, field) => {
    const before = await count();
    const { errors } = await create('stray', difference);

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
    expect(await count()).toBe(before);
  });
});
