import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { challengeFor, signInAs, verify, withSecondFactor } from '../../support/second-factor';
import { PASSWORD } from '../../support/settings';

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }';
/** Longer than anything takes until it meets the locks. */
const UNTIL_HELD_MS = 1_500;

describe('a sign-in that is under way', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
  });
  afterAll(() => app.close());
  afterEach(() => app.db.query('update tenants set second_factor_required = false'));

  /** The change is made before the sign-in reads anything and committed after it has decided what it demands. */
  async function meanwhile<T>(statement: string, values: unknown[], signIn: () => Promise<T>): Promise<T> {
    await app.db.query('begin');
    await app.db.query(statement, values);
    const under = signIn();
    await new Promise(resolve => setTimeout(resolve, UNTIL_HELD_MS));
    await app.db.query('commit');
    return under;
  }
  const sessionsOf = (email: string) =>
    app.db.query('select s.id from sessions s join users u on u.id = s.user_id where u.email = $1 and s.ended_at is null', [email]);
  const refused = { errors: [{ message: 'Sign in again', extensions: { code: 'UNAUTHENTICATED' } }] };

  it('begins no session by password alone once its tenant demands a second factor [SEC-011]', async () => {
    const email = 'viewer@northwind.example';

    const answer = await meanwhile('update tenants set second_factor_required = true where id = $1', [tenant.uuid], () =>
      app.anonymous(SIGN_IN, { input: { email, password: PASSWORD } }),
    );

    expect(answer).toMatchObject(refused);
    expect(await sessionsOf(email)).toEqual([]);
    expect(await signInAs(app, tenant, 'VIEWER')).toMatchObject({ secondFactor: { demand: 'ENROL' } });
  });

  it('by a second factor begins none once an administrator has taken the factors away [SEC-011]', async () => {
    const owner = await withSecondFactor(app, tenant, 'OWNER');
    const challenge = await challengeFor(app, tenant, 'OWNER');
    const [recoveryCode] = owner.recoveryCodes;

    const answer = await meanwhile(
      'with held as (select id from users where id = $1 for no key update) delete from totp_seeds s using held where s.user_id = held.id',
      [tenant.userUuids.OWNER],
      () => verify(app, { challenge, recoveryCode }),
    );

    expect(answer).toMatchObject(refused);
    expect(await sessionsOf('owner@northwind.example')).toEqual([]);
  });
});
