import { randomUUID } from 'node:crypto';

import { AccessTokens } from '../../../src/identity/tokens/access-tokens';
import { signingKeys } from '../../../src/identity/tokens/signing-keys';
import type { VerifiedToken } from '../../../src/identity/tokens/verified-token';
import { VerifiedTokens } from '../../../src/identity/tokens/verified-tokens';
import { unauthenticated, unavailable } from '../../../src/platform/errors';
import { TestClock } from '../../support/clock';
import { aToken } from '../../support/forge';
import { settings } from '../../support/settings';
import { startTokenServer, type TokenServer } from '../../support/token-server';

const aVerified = (exp: number): VerifiedToken => ({
  ...{ jti: randomUUID(), tenantId: randomUUID(), userId: randomUUID(), clientId: null, sessionId: null, sessionVersion: 1 },
  ...{ actor: 'user:a', scopes: new Set<string>(), authenticatedAt: null, methods: [], confirmation: null },
  times: { iat: exp - 300, exp },
});

describe('a token that was verified before', () => {
  let server: TokenServer;
  beforeAll(async () => {
    server = await startTokenServer();
  });
  afterEach(() => {
    server.refuseWith(null);
  });
  afterAll(() => server.close());

  it('is not verified again: its signature costs once [SEC-007]', async () => {
    const clock = new TestClock();
    const keys = await signingKeys({ active: settings().signingKey });
    const verification = new Map(keys.verification);
    const tokens = new AccessTokens({ ...keys, verification }, 'https://payymo.example', clock);
    const token = await aToken(tokens);
    const first = await tokens.verify(token);
    verification.clear();

    expect(await tokens.verify(token)).toBe(first);
    await expect(tokens.verify(await aToken(tokens))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is another token when one character is another [SEC-007]', async () => {
    const token = await aToken(server.tokens);
    expect((await server.askAs(`Bearer ${token}`)).status).toBe(200);

    expect((await server.askAs(`Bearer ${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).status).toBe(401);
  });

  it('is refused as soon as it is revoked, and while that is unknown [SEC-009] [SEC-017]', async () => {
    const token = await aToken(server.tokens);
    expect((await server.askAs(`Bearer ${token}`)).status).toBe(200);

    server.refuseWith(unauthenticated());
    expect((await server.askAs(`Bearer ${token}`)).status).toBe(401);
    server.refuseWith(unavailable('unknown'));
    expect((await server.askAs(`Bearer ${token}`)).status).toBe(503);
    server.refuseWith(null);
    expect((await server.askAs(`Bearer ${token}`)).status).toBe(200);
  });

  it('expires like any other, and says so [SEC-007]', async () => {
    const token = await aToken(server.tokens);
    expect((await server.askAs(`Bearer ${token}`)).status).toBe(200);
    server.clock.advance(304_000);
    expect((await server.askAs(`Bearer ${token}`)).status).toBe(200);
    server.clock.advance(1_000);

    const { status, challenge, body } = await server.askAs(`Bearer ${token}`);

    expect(status).toBe(401);
    expect(challenge).toBe('Bearer error="invalid_token", error_description="The access token expired"');
    expect(body).toContain('The access token has expired: sign in again');
  });

  it('is never remembered from before its signature was seen to fit [SEC-007]', async () => {
    const clock = new TestClock();
    const keys = await signingKeys({ active: settings().signingKey });
    const verified = new VerifiedTokens();
    const tokens = new AccessTokens(keys, 'https://payymo.example', clock, verified);
    const elsewhere = new AccessTokens(keys, 'https://elsewhere.example', clock);
    const token = await aToken(tokens);

    for (const bad of [`${token}A`, token.replace(/.{4}$/, 'AAAA'), await aToken(elsewhere)]) {
      await expect(tokens.verify(bad)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    clock.advance(400_000);
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', expired: true });
    expect(verified.size).toBe(0);
  });
});

describe('the memory of verified tokens', () => {
  const now = new Date(1_800_000_000_000);
  const seconds = now.getTime() / 1000;

  it('is bounded: the oldest make room [SEC-022]', () => {
    const tokens = new VerifiedTokens(3);
    for (const name of ['a', 'b', 'c', 'd', 'e']) tokens.add(name, aVerified(seconds + 300), now);

    expect(tokens.size).toBe(3);
    expect(['a', 'b', 'c', 'd', 'e'].filter(name => tokens.get(name) !== undefined)).toEqual(['c', 'd', 'e']);
  });

  it('lets go of those that expired [SEC-022]', () => {
    const tokens = new VerifiedTokens(100);
    for (let at = 0; at < 50; at += 1) tokens.add(`old ${at}`, aVerified(seconds), now);
    tokens.add('new', aVerified(seconds + 300), now);

    expect(tokens.size).toBe(1);
    expect(tokens.get('new')).toBeDefined();
  });
});
