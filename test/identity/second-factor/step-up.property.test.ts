import fc from 'fast-check';

import { decodeBase32 } from '../../../src/identity/second-factor/base32';
import { delaySeconds } from '../../../src/identity/second-factor/failures';
import { hotp, stepAt } from '../../../src/identity/second-factor/totp';
import { type Answer, type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';
import { inOneSession } from '../../support/passkeys';
import { type Enrolled, totpNow, withSecondFactor } from '../../support/second-factor';

const STEP_UP = 'mutation ($input: StepUpInput!) { stepUp(input: $input) { accessToken } }';

/** What somebody does: waits, gives the code of a step before or after the current one, or a recovery code. */
type Act = { readonly kind: 'wait'; readonly seconds: number } | { readonly kind: 'totp'; readonly offset: number } | { readonly kind: 'recover'; readonly index: number }; // prettier-ignore

const acts = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 15, 30, 60, 300) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('totp' as const), offset: fc.integer({ min: -3, max: 3 }) }) },
  fc.record({ kind: fc.constant('recover' as const), index: fc.integer({ min: 0, max: 3 }) }),
);

/** What must come of it. */
class Model {
  failures = 0;
  blockedUntilMs = 0;
  lastStep = 0;
  readonly used = new Set<number>();

  constructor(
    private readonly now: () => Date,
    private readonly secret: Buffer,
  ) {}

  totp(code: string): string {
    if (this.now().getTime() < this.blockedUntilMs) return 'RATE_LIMITED';
    const near = [-1, 0, 1].map(offset => stepAt(this.now()) + offset);
    const step = near.find(candidate => hotp(this.secret, candidate) === code && candidate > this.lastStep);
    this.lastStep = step ?? this.lastStep;
    return this.#outcome(step !== undefined);
  }

  recover(index: number): string {
    const good = !this.used.has(index);
    this.used.add(index);
    return this.#outcome(good);
  }

  #outcome(good: boolean): string {
    this.failures = good ? 0 : this.failures + 1;
    this.blockedUntilMs = good ? 0 : this.now().getTime() + delaySeconds(this.failures) * 1000;
    return good ? 'OK' : 'UNAUTHENTICATED';
  }
}

describe('any sequence of codes', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let owner: Enrolled;
  let ask: Ask;
  const outcomeOf = ({ errors }: Answer): string => errors?.[0]?.extensions.code ?? 'OK';
  const perform = async (act: Act, model: Model): Promise<void> => {
    if (act.kind === 'wait') {
      app.clock.advance(act.seconds * 1000);
      return;
    }
    const totp = act.kind === 'totp' ? totpNow(owner.secret, app.clock, act.offset) : undefined;
    const input = act.kind === 'totp' ? { totp } : { recoveryCode: owner.recoveryCodes[act.index] };
    const expected = act.kind === 'totp' ? model.totp(totp ?? '') : model.recover(act.index);
    expect([act, outcomeOf(await ask(STEP_UP, { input }))]).toEqual([act, expected]);
  };
  const asIfNew = async () => {
    await app.db.query('update totp_seeds set last_step = 0');
    await app.db.query('update recovery_codes set used_at = null');
    await app.db.query('delete from second_factor_failures');
  };
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    owner = await withSecondFactor(app, tenant, 'OWNER');
    await owner.signedIn();
    // It outlives its first access token, and all the waiting.
    const [session] = await app.db.query<{ id: string }>(`update sessions set expires_at = expires_at + interval '1 year' returning id`);
    ask = inOneSession(app, tenant, 'OWNER', { sessionId: session?.id ?? '' });
  });
  afterAll(() => app.close());

  it('is judged as the rules say: each step once, each recovery code once, and no more guesses than are allowed [SEC-011]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 12 }), async sequence => {
        await asIfNew();
        const model = new Model(() => app.clock.now(), decodeBase32(owner.secret));
        for (const act of sequence) await perform(act, model);
      }),
      { numRuns: 15 },
    );
  });
});
