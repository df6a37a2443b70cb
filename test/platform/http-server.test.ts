import { startGateway, type TestGateway } from '../support/gateway';
import { rawRequest } from '../support/http';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** In the order in which they are made. */
const SERVICES = ['database', 'late-traces', 'revocations'];
const ORIGIN = 'https://app.payymo.example';

describe('the HTTP server', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ PAYYMO_ALLOWED_ORIGINS: ORIGIN });
  });
  afterAll(() => gateway.close());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${gateway.url}${path}`, { headers });
  const databaseUser = 'payymo_app';

  it('is live without looking at anything [OBS-005]', async () => {
    const response = await get('/health/live');

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('is ready when each service is, and names no more than that [OBS-005]', async () => {
    const response = await get('/health/ready');

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', services: SERVICES.map(name => ({ name, healthy: true })) });
  });

  it('is live but not ready while the database is away, tells nothing internal, and comes back by itself [OBS-005] [API-009]', async () => {
    const name = new URL(gateway.db.appUrl).pathname.slice(1);
    await gateway.db.query(`revoke connect on database ${name} from public, ${databaseUser}`);
    await gateway.db.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2', [
      name,
      databaseUser,
    ]);
    const away = await get('/health/ready');
    const text = await away.text();
    const live = await get('/health/live');
    await gateway.db.query(`grant connect on database ${name} to ${databaseUser}`);

    expect(away.status).toBe(503);
    const services = SERVICES.map(service => ({
      name: service,
      healthy: service === 'database' ? false : (expect.any(Boolean) as boolean),
    }));
    expect(JSON.parse(text)).toEqual({ status: 'unavailable', services });
    expect(live.status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
  });

  it.each(['/', '/nothing-here', '/graphql/more', '/.env', '/health', '/..%2f..%2fetc/passwd'])(
    'answers %s with 404 in the shape of every error [API-009]',
    async path => {
      const response = await get(path);

      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        errors: [{ message: 'There is nothing here', extensions: { code: 'NOT_FOUND', requestId: response.headers.get('x-request-id') } }],
      });
      expect(response.headers.get('x-request-id')).toMatch(UUID);
    },
  );

  it.each(['//', '//elsewhere.example/graphql', '/\\\\', '*'])(
    'answers the request target %s like one that does not exist, with and without a DPoP proof [API-009] [SEC-022]',
    async target => {
      for (const headers of [[], ['dpop', 'a.b.c']]) {
        expect(await rawRequest(gateway.url, { method: 'GET', target, headers })).toMatchObject({ status: 404 });
      }
    },
  );

  it.each(['/health/live', '/.well-known/jwks.json', '/nothing-here'])('protects browsers that come to %s [SEC-022]', async path => {
    const { headers } = await get(path);

    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      'strict-transport-security': expect.stringContaining('max-age=31536000') as string,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    });
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });

  it('lets pages of allowed origins read answers, and no others [SEC-022]', async () => {
    const preflight = (origin: string) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
      });

    const allowed = await preflight(ORIGIN);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null', 'http://app.payymo.example']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect((await get('/health/live', { origin })).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('logs one line for each request, without what the client put into its address [OBS-001]', async () => {
    const before = gateway.logged.length;
    const headers = [
      'x-request-id',
      'evil\\n{"level":"error"}',
      'user-agent',
      'agent-that-tells',
      'authorization',
      'Bearer secret.of.mine',
    ];

    await rawRequest(`${gateway.url}/no-such/secret-path?token=secret-query`, { method: 'GET', headers });

    const lines = gateway.logged.slice(before).map(line => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ msg }) => msg === 'answered')).toMatchObject([
      {
        level: 'info',
        method: 'GET',
        path: 'unknown',
        statusCode: expect.any(Number) as number,
        requestId: expect.stringMatching(UUID) as string,
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/secret|agent-that-tells|evil/);
  });

  it('refuses headers beyond what anybody needs [SEC-022]', async () => {
    const { status } = await rawRequest(`${gateway.url}/health/live`, { method: 'GET', headers: ['x-large', 'x'.repeat(20_000)] });

    expect(status).toBe(431);
  });
});
