import { type RevocableToken, type Revocation, RevocationMap } from '../../../src/identity/revocations/revocation-map';

const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const token: RevocableToken = { jti: 'j', tenantId: 't', sessionId: 's', sessionVersion: 3, userId: 'u', clientId: 'c' };
const revocation = (difference: Partial<Revocation>): Revocation => ({
  tenantId: 't',
  kind: 'session',
  subject: 's',
  minVersion: null,
  expiresAt: later(60),
  ...difference,
});
const revokes = (revocations: readonly Partial<Revocation>[], of: Partial<RevocableToken> = {}, at = now): boolean => {
  const map = new RevocationMap();
  for (const difference of revocations) map.add(revocation(difference));
  return map.has({ ...token, ...of }, at);
};

describe('what was revoked', () => {
  it.each([
    [{ kind: 'token', subject: 'j' }],
    [{ kind: 'session', subject: 's' }],
    [{ kind: 'user', subject: 'u' }],
    [{ kind: 'client', subject: 'c' }],
    [{ kind: 'tenant', subject: 't' }],
  ] as const)('concerns the token that %j names, and no other [SEC-009]', what => {
    expect(revokes([what])).toBe(true);
    expect(revokes([{ ...what, subject: 'other' }])).toBe(false);
    expect(revokes([{ ...what, tenantId: 'other' }])).toBe(false);
  });

  it('does not mix up kinds whose subjects are called alike [SEC-009]', () => {
    expect(revokes([{ kind: 'user', subject: 's' }])).toBe(false);
    expect(revokes([{ kind: 'token', subject: 'u' }])).toBe(false);
  });

  it('concerns nothing of a token that has no session, user or client [SEC-009]', () => {
    const bare = { sessionId: null, sessionVersion: null, userId: null, clientId: null };

    expect(
      revokes(
        [
          { kind: 'session', subject: 'null' },
          { kind: 'user', subject: '' },
        ],
        bare,
      ),
    ).toBe(false);
    expect(revokes([{ kind: 'tenant', subject: 't', minVersion: 1 }], bare)).toBe(true);
  });

  it.each([
    [1, false],
    [3, false],
    [4, true],
    [null, true],
  ])('below version %p: a token of version 3 is revoked: %p [SEC-009]', (minVersion, expected) => {
    expect(revokes([{ minVersion }])).toBe(expected);
  });

  it('becomes the strictest of what came, in any order [SEC-009]', () => {
    const [all, four, one] = [{ minVersion: null, expiresAt: later(10) }, { minVersion: 4, expiresAt: later(60) }, { minVersion: 1 }];

    for (const order of [
      [all, four, one],
      [one, four, all],
      [four, all, all, one],
    ])
      expect(revokes(order, {}, later(30))).toBe(true);
    expect(revokes([four, one])).toBe(true);
    expect(revokes([one, one])).toBe(false);
  });

  it('is over at its end, and is forgotten then [SEC-009]', () => {
    const map = new RevocationMap();
    map.add(revocation({}));
    expect([map.has(token, later(59)), map.has(token, later(60))]).toEqual([true, false]);

    map.forgetExpired(later(59));
    expect(map.size).toBe(1);
    map.forgetExpired(later(60));
    expect(map.size).toBe(0);
  });
});
