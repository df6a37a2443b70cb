import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { aDpopClient, type DpopClient } from '../../support/dpop';
import { type Challenge, type Enrolled, type Tokens, VERIFY, withSecondFactor } from '../../support/second-factor';
import { PASSWORD } from '../../support/settings';

const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { secondFactor { challenge } } }`;
const OVER = [{ message: 'The challenge is not valid any more: sign in again', extensions: { code: 'UNAUTHENTICATED' } }];

interface Sent<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly unknown[];
}

describe('a second-factor challenge', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let owner: Enrolled;
  let url: string;
  const send = async <Data>(query: string, input: Record<string, unknown>, headers: Record<string, string>): Promise<Sent<Data>> => {
    const body = JSON.stringify({ query, variables: { input } });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    return (await response.json()) as Sent<Data>;
  };
  const signIn = async (headers: Record<string, string>): Promise<string> => {
    const credentials = { email: 'owner@northwind.example', password: PASSWORD };
    const { data } = await send<{ signIn: { secondFactor: Challenge } }>(SIGN_IN, credentials, headers);
    return data?.signIn.secondFactor.challenge ?? '';
  };
  const verify = (challenge: string, headers: Record<string, string>) =>
    send<{ verifySecondFactor: Tokens | null }>(VERIFY, { challenge, totp: owner.code() }, headers);
  const dpop = async (client: DpopClient) => ({ dpop: await client.proof({ method: 'POST', url }) });
  const cookie = (letter: string) => ({ cookie: `__Host-payymo=${letter.repeat(43)}` });
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    url = `${app.url}/graphql`;
    owner = await withSecondFactor(app, tenant, 'OWNER');
  });
  afterAll(() => app.close());

  it('of a browser is met in that browser [SEC-011] [SEC-008]', async () => {
    const { data } = await verify(await signIn(cookie('a')), cookie('a'));

    expect(data?.verifySecondFactor).toMatchObject({ tokenType: 'Bearer', refreshToken: expect.any(String) as string });
  });

  it.each([
    ['another browser', cookie('b')],
    ['a browser without its cookie', {}],
  ])('of a browser is not met in %s [SEC-011] [SEC-008]', async (_where, headers) => {
    expect(await verify(await signIn(cookie('a')), headers)).toMatchObject({ errors: OVER });
  });

  it('of a DPoP key is met with that key, which the session is bound to then [SEC-011] [SEC-008]', async () => {
    const client = await aDpopClient(app.clock);
    const challenge = await signIn(await dpop(client));

    const { data, errors } = await verify(challenge, await dpop(client));

    expect(errors).toBeUndefined();
    expect(data?.verifySecondFactor).toMatchObject({ tokenType: 'DPoP' });
    const [session] = await app.db.query('select proof_kind, proof_thumbprint from sessions order by created_at desc limit 1');
    expect(session).toEqual({ proof_kind: 'DPOP', proof_thumbprint: client.jkt });
  });

  it('of a DPoP key is met with no other, and with none [SEC-011] [SEC-008]', async () => {
    const challenge = await signIn(await dpop(await aDpopClient(app.clock)));

    expect(await verify(challenge, await dpop(await aDpopClient(app.clock)))).toMatchObject({ errors: OVER });
    expect(await verify(challenge, {})).toMatchObject({ errors: OVER });
  });

  it('is not met with a proof that came before [SEC-011] [SEC-008]', async () => {
    const client = await aDpopClient(app.clock);
    const proof = await dpop(client);
    const challenge = await signIn(proof);

    const { data, errors } = await send<{ verifySecondFactor: Tokens | null }>(VERIFY, { challenge, totp: owner.code() }, proof);

    expect(data?.verifySecondFactor ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
