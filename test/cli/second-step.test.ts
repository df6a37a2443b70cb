import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { meetChallenge, stepToUse } from '../../src/cli/second-step';
import { signIn } from '../../src/cli/sign-in';
import { TOTP_STEP_SECONDS } from '../../src/identity/second-factor/totp';
import { startApp, type TestApp } from '../support/app';
import { aBusiness } from '../support/business';
import { aPlatform } from '../support/platform';
import { PASSWORD } from '../support/settings';
import { signInAs } from '../support/second-factor';

/** Everything but the date. */
const REAL = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const STEP_MS = TOTP_STEP_SECONDS * 1_000;

describe('the token command', () => {
  let app: TestApp;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    await aPlatform(app);
    folder = await mkdtemp(path.join(tmpdir(), 'payymo-factors-'));
    file = path.join(folder, 'second-factors.json');
    // The gateway's clock stands still: the command's stands with it.
    jest.useFakeTimers({ now: app.clock.now(), doNotFake: [...REAL] });
  });
  afterAll(async () => {
    jest.useRealTimers();
    await app.close();
    await rm(folder, { recursive: true });
  });

  const demo = () => ({
    graphqlUrl: `${app.url}/graphql`,
    sandbox: { whmcs: { origin: app.url }, businesses: [] },
    tenants: [
      {
        id: 'ten_1',
        slug: 'northwind',
        name: 'Northwind',
        users: [{ email: 'owner@northwind.example', password: PASSWORD, role: 'OWNER' as const }],
      },
      {
        id: 'ten_2',
        slug: 'platform',
        name: 'Payymo',
        users: [{ email: 'platform_operator@platform.example', password: PASSWORD, role: 'PLATFORM_OPERATOR' as const }],
      },
    ],
  });
  const roleOf = async (token: string) => (await app.ask(`Bearer ${token}`)('{ me { role } tenant { slug } }')).data;

  it('needs the password alone where no second factor is demanded [ARC-008]', async () => {
    const token = await signIn(demo(), 'northwind', 'owner', file);

    expect(await roleOf(token)).toEqual({ me: { role: 'OWNER' }, tenant: { slug: 'northwind' } });
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('enrols a second factor for an operator, privately, and uses each code once [SEC-011] [ARC-008]', async () => {
    const first = await signIn(demo(), 'platform', 'operator', file);
    expect(await roleOf(first)).toEqual({ me: { role: 'PLATFORM_OPERATOR' }, tenant: { slug: 'platform' } });
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const second = await signIn(demo(), 'platform', 'operator', file);
    expect(await roleOf(second)).toEqual({ me: { role: 'PLATFORM_OPERATOR' }, tenant: { slug: 'platform' } });
    expect((await app.ask(`Bearer ${second}`)('{ tenants { nodes { slug } } }')).data).toEqual({
      tenants: { nodes: [{ slug: 'northwind' }] },
    });
  });

  it('says which tenants and roles there are, and that a factor was enrolled elsewhere [ARC-008]', async () => {
    await expect(signIn(demo(), 'nobody', 'owner', file)).rejects.toThrow('There is no tenant nobody: take one of northwind, platform');
    await expect(signIn(demo(), 'platform', 'owner', file)).rejects.toThrow('There is no role owner: take one of operator');

    const { secondFactor } = await signInAs(app, { slug: 'platform' }, 'PLATFORM_OPERATOR');
    if (!secondFactor) throw new Error('No challenge');
    const elsewhere = path.join(folder, 'none.json');
    await expect(meetChallenge(`${app.url}/graphql`, secondFactor, 'ada@payymo.example', elsewhere)).rejects.toThrow(
      'was not enrolled here',
    );
  });

  it.each([
    ['this one, when none was used', 100, 0, { step: 100, waitMs: 0 }],
    ['this one, when an earlier one was', 100, 99, { step: 100, waitMs: 0 }],
    ['the next, which is taken already, when this one was', 100, 100, { step: 101, waitMs: 0 }],
    ['the one after that from the next step on', 100, 101, { step: 102, waitMs: STEP_MS - 7_000 }],
  ])('uses the code of %s [SEC-011]', (_what, step, lastStep, use) => {
    expect(stepToUse(new Date(step * STEP_MS + 7_000), lastStep)).toEqual(use);
  });
});
