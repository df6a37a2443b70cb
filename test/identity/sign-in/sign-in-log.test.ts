import { newId } from '../../../src/platform/database/ids';
import { Scope } from '../../../src/platform/database/scope';
import { jobPrincipal } from '../../../src/platform/auth/principal';
import { startGateway, type TestGateway } from '../../support/gateway';

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }';
const RIGHT = 'marigold-right-pass-phrase';
const WRONG = 'marigold-wrong-pass-phrase';
const INLINE = 'marigold-inline-pass-phrase';

describe('a password', () => {
  let gateway: TestGateway;
  const answers: string[] = [];
  const send = async (query: string, variables?: unknown) => {
    const body = JSON.stringify({ query, variables });
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    answers.push(await response.text());
  };

  beforeAll(async () => {
    gateway = await startGateway();
    const tenantId = newId();
    await new Scope(gateway.database, jobPrincipal(tenantId, 'test'), 'test').change(async transaction => {
      await gateway.accounts.createTenant({ id: tenantId, slug: 'northwind', name: 'Northwind', country: 'DE' }, transaction);
      const user = { email: 'Canary@Northwind.example', name: 'Canary', role: 'OWNER', password: RIGHT } as const;
      await gateway.accounts.createUser(user, transaction);
    });
    const email = 'canary@northwind.example';
    await send(SIGN_IN, { input: { email, password: RIGHT } });
    await send(SIGN_IN, { input: { email, password: WRONG } });
    await send(`mutation { signIn(input: { email: "${email}", password: "${INLINE}" }) { accessToken } }`);
    await send(SIGN_IN, { input: { email, password: [WRONG, 1] } });
    await gateway.db.query('alter table users rename to users_elsewhere');
    await send(SIGN_IN, { input: { email, password: WRONG } });
    await gateway.db.query('alter table users_elsewhere rename to users');
  });
  afterAll(() => gateway.close());

  it('is used in five sign-ins that all leave their lines in the log [OBS-001]', () => {
    const messages = gateway.logged.map(line => (JSON.parse(line) as { msg: string }).msg);

    expect(messages.filter(message => message === 'answered')).toHaveLength(5);
    expect(messages).toContain('refused');
    expect(messages).toContain('security event');
    expect(answers[0]).toContain('accessToken');
    expect(answers[4]).toContain('UNAVAILABLE');
  });

  it('is never logged at any level, nor the e-mail address or the token [SEC-005] [SEC-021]', () => {
    const all = gateway.logged.join('');

    expect(all).not.toMatch(/marigold-/);
    expect(all).not.toMatch(/canary@/i);
    expect(all).not.toMatch(/eyJ[\w-]+\./);
  });

  it('is in no answer [SEC-005] [API-009]', () => {
    expect(answers.slice(0, 3).concat(answers.slice(4)).join('')).not.toMatch(/marigold-|users/);
  });

  it.each([
    ['short', 'eleven char'],
    ['long', 'x'.repeat(129)],
  ])('is not taken when it is too %s [SEC-021]', async (_what, password) => {
    const scope = new Scope(gateway.database, jobPrincipal(newId(), 'test'), 'test');
    const user = { email: 'new@northwind.example', name: 'New', role: 'VIEWER', password } as const;

    await expect(scope.change(transaction => gateway.accounts.createUser(user, transaction))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'password' },
    });
  });

  it('is stored as an argon2id hash alone [SEC-021]', async () => {
    const [user] = await gateway.db.query<{ row: string; hash: string }>('select password_hash as hash, u::text as row from users u');

    expect(user?.hash).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    expect(user?.row).not.toContain(RIGHT);
  });
});
