import fc from 'fast-check';

import { permissionsOf } from '../../../src/identity/roles/permissions';
import { DAY_MS, MINUTE_MS } from '../../../src/platform/clock';
import { startApp, type TestApp } from '../../support/app';
import { aBrowser } from '../../support/browser';
import { aBusiness } from '../../support/business';
import { codeOf, refresh, type SignedIn, SIGN_OUT, signedIn } from '../../support/sessions';

type Step =
  | { readonly do: 'present'; readonly back: number; readonly proof: 'OWN' | 'NONE' | 'OTHER' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'change role'; readonly role: 'ACCOUNTANT' | 'VIEWER' }
  | { readonly do: 'sign out' };

/** A refresh token as it should be kept. */
interface Kept {
  readonly text: string;
  readonly expiresAt: number;
  consumedAt: number | null;
  successor: number | null;
}

const RETRY_MS = 10_000;
const IDLE_MS = 15 * MINUTE_MS;
const ABSOLUTE_MS = 12 * 60 * MINUTE_MS;

const present = (back: fc.Arbitrary<number>, proof: fc.Arbitrary<'OWN' | 'NONE' | 'OTHER'>): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant('present' as const), back, proof });
const wait = (...ms: number[]): fc.Arbitrary<Step> => fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(...ms) });
const own = fc.constant('OWN' as const);

/** What happens around the ten seconds comes often; what ends a session for good comes seldom, so that there is more to come. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: present(fc.constant(0), own) },
  { weight: 4, arbitrary: present(fc.integer({ min: 1, max: 2 }), own) },
  { weight: 1, arbitrary: present(fc.integer({ min: 0, max: 3 }), fc.constantFrom('NONE', 'OTHER')) },
  { weight: 5, arbitrary: wait(1, 5_000, RETRY_MS, RETRY_MS + 1) },
  { weight: 1, arbitrary: wait(14 * MINUTE_MS, IDLE_MS) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change role' as const), role: fc.constantFrom('ACCOUNTANT', 'VIEWER') }) },
  { weight: 1, arbitrary: fc.constant({ do: 'sign out' as const }) },
);

/** The rules of rotation, as simply as they can be written down, beside the session that must follow them. */
class Model {
  readonly kept: Kept[];
  readonly #absoluteEnd: number;
  #alive = true;
  /** Whether the newest access token must be taken. */
  #accessible = true;
  role: 'ACCOUNTANT' | 'VIEWER' = 'VIEWER';

  constructor(
    private readonly app: TestApp,
    private readonly person: SignedIn,
  ) {
    this.#absoluteEnd = this.now + ABSOLUTE_MS;
    this.kept = [this.#issued(person.tokens.refreshToken)];
  }

  private get now(): number {
    return this.app.clock.now().getTime();
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'present') await this.#present(Math.max(0, this.kept.length - 1 - step.back), step.proof);
    else if (step.do === 'wait') this.#wait(step.ms);
    else if (step.do === 'change role') await this.#changeRole(step.role);
    else await this.#signOut();
    if (step.do !== 'wait') await this.#check();
  }

  async #present(at: number, proof: 'OWN' | 'NONE' | 'OTHER'): Promise<void> {
    const token = this.kept[at];
    if (!token) throw new Error('No such token');
    const expected = this.#expected(token, proof === 'OWN');
    const cookie = { OWN: this.person.browser.cookie, NONE: undefined, OTHER: `__Host-payymo=${'o'.repeat(43)}` }[proof];

    const { data, errors } = await refresh(aBrowser(this.app.url, cookie), token.text);

    if (expected === 'REFUSED') {
      expect(errors).toMatchObject([{ message: 'The session is over: sign in again', extensions: { code: 'UNAUTHENTICATED' } }]);
      return;
    }
    const given = data?.refreshSession;
    if (!given) throw new Error(`Refused: ${JSON.stringify(errors)}`);
    if (expected !== 'NEW') expect(given.refreshToken).toBe(expected);
    else {
      expect(this.kept.map(({ text }) => text)).not.toContain(given.refreshToken);
      Object.assign(token, { consumedAt: this.now, successor: this.kept.length });
      this.kept.push(this.#issued(given.refreshToken));
    }
    this.person.tokens = given;
    this.#accessible = true;
  }

