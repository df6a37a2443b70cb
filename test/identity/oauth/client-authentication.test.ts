import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { rawRequest } from '../../support/http';
import { aClient, basic, type FormAnswer, postForm, type TestClient } from '../../support/oauth';
import { ratioOfTimes } from '../../support/timing';

const GRANT = { grant_type: 'client_credentials' };
const ASSERTION = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: 'a.b.c' };
const END = 'mutation ($id: ID!) { endApiClient(input: { clientId: $id }) { apiClient { id } } }';

describe('the authentication of a client by its secret', () => {
  let app: TestApp;
  let northwind: TestTenant;
  let client: TestClient;
  let other: TestClient;
  let ended: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    northwind = app.tenant('northwind');
    client = await aClient(northwind);
    other = await aClient(app.tenant('aurora'));
    ended = await aClient(northwind);
    await northwind.as('OWNER')(END, { id: ended.id });
  });
  afterAll(() => app.close());

  const endpoint = () => `${app.url}/oauth/token`;
  const post = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    postForm(endpoint(), { ...GRANT, ...parameters }, headers);
  const unknownId = () => client.id.replace(/.$/, last => (last === '0' ? '1' : '0'));

  it('works in the header, form-encoded or not, and in the body [API-007]', async () => {
    const encoded = [client.id, client.secret].map(part => part.replaceAll('_', '%5F').replaceAll('-', '%2d')).join(':');

    expect((await post({}, basic(client.id, client.secret))).status).toBe(200);
    expect((await post({ client_id: client.id }, basic(client.id, client.secret))).status).toBe(200);
    expect((await post({}, { authorization: `basic ${Buffer.from(encoded).toString('base64')}` })).status).toBe(200);
    expect((await post({ client_id: client.id, client_secret: client.secret })).status).toBe(200);
  });

  it('tells an unknown client, an ended one, a wrong secret and another client in the same bytes [SEC-021]', async () => {
    const attempts: [string, string][] = [
      [client.id, 'wrong'],
      [client.id, ''],
      [client.id, `${client.secret}x`],
      [client.id, other.secret],
      [other.id, client.secret],
      [unknownId(), client.secret],
      [ended.id, ended.secret],
      ['payymo', client.secret],
      ['not an id', client.secret],
      ['', client.secret],
    ];
    const seen = (answer: FormAnswer) => [answer.text, answer.status, answer.headers.get('www-authenticate')];
    const text = '{"error":"invalid_client","error_description":"The client could not be authenticated"}';

    for (const [id, secret] of attempts) {
      expect([id, ...seen(await post({}, basic(id, secret)))]).toEqual([id, text, 401, 'Basic realm="payymo"']);
    }
    for (const [id, secret] of attempts.filter(attempt => attempt.every(Boolean))) {
      expect([id, ...seen(await post({ client_id: id, client_secret: secret }))]).toEqual([id, text, 400, null]);
    }
  });

  it.each([
    ['no authentication at all', {}, {}],
    ['the name of the client alone', { client_id: 'cli_00000000000000000000000000' }, {}],
    ['the name of our own app, which is no machine', { client_id: 'payymo' }, {}],
    ['a bearer token', {}, { authorization: 'Bearer abc' }],
    ['no base64', {}, { authorization: 'Basic §§§'.replaceAll('§', '$') }],
    ['no colon', {}, { authorization: `Basic ${Buffer.from('abc').toString('base64')}` }],
    ['a broken form-encoding', {}, { authorization: `Basic ${Buffer.from('%zz:%').toString('base64')}` }],
  ])('is refused with %s [API-007]', async (_what, parameters, headers) => {
    const { status, body } = await post(parameters, headers);

    expect([status, body['error']]).toEqual(['authorization' in headers ? 401 : 400, 'invalid_client']);
  });

  it.each<[string, () => [Record<string, string>, Record<string, string>]]>([
    ['header and body', () => [{ client_id: client.id, client_secret: client.secret }, basic(client.id, client.secret)]],
    ['header and assertion', () => [ASSERTION, basic(client.id, client.secret)]],
    ['body and assertion', () => [{ ...ASSERTION, client_id: client.id, client_secret: client.secret }, {}]],
    ['two names of clients', () => [{ client_id: other.id }, basic(client.id, client.secret)]],
    ['a secret without a name', () => [{ client_secret: client.secret }, {}]],
    ['an assertion without its type', () => [{ client_assertion: 'a.b.c' }, {}]],
    ['the type of an assertion without one', () => [{ client_assertion_type: ASSERTION.client_assertion_type }, {}]],
    ['an assertion of another type', () => [{ ...ASSERTION, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }, {}]],
  ])('takes one way at a time: not %s [API-007]', async (_what, attempt) => {
    const { status, body } = await post(...attempt());

    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  }); // prettier-ignore

  it('takes neither of two Authorization headers [API-007]', async () => {
    const { authorization } = basic(client.id, client.secret);
    const headers = ['authorization', authorization, 'authorization', authorization, 'content-type', 'application/x-www-form-urlencoded'];

    const { status, body } = await rawRequest(endpoint(), { headers, body: 'grant_type=client_credentials' });

    expect([status, JSON.parse(body)]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('is not by another method than the one that is registered [API-007]', async () => {
    const thumbprint = 'A'.repeat(43);
    const holder = await aClient(northwind, { authenticationMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', certificateThumbprints: [thumbprint] });

    for (const secret of ['', thumbprint]) {
      expect((await post({}, basic(holder.id, secret))).body['error']).toBe('invalid_client');
    }
    expect((await post({ client_id: client.id })).body['error']).toBe('invalid_client');
  });

  it('takes as long for an unknown client as for a wrong secret [SEC-021]', async () => {
    const attempt = (id: string) => async () => {
      // Nobody waits: each failure is forgotten before the next.
      app.clock.advance(3_600_000);
      await post({}, basic(id, 'wrong'));
    };

    const ratio = await ratioOfTimes(() => attempt(unknownId())(), attempt(client.id), 30);

    // A statement more or less would be a sixth of it.
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.33);
  });
});
