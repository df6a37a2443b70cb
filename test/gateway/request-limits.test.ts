import { startApp, type TestApp } from '../support/app';
import { tokenOf } from '../support/as';
import { aBusiness } from '../support/business';
import { rawRequest } from '../support/http';

interface Refusal {
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string; readonly requestId: string } }[];
}

const ME = { query: '{ me { id } }' };

describe('limits of GraphQL over HTTP', () => {
  let app: TestApp;
  let url: string;
  let json: string[];
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    url = `${app.url}/graphql`;
    const { uuid: tenantId, userUuids } = app.tenant('northwind');
    const accessToken = await tokenOf(app, tenantId, { userId: userUuids.OWNER, scopes: ['tenant:read', 'users:read'] });
    json = ['authorization', `Bearer ${accessToken}`, 'content-type', 'application/json'];
  });
  afterAll(() => app.close());

  /** Status, code and whether the request id is there too. */
  async function outcomeOf(sent: ReturnType<typeof rawRequest>) {
    const { status, body, headers } = await sent;
    const { errors = [] } = JSON.parse(body) as Refusal;
    const identified = errors.every(({ extensions }) => extensions.requestId === headers['x-request-id']);
    return { status, codes: errors.map(({ extensions }) => extensions.code), identified, body };
  }
  const post = (body: unknown, headers = json) =>
    outcomeOf(rawRequest(url, { headers, body: typeof body === 'string' ? body : JSON.stringify(body) }));

  it('answers a request like the ones that are refused below [API-011]', async () => {
    expect(await post(ME)).toMatchObject({ status: 200, codes: [] });
  });

  it('refuses a body above 100 KiB with 413 and a code [API-010] [SEC-022]', async () => {
    const padded = (bytes: number) => JSON.stringify({ ...ME, variables: { x: 'x'.repeat(bytes) } });

    expect(await post(padded(100_000))).toMatchObject({ status: 200 });
    expect(await post(padded(102_400))).toMatchObject({ status: 413, codes: ['BAD_USER_INPUT'], identified: true });
  });

  it.each([
    ['text', 'text/plain', 400],
    ['a form', 'application/x-www-form-urlencoded', 415],
    ['a form with files', 'multipart/form-data; boundary=x', 415],
    ['XML', 'application/xml', 415],
  ])('refuses %s, which a foreign page could send without asking [API-011] [SEC-022]', async (_what, type, status) => {
    expect(await post(ME, [...json.slice(0, 2), 'content-type', type])).toMatchObject({ status, identified: true });
  });

  it.each([
    ['no JSON', '{ me'],
    ['an empty body', ''],
    ['a list of operations', [ME, ME]],
    ['null', 'null'],
    ['a number', '7'],
    ['no document', {}],
    ['a document that is no text', { query: { me: 1 } }],
    ['variables that are a list', { ...ME, variables: [] }],
    ['a polluted prototype', '{"query":"{ me { id } }","__proto__":{"polluted":true}}'],
  ])('refuses %s with 4xx and a code [API-011] [API-009]', async (_what, body) => {
    const { status, codes, identified } = await post(body);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(codes).toHaveLength(1);
    expect(codes[0]).not.toBe('INTERNAL');
    expect(identified).toBe(true);
  });

  it('stores no persisted queries for anybody [API-010]', async () => {
    const body = { ...ME, extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } };

    expect((await post(body)).codes).toEqual(['PERSISTED_QUERY_NOT_SUPPORTED']);
  });

  it('answers a query by GET only to clients that say they are no foreign page [API-011]', async () => {
    const get = (query: string, ...headers: string[]) =>
      outcomeOf(rawRequest(`${url}?query=${encodeURIComponent(query)}`, { method: 'GET', headers: [...json.slice(0, 2), ...headers] }));

    expect(await get('{ me { id } }')).toMatchObject({ status: 400, codes: ['BAD_REQUEST'] });
    expect(await get('{ me { id } }', 'apollo-require-preflight', 'true')).toMatchObject({ status: 200, codes: [] });
  });

  it('refuses a mutation by GET [API-011] [SEC-022]', async () => {
    const query = encodeURIComponent('mutation { importInvoices { invoiceImport { id } } }');
    const headers = [...json.slice(0, 2), 'apollo-require-preflight', 'true'];

    const { status, codes } = await outcomeOf(rawRequest(`${url}?query=${query}`, { method: 'GET', headers }));

    expect({ status, codes }).toEqual({ status: 405, codes: ['BAD_REQUEST'] });
    expect(await app.db.query('select 1 from invoice_imports')).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('knows no %s [API-011]', async method => {
    expect(await outcomeOf(rawRequest(url, { method, headers: json, body: JSON.stringify(ME) }))).toMatchObject({ status: 404 });
  });

  it.each([
    ['thousands of aliases', `{ ${Array.from({ length: 2_000 }, (_, n) => `a${n}: me { id }`).join(' ')} }`],
    ['thousands of directives', `{ me { id ${'@include(if: true) '.repeat(1_000)} } }`],
    ['fields nested thousands deep', `{ ${'me { tenant { users { '.repeat(1_000)} id ${'} } }'.repeat(1_000)} }`],
    ['lists nested thousands deep', `{ node(id: ${'['.repeat(4_500)}${']'.repeat(4_500)}) { id } }`],
    ['lists that never end', `{ node(id: ${'['.repeat(3_900)}`],
    ['lists nested as deep as the limit lets through', `{ node(id: ${'['.repeat(1_980)}${']'.repeat(1_980)}) { id } }`],
    ['objects nested deep', `{ node(id: ${'{a:'.repeat(900)}1${'}'.repeat(900)}) { id } }`],
    ['fragments that name themselves', '{ me { ...a } } fragment a on User { ...b } fragment b on User { ...a }'],
  ])('refuses a document of %s at once, with a code [API-010]', async (_what, query) => {
    const began = performance.now();
    const { status, codes } = await post({ query });

    expect(status).toBe(400);
    expect(codes[0]).toMatch(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
