import type { Principal } from '../../src/platform/auth/principal';
import { aLibrary, refusalsIn } from '../support/protected-library';

const NOW = new Date('2026-11-22T12:00:00Z');
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const person: Partial<Principal> = { userId: 'somebody', methods: ['pwd', 'otp', 'mfa'], authenticatedAt: secondsAgo(10) };
const scopes = ['books:delete'];
const SELL = 'mutation { sell }';

describe('what needs a step-up', () => {
  const clock = { now: () => NOW };
  const { ask } = aLibrary(clock);

  it.each([
    ['a one-time password just now', {}],
    ['a hardware key just now', { methods: ['hwk'] }],
    ['a second factor 300 seconds ago', { authenticatedAt: secondsAgo(300) }],
    ['a second factor by a clock that is 5 seconds ahead', { authenticatedAt: secondsAgo(-5) }],
  ] as const)('is open with %s [SEC-011]', async (_what, difference) => {
    const answer = await ask(SELL, { scopes, person: { ...person, ...difference } });

    expect(answer).toMatchObject({ data: { sell: true }, errors: [], called: ['Mutation.sell'] });
  });

  it.each([
    ['a password alone', { methods: ['pwd'] }],
    ['several factors that nobody names', { methods: ['pwd', 'mfa'] }],
    ['a second factor 300.001 seconds ago', { authenticatedAt: secondsAgo(300.001) }],
    ['a second factor that is yet to come', { authenticatedAt: secondsAgo(-6) }],
    ['no time of it', { authenticatedAt: null }],
    ['a time that is none', { authenticatedAt: new Date(Number.NaN) }],
    ['a machine', { userId: null, clientId: 'a-client' }],
  ] as const)('is refused with %s [SEC-011] [SEC-017]', async (_what, difference) => {
    const answer = await ask(SELL, { scopes, person: { ...person, ...difference } });

    expect(answer.data).toEqual({ sell: null });
    expect(refusalsIn(answer)).toEqual([['sell', 'STEP_UP_REQUIRED', 'Mutation.sell']]);
    expect(answer.errors?.[0]?.originalError).toMatchObject({ details: { maxAgeSeconds: 300 } });
    expect(answer.called).toEqual([]);
  });

  it('asks for the scope first: a second factor would not help who lacks it [SEC-011]', async () => {
    expect(refusalsIn(await ask(SELL, { scopes: [], person: { ...person, methods: ['pwd'] } }))).toEqual([
      ['sell', 'FORBIDDEN', 'Mutation.sell', 'books:delete'],
    ]);
    expect(refusalsIn(await ask(SELL, { scopes: null }))).toEqual([['sell', 'UNAUTHENTICATED', 'Mutation.sell']]);
  });

  it('closes again for the same caller when the time has passed [SEC-011]', async () => {
    let now = NOW;
    const library = aLibrary({ now: () => now });
    const asking = { scopes, person };

    expect((await library.ask(SELL, asking)).data).toEqual({ sell: true });
    now = new Date(NOW.getTime() + 291_000);
    expect((await library.ask(SELL, asking)).data).toEqual({ sell: null });
  });

  it('is refused to everybody under a policy that nobody knows [SEC-017]', async () => {
    expect(await ask('mutation { burn }', { scopes, person })).toMatchObject({ data: { burn: null }, called: [] });
  });
});
