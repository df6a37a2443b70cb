import { startGateway, type TestGateway } from '../support/gateway';

const INTROSPECTION = { query: '{ __schema { queryType { name } } }' };

interface SchemaAnswer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe.each([
  ['switched on', true],
  ['switched off', false],
])('the explorer, %s', (_how, on) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ PAYYMO_EXPLORER: String(on) });
  });
  afterAll(() => gateway.close());

  const get = (path: string) => fetch(`${gateway.url}${path}`, { redirect: 'manual' });
  /** Reads the body too: an unread one keeps its connection, and the server waits for it. */
  const statusOf = async (url: URL | string) => {
    const response = await fetch(new URL(url, gateway.url), { redirect: 'manual' });
    await response.arrayBuffer();
    return response.status;
  };
  const post = async (body: object): Promise<SchemaAnswer> => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as SchemaAnswer;
  };

  if (on) {
    it('serves a page whose every asset is its own and there [API-006]', async () => {
      const response = await get('/explorer/');
      const html = await response.text();
      const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset = '']) => asset).filter(asset => asset !== '/explorer/');

      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(assets.length).toBeGreaterThan(2);
      for (const asset of assets) {
        const url = new URL(asset, `${gateway.url}/explorer/`);
        expect(url.origin).toBe(gateway.url);
        expect({ asset, status: await statusOf(url) }).toEqual({ asset, status: 200 });
      }
    });

    it('allows its page no host but its own, and nobody to frame it [API-006] [SEC-022]', async () => {
      const page = await get('/explorer/');
      await page.text();
      const policy = page.headers.get('content-security-policy') ?? '';

      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/https?:|\*|script-src[^;]*'unsafe-inline'/);
    });

    it('names no other host in its page and its settings [API-006]', async () => {
      for (const path of ['/explorer/', '/explorer/init.js']) {
        const text = await (await get(path)).text();
        expect(text.match(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z]{2,}/gi) ?? []).toEqual([]);
      }
    });

    it('leads from /explorer to its page, and asks our own endpoint [API-006]', async () => {
      const moved = await get('/explorer');
      await moved.text();

      expect([moved.status, moved.headers.get('location')]).toEqual([302, '/explorer/']);
      expect(await (await get('/explorer/init.js')).text()).toContain('/graphql');
    });

    it('has files of the explorer alone [API-006] [SEC-022]', async () => {
      for (const path of ['/explorer/..%2fpackage.json', '/explorer/%2e%2e/package.json', '/explorer/no-such-file.js']) {
        expect(await statusOf(path)).toBeGreaterThanOrEqual(400);
      }
    });

    it('comes with introspection [API-006]', async () => {
      expect((await post(INTROSPECTION)).data).toEqual({ __schema: { queryType: { name: 'Query' } } });
    });
    return;
  }

  it('is not there [API-006]', async () => {
    for (const path of ['/explorer', '/explorer/', '/explorer/init.js', '/explorer/main.js']) expect(await statusOf(path)).toBe(404);
  });

  it('takes introspection with it [API-006] [API-011]', async () => {
    const { data, errors } = await post(INTROSPECTION);

    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it('takes hints at names of the schema with it [API-006] [API-009]', async () => {
    const [error] = (await post({ query: '{ tenan { id } }' })).errors ?? [];

    expect(error?.message).not.toMatch(/did you mean|"tenant"/i);
    expect(error?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});
