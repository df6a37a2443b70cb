import { type Bucket, Throttle } from '../../../src/identity/sign-in/throttle';
import { DAY_MS } from '../../../src/platform/clock';
import { type Answer, startApp, type TestApp } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness } from '../../support/business';
import { anInstance } from '../../support/instance';
import { SIGN_IN, signedIn } from '../../support/sessions';
import { PASSWORD, settings } from '../../support/settings';

const WRONG = 'not the password';

describe('failed sign-ins', () => {
  let app: TestApp;
  const attempt = (email: string, password: string, url = app.url): Promise<Answer> =>
    aBrowser(url).ask(SIGN_IN, { input: { email, password } });
  const verdict = ({ errors }: Answer): string => errors?.[0]?.extensions.code ?? 'SIGNED_IN';
  const wait = ({ errors }: Answer): unknown => errors?.[0]?.extensions['retryAfterSeconds'];
  const failed = async (email: string, times: number) => {
    for (let time = 0; time < times; time += 1) expect(verdict(await attempt(email, WRONG))).toBe('UNAUTHENTICATED');
  };

  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());
  // What earlier tests did is forgiven.
  beforeEach(() => {
    app.clock.advance(10 * DAY_MS);
  });

  it.each(['owner@northwind.example', 'nobody@northwind.example'])(
    'delay the next one after the sixth, and then ever longer, for %s [SEC-021]',
    async email => {
      await failed(email, 6);
      const waits: unknown[] = [];
      for (let round = 0; round < 12; round += 1) {
        const refused = await attempt(email, WRONG);
        expect(verdict(refused)).toBe('RATE_LIMITED');
        waits.push(wait(refused));
        app.clock.advance(Number(wait(refused)) * 1000);
        await failed(email, 1);
      }

      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    },
  );

  it('refuse the right password too while they delay, without looking at it [SEC-021]', async () => {
    await failed('viewer@northwind.example', 6);

    expect(verdict(await attempt('viewer@northwind.example', PASSWORD))).toBe('RATE_LIMITED');

    app.clock.advance(1_000);
    expect(verdict(await attempt('viewer@northwind.example', PASSWORD))).toBe('SIGNED_IN');
  });

  it('answer with the same bytes whether the address is known or not [SEC-021]', async () => {
    const bytes = async (email: string) => {
      const headers = { 'content-type': 'application/json', 'x-request-id': 'the-same-request' };
      const body = JSON.stringify({ query: SIGN_IN, variables: { input: { email, password: WRONG } } });
      return (await fetch(`${app.url}/graphql`, { method: 'POST', headers, body })).text();
    };
    await failed('admin@northwind.example', 6);
    await failed('stranger@northwind.example', 6);

    expect(await bytes('admin@northwind.example')).toContain('RATE_LIMITED');
    expect(await bytes('admin@northwind.example')).toBe(await bytes('stranger@northwind.example'));
  });

  it('count one by one when they are sent at the same time [SEC-021]', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => attempt('accountant@northwind.example', WRONG)));

    expect(answers.filter(answer => verdict(answer) === 'UNAUTHENTICATED')).toHaveLength(6);
    expect(answers.filter(answer => verdict(answer) === 'RATE_LIMITED')).toHaveLength(14);
  });

  it('count one by one as aliases of one operation [SEC-021]', async () => {
    const aliases = Array.from({ length: 10 }, (_, at) => `a${at}: signIn(input: $input) { expiresAt }`).join(' ');

    const { errors = [] } = await aBrowser(app.url).ask(`mutation ($input: SignInInput!) { ${aliases} }`, {
      input: { email: 'integration@northwind.example', password: WRONG },
    });

    const checked = errors.filter(({ extensions }) => extensions.code === 'UNAUTHENTICATED');
    expect(checked.length).toBeLessThanOrEqual(6);
    expect(verdict(await attempt('integration@northwind.example', PASSWORD))).toMatch(checked.length === 6 ? 'RATE_LIMITED' : 'SIGNED_IN');
  });

  it('do not lock the owner out who comes with a browser of before, whatever strangers do [SEC-021]', async () => {
    const owner = await signedIn(app.url, 'owner@northwind.example');
    const stranger = await signedIn(app.url, 'viewer@northwind.example');
    await failed('owner@northwind.example', 6);
    const input = { email: 'owner@northwind.example', password: PASSWORD };

    expect(verdict(await owner.browser.ask(SIGN_IN, { input }))).toBe('SIGNED_IN');
    expect(verdict(await stranger.browser.ask(SIGN_IN, { input }))).toBe('RATE_LIMITED');
    expect(verdict(await attempt(input.email, PASSWORD))).toBe('RATE_LIMITED');
  });

  it('count for such a browser by itself, so that whoever took it guesses no faster [SEC-021]', async () => {
    const { browser } = await signedIn(app.url, 'owner@northwind.example');
    const guess = (password: string) => browser.ask(SIGN_IN, { input: { email: 'owner@northwind.example', password } });
    for (let time = 0; time < 6; time += 1) expect(verdict(await guess(WRONG))).toBe('UNAUTHENTICATED');

    expect(verdict(await guess(PASSWORD))).toBe('RATE_LIMITED');
    expect(verdict(await attempt('owner@northwind.example', PASSWORD))).toBe('SIGNED_IN');
  });

  it('are forgotten after a success, and one after each hour [SEC-021]', async () => {
    await failed('owner@northwind.example', 5);
    expect(verdict(await attempt('owner@northwind.example', PASSWORD))).toBe('SIGNED_IN');
    await failed('owner@northwind.example', 6);
    app.clock.advance(3_600_000 * 6);

    await failed('owner@northwind.example', 6);
    expect(verdict(await attempt('owner@northwind.example', WRONG))).toBe('RATE_LIMITED');
  });

  it('count in all processes together [SEC-021]', async () => {
    const instance = await anInstance({ appUrl: app.db.appUrl, publicUrl: app.url, clock: app.clock });
    await failed('admin@northwind.example', 6);

    const elsewhere = verdict(await attempt('admin@northwind.example', PASSWORD, instance.url));
    await instance.close();

    expect(elsewhere).toBe('RATE_LIMITED');
  });

  it('leave no address in the database, and nothing that the application could read [SEC-021]', async () => {
    await failed('owner@northwind.example', 1);
    const rows = await app.db.query<{ row: string; key: Buffer }>('select t::text as row, key from payymo.sign_in_throttle t');

    expect(rows.length).toBeGreaterThan(0);
    for (const { row, key } of rows) expect([key.length, /northwind|127\.0/.test(row)]).toEqual([32, false]);
    await expect(app.database.callUntenanted('select from payymo.sign_in_throttle', [])).rejects.toMatchObject({
      // insufficient_privilege (PostgreSQL, appendix A).
      cause: { code: '42501' },
    });
  });

  describe('counted by the throttle itself', () => {
    const network = [{ kind: 'network', of: '192.0.2.0/24' }] as const;
    const busy = new Error('Too many passwords are being checked');
    let throttle: Throttle;
    const judged = (verdict: boolean, buckets: readonly Bucket[] = network) =>
      throttle.attempt(buckets, () => Promise.resolve(verdict), Boolean);
    const fails = async (times: number, buckets: readonly Bucket[] = network) => {
      for (let time = 0; time < times; time += 1) expect(await judged(false, buckets)).toBe(false);
    };
    beforeEach(() => {
      throttle = new Throttle(app.database, app.clock, Buffer.from(settings().encryptionKey, 'base64'));
    });

    it('slow a whole network only after a hundred, and a success gives back no more than its own [SEC-021]', async () => {
      await fails(99);
      await judged(true);
      await fails(2);

      await expect(judged(true)).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 1 } });
      await expect(throttle.take([{ kind: 'network', of: '198.51.100.0/24' }])).resolves.toBeUndefined();
    });

    it('hold up a network no longer for an attempt that succeeded [SEC-021]', async () => {
      await fails(100);

      await judged(true);

      await expect(judged(true)).resolves.toBe(true);
    });

    it('leave the delay of a failure that came after the attempt which is given back [SEC-021]', async () => {
      await fails(99);
      const slow = throttle.attempt(
        network,
        async () => {
          app.clock.advance(1);
          await fails(1);
          return true;
        },
        Boolean,
      );
      await slow;

      await expect(judged(true)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    });

    it('are no failures when nothing was judged: the attempt is given back with its delay, and the error stays [SEC-021]', async () => {
      const account = [{ kind: 'account', of: 'busy@northwind.example' }] as const;
      await fails(5, account);
      for (let time = 0; time < 3; time += 1) {
        await expect(throttle.attempt(account, () => Promise.reject(busy), Boolean)).rejects.toBe(busy);
      }

      await expect(judged(true, account)).resolves.toBe(true);
    });

    it('never wait for each other in a circle, when successes and failures come at once [SEC-021]', async () => {
      const accounts = Array.from({ length: 60 }, (_, at) => ({ kind: 'account', of: `${at % 3}@crowd.example` }) as const);

      const crowd = accounts.map(account => judged(true, [account, { kind: 'network', of: '203.0.113.0/24' }]));

      const reasons = (await Promise.allSettled(crowd)).flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
      for (const reason of reasons) expect(reason).toMatchObject({ code: 'RATE_LIMITED' });
    });
  });
});
