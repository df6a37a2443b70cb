import { startApp, type TestApp } from '../../support/app';
import { aBusiness } from '../../support/business';
import { startGateway } from '../../support/gateway';
import { aClient, basic, postForm, type TestClient, tokenOf } from '../../support/oauth';

const FREE = 20;

describe('clients that fail to authenticate themselves', () => {
  let app: TestApp;
  let client: TestClient;
  let other: TestClient;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    [client, other] = [await aClient(app.tenant('northwind')), await aClient(app.tenant('northwind'))];
  });
  afterAll(() => app.close());

  const fail = (id = client.id) => tokenOf(app, { id, secret: 'wrong' });

  it('wait ever longer after twenty failures, with the right secret too, and are let in after that [SEC-021]', async () => {
    for (let failure = 0; failure <= FREE; failure += 1) expect((await fail()).status).toBe(401);

    const blocked = await tokenOf(app, client);
    expect([blocked.status, blocked.headers.get('retry-after'), blocked.body['error']]).toEqual([429, '1', 'temporarily_unavailable']);
    expect(blocked.headers.get('cache-control')).toBe('no-store');

    app.clock.advance(1_000);
    expect((await fail()).status).toBe(401);
    expect((await fail()).headers.get('retry-after')).toBe('2');

    app.clock.advance(2_000);
    expect((await tokenOf(app, client)).status).toBe(200);
  });

  it('do not hold up another client of the same network [SEC-021]', async () => {
    for (let failure = 0; failure <= FREE + 1; failure += 1) await fail();

    expect((await fail()).status).toBe(429);
    expect((await tokenOf(app, other)).status).toBe(200);
  });

  it('are slowed down at all three endpoints, by the failures at any of them [SEC-021]', async () => {
    app.clock.advance(86_400_000);
    const at = (path: string) => postForm(`${app.url}/oauth/${path}`, { token: 'x' }, basic(client.id, 'wrong'));
    for (let failure = 0; failure <= FREE; failure += 1) await at(failure % 2 === 0 ? 'revoke' : 'introspect');

    expect([(await at('revoke')).status, (await at('introspect')).status, (await fail()).status]).toEqual([429, 429, 429]);
  });

  it('do not count while they succeed: a client may ask for fifty tokens at once [SEC-021]', async () => {
    app.clock.advance(86_400_000);

    const answers = await Promise.all(Array.from({ length: 50 }, () => tokenOf(app, client)));

    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe('a failed authentication of a client', () => {
  it('stands in the log as a security event and in the metrics as a refusal, without what was sent [SEC-017] [SEC-021]', async () => {
    const gateway = await startGateway();
    try {
      await postForm(`${gateway.url}/oauth/token`, { grant_type: 'client_credentials' }, basic('cli_name', 'secret-that-was-sent'));
      const { text } = await postForm(`${gateway.url}/oauth/token`, { grant_type: 'refresh_token', refresh_token: 'payymo_rt_sent' });

      expect(text).toContain('invalid_grant');
      expect(gateway.logged.filter(line => line.includes('"securityEvent":"api-client.authentication-failed"'))).toHaveLength(1);
      expect(gateway.logged.filter(line => line.includes('"stage":"authentication"'))).toHaveLength(2);
      expect(gateway.logged.join()).not.toMatch(/secret-that-was-sent|cli_name|payymo_rt_sent/);
    } finally {
      await gateway.close();
    }
  });
});
