import { startApp, type TestApp } from '../support/app';
import { tokenOf } from '../support/as';
import { aBusiness } from '../support/business';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What only we may know: SQL, stacks, paths, names of tables and roles. */
const INTERNALS = /select |relation|tenants|payymo_|sequelize|\.ts\b|\.js\b|node_modules|\/work|\\n\s*at .+:\d+|stacktrace|"parent"/i;

describe('errors of the GraphQL API', () => {
  let app: TestApp;
  let authorization: string;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    const { uuid: tenantId, userUuids } = app.tenant('northwind');
    const accessToken = await tokenOf(app, tenantId, { userId: userUuids.OWNER, scopes: ['tenant:read', 'transactions:read'] });
    authorization = `Bearer ${accessToken}`;
  });
  afterAll(() => app.close());

  /** As a client would, with the token; and everything that it can see. */
  async function send(body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const { errors = [], data } = JSON.parse(text) as {
      data?: unknown;
      errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[];
    };
    return { status: response.status, requestId: response.headers.get('x-request-id'), text, errors, data };
  }

  it.each([
    [
      'another scope is needed',
      '{ matches { totalCount } }',
      200,
      { code: 'FORBIDDEN', coordinate: 'Query.matches', scope: 'matches:read' },
    ],
    ['an argument is out of range', '{ transactions(first: 0) { totalCount } }', 200, { code: 'BAD_USER_INPUT', field: 'first' }],
    ['an id is malformed', '{ node(id: "x") { id } }', 200, { code: 'BAD_USER_INPUT', field: 'id' }],
    [
      'a text holds a NUL character',
      '{ transactions(filter: { text: "a\\u0000" }) { totalCount } }',
      200,
      { code: 'BAD_USER_INPUT', field: 'input' },
    ],
    ['a field does not exist', '{ tenant { licence } }', 400, { code: 'GRAPHQL_VALIDATION_FAILED' }],
    ['a selection is missing', '{ tenant }', 400, { code: 'GRAPHQL_VALIDATION_FAILED' }],
    ['a literal is of another type', '{ transactions(first: "x") { totalCount } }', 400, { code: 'GRAPHQL_VALIDATION_FAILED' }],
    ['the document does not parse', '{ tenant { ', 400, { code: 'GRAPHQL_PARSE_FAILED' }],
    ['the document is empty', '', 400, { code: 'BAD_REQUEST' }],
    ['no operation has that name', 'query A { tenant { id } } query B { tenant { id } }', 400, { code: 'OPERATION_RESOLUTION_FAILURE' }],
  ])('carry a code, the request id and nothing internal when %s [API-009]', async (_when, query, status, extensions) => {
    const answer = await send({ query });

    expect(answer.status).toBe(status);
    expect(answer.requestId).toMatch(UUID);
    expect(answer.errors.map(error => error.extensions)).toEqual([{ ...extensions, requestId: answer.requestId }]);
    expect(answer.text).not.toMatch(/stacktrace|node_modules|\/work/);
  });

  it.each([
    'transactions(filter: { bookedOn: { from: "0000-01-01" } })',
    'invoices(filter: { dueOn: { to: "0000-02-28" } })',
    'auditEntries(filter: { recordedAt: { from: "0000-01-01T00:00:00Z" } })',
    'auditEntries(filter: { recordedAt: { to: "9999-12-31T23:59:59-23:59" } })',
  ])('carry BAD_USER_INPUT for a date that cannot be kept, and leave other fields alone: %s [API-009]', async list => {
    const { data, errors = [] } = await app.tenant('northwind').as('OWNER')(`{ list: ${list} { totalCount } me { name } }`);

    expect(errors.map(({ path, extensions: { code } }) => [path?.[0], code])).toEqual([['list', 'BAD_USER_INPUT']]);
    expect(data).toEqual({ list: null, me: { name: 'OWNER' } });
  });

  it.each([
    ['a number for a text', { input: { email: 1, password: 'x' } }],
    ['null for what must be', { input: { email: null, password: 'x' } }],
    ['a field that does not exist', { input: { email: 'x', password: 'x', licence: 'x' } }],
    ['nothing', {}],
  ])('carry a code when a variable holds %s [API-009]', async (_what, variables) => {
    const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }';
    const { status, errors, requestId } = await send({ query, variables });

    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId } }]);
  });

  it('tell neither SQL nor stack when the database fails, and go on afterwards [API-009] [SEC-017]', async () => {
    await app.db.query('alter table tenants rename to tenants_elsewhere');
    const answer = await send({ query: '{ tenant { id } me { id } }' });
    await app.db.query('alter table tenants_elsewhere rename to tenants');

    expect(answer.status).toBe(200);
    expect(answer.errors).toMatchObject([
      { message: 'Something went wrong on our side', path: ['tenant'], extensions: { code: 'INTERNAL', requestId: answer.requestId } },
    ]);
    // What else was asked is answered: a failed statement ends its own transaction alone.
    expect(answer.data).toMatchObject({ tenant: null, me: { id: expect.any(String) as string } });
    expect(answer.text.replaceAll('"tenant"', '')).not.toMatch(INTERNALS);
    expect((await send({ query: '{ tenant { slug } }' })).data).toEqual({ tenant: { slug: 'northwind' } });
  });

  it('tell nothing when the database drops its connections, and go on afterwards [API-009] [SEC-017]', async () => {
    const drop = () =>
      app.db.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'payymo_app'`);
    const slow = send({ query: '{ transactions { totalCount } tenant { id } }' });
    await drop();
    const answer = await slow;
    await drop();

    for (const { extensions } of answer.errors) expect(['INTERNAL', 'UNAVAILABLE']).toContain(extensions['code']);
    expect(answer.text.replaceAll('"tenant"', '')).not.toMatch(INTERNALS);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect((await send({ query: '{ tenant { slug } }' })).data).toEqual({ tenant: { slug: 'northwind' } });
  });

  it('leave what did not fail in the answer [API-009]', async () => {
    const { data, errors } = await send({ query: '{ me { email } node(id: "x") { id } }' });

    expect(data).toEqual({ me: { email: 'owner@northwind.example' }, node: null });
    expect(errors).toMatchObject([{ path: ['node'] }]);
  });

  it.each([
    ['well-formed', 'client-request.42', true],
    ['as long as may be', 'a'.repeat(64), true],
    ['too long', 'a'.repeat(65), false],
    ['too short', 'a1', false],
    ['with a quote', 'request"42","level":"x', false],
    ['with markup', 'request<script>', false],
    ['with a blank', 'request 42 and more', false],
    ['empty', '', false],
  ])('take a request id that is %s from the client, and no other [API-009] [OBS-003]', async (_what, given, taken) => {
    const { requestId, errors } = await send({ query: '{ node(id: "x") { id } }' }, { 'x-request-id': given });

    expect(errors[0]?.extensions['requestId']).toBe(requestId);
    if (taken) expect(requestId).toBe(given);
    else expect(requestId).toMatch(UUID);
  });
});