  /** A new token, the text of the one that was promised before, or nothing; and whether the session survives that. */
  #expected({ consumedAt, successor, expiresAt }: Kept, proven: boolean): string {
    if (!this.#alive || this.now >= this.#absoluteEnd) return 'REFUSED';
    if (!proven) return this.#end();
    if (consumedAt === null) return expiresAt > this.now ? 'NEW' : 'REFUSED';
    return this.now - consumedAt <= RETRY_MS ? (this.kept[successor ?? -1]?.text ?? 'REFUSED') : this.#end();
  }

  #end(): 'REFUSED' {
    this.#alive = false;
    this.#accessible = false;
    return 'REFUSED';
  }

  #wait(ms: number): void {
    this.app.clock.advance(ms);
    // It has run out, give or take the tolerance of clocks.
    if (ms > 5 * MINUTE_MS) this.#accessible = false;
  }

  async #changeRole(role: 'ACCOUNTANT' | 'VIEWER'): Promise<void> {
    const tenant = this.app.tenant('northwind');
    const change = `mutation { changeUserRole(input: { userId: "${tenant.userIds.VIEWER}", role: ${role} }) { role } }`;
    expect((await tenant.as('OWNER')(change)).errors).toBeUndefined();
    if (role !== this.role) this.#accessible = false;
    this.role = role;
  }

  async #signOut(): Promise<void> {
    if (this.#accessible) expect((await this.person.ask(SIGN_OUT)).data).toEqual({ signOut: true });
    if (this.#accessible) this.#end();
  }

  /** Never two branches, whatever happened; and the access token is worth what the session is. */
  async #check(): Promise<void> {
    const live = await this.app.db.query<{ hash: string }>(
      `select encode(token_hash, 'hex') as hash from refresh_tokens t join sessions s on s.id = t.session_id
       where t.consumed_at is null and s.ended_at is null and s.user_id = $1`,
      [this.app.tenant('northwind').userUuids.VIEWER],
    );
    expect(live).toHaveLength(this.#alive ? 1 : 0);
    const waited = this.now - Date.parse(this.person.tokens.expiresAt);
    if (waited > 0) this.#accessible = false;
    expect(await codeOf(this.person.ask('{ me { role } }'))).toBe(this.#accessible ? '200' : 'UNAUTHENTICATED');
    if (this.#accessible) expect(scopesOf(this.person)).toEqual([...permissionsOf[this.role]].sort());
  }

  #issued(text: string): Kept {
    return { text, expiresAt: Math.min(this.now + IDLE_MS, this.#absoluteEnd), consumedAt: null, successor: null };
  }
}

const scopesOf = ({ tokens }: SignedIn): string[] =>
  (JSON.parse(Buffer.from(tokens.accessToken.split('.')[1] ?? '', 'base64url').toString()) as { scopes: string[] }).scopes.sort();

describe('a session that is refreshed, retried, stolen, signed out of and given other roles in any order', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
  });
  afterAll(() => app.close());

  it('has one live branch at most, dies by reuse, and follows the rules of rotation [SEC-008] [SEC-009] [SEC-010]', async () => {
    // A busy machine gets through fewer.
    const end = performance.now() + 10_000;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async steps => {
        if (performance.now() > end) return;
        app.clock.advance(DAY_MS);
        await app.db.query(`update sessions set ended_at = now(), end_reason = 'SIGNED_OUT' where ended_at is null`);
        await app.db.query(`update users set role = 'VIEWER' where id = $1`, [app.tenant('northwind').userUuids.VIEWER]);
        const model = new Model(app, await signedIn(app.url, 'viewer@northwind.example'));
        for (const one of steps) await model.run(one);
      }),
      { numRuns: 40 },
    );
  });
});
