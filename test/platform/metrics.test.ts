import Fastify from 'fastify';

import { newId } from '../../src/platform/database/ids';
import { forbidden, unauthenticated } from '../../src/platform/errors';
import { Metrics } from '../../src/platform/metrics/metrics';
import { metricsRoutes } from '../../src/platform/metrics/metrics.routes';
import { startGateway, type TestGateway } from '../support/gateway';
import { rawRequest } from '../support/http';
import { PASSWORD, settings } from '../support/settings';

const TOKEN = 'canary-metrics-token-of-more-than-32-characters';
const BEARER = ['authorization', `Bearer ${TOKEN}`];

const collect = async (gateway: TestGateway, headers: readonly string[] = []) =>
  rawRequest(`${gateway.url}/metrics`, { method: 'GET', headers });

describe('the figures of a process', () => {
  it('count apart for two processes in one, and by fixed labels alone [SEC-017]', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.refused('authorization', forbidden('a:b').code);
    one.refused('authorization', 'FORBIDDEN');
    one.refused('authentication', unauthenticated().code);
    one.signedIn('throttled');

    expect(one.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await one.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual([
      'payymo_refusals_total{stage="authorization",reason="FORBIDDEN"} 2',
      'payymo_refusals_total{stage="authentication",reason="UNAUTHENTICATED"} 1',
      'payymo_sign_ins_total{outcome="throttled"} 1',
    ]);
    expect(await other.text()).not.toMatch(/^payymo_/m);
  });
});

describe('/metrics with a token', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ PAYYMO_METRICS_TOKEN: TOKEN });
  });
  afterAll(() => gateway.close());

  it('gives the figures to who has it [SEC-017]', async () => {
    await rawRequest(`${gateway.url}/graphql`, {
      headers: ['authorization', 'Bearer x.y.z', 'content-type', 'application/json'],
      body: '{"query":"{ me { id } }"}',
    });

    const { status, headers, body } = await collect(gateway, BEARER);

    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' });
    expect(body).toContain('payymo_refusals_total{stage="authentication",reason="UNAUTHENTICATED"} 1');
  });

  it.each<readonly [string, readonly string[]]>([
    ['no token', []],
    ['another token', ['authorization', `Bearer ${TOKEN.replace('c', 'k')}`]],
    ['a part of the token', ['authorization', `Bearer ${TOKEN.slice(0, -1)}`]],
    ['the token under another scheme', ['authorization', `Basic ${TOKEN}`]],
    ['the token twice', [...BEARER, ...BEARER]],
    ['the token in another header', ['x-authorization', `Bearer ${TOKEN}`]],
  ])('refuses %s, also from this machine, and tells nothing [SEC-017]', async (_what, headers) => {
    const { status, headers: answered, body } = await collect(gateway, headers);

    expect(status).toBe(401);
    expect(answered['www-authenticate']).toMatch(/^Bearer/);
    expect(body).not.toContain('payymo_');
  });

  it('logs the token nowhere [SEC-005]', () => {
    expect(gateway.logged.join('')).not.toContain('canary-metrics-token');
  });

  it('counts sign-ins by how they ended [SEC-017] [SEC-021]', async () => {
    const tenantId = newId();
    await gateway.db.query(`insert into tenants (id, slug, name, country) values ($1, 'northwind', 'Northwind', 'DE')`, [tenantId]);
    await gateway.db.query(
      `insert into users (tenant_id, id, email, name, role, password_hash) values ($1, $2, 'owner@northwind.example', 'Owner', 'OWNER', $3)`,
      [tenantId, newId(), settings().passwordHash],
    );
    const signIn = (password: string) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: 'mutation ($password: String!) { signIn(input: { email: "owner@northwind.example", password: $password }) { expiresAt } }',
          variables: { password },
        }),
      });
    await signIn('wrong');
    await signIn(PASSWORD);

    const { body } = await collect(gateway, BEARER);

    expect(body).toContain('payymo_sign_ins_total{outcome="refused"} 1');
    expect(body).toContain('payymo_sign_ins_total{outcome="succeeded"} 1');
  });
});

describe('/metrics without a token', () => {
  it.each([
    ['127.0.0.1', 200],
    ['127.8.9.10', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['203.0.113.9', 500],
    ['::ffff:203.0.113.9', 500],
    ['::2', 500],
    ['1127.0.0.1', 500],
    ['10.127.0.0.1', 500],
  ])('answers a connection from %s with %i [SEC-017]', async (remoteAddress, status) => {
    const server = Fastify();
    await metricsRoutes(new Metrics(), { token: null, behindProxy: false })(server);

    // The error of a refusal is put into words by our own server alone.
    expect((await server.inject({ url: '/metrics', remoteAddress })).statusCode).toBe(status);
    await server.close();
  });

  it('answers callers on this machine, whatever they say about themselves [SEC-017]', async () => {
    const gateway = await startGateway();

    expect((await collect(gateway)).status).toBe(200);
    expect((await collect(gateway, ['x-forwarded-for', '203.0.113.9'])).status).toBe(200);
    await gateway.close();
  });

  it('refuses everybody behind a trusted proxy, since all seem to call from its machine [SEC-017]', async () => {
    const gateway = await startGateway({ PAYYMO_TRUSTED_PROXIES: '127.0.0.1' });

    expect((await collect(gateway)).status).toBe(401);
    expect((await collect(gateway, ['x-forwarded-for', '127.0.0.1'])).status).toBe(401);
    await gateway.close();
  });
});
