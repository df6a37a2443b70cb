import type { LateTraces } from '../../platform/audit/late-traces';
import type { Caller } from '../../platform/auth/caller';
import type { Database } from '../../platform/database/database';
import { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { badInput, unauthenticated } from '../../platform/errors';
import type { Logger } from '../../platform/logging/logger';
import { hashPassword, isOutdated, passwordFits } from '../passwords/password';
import type { SecondFactorChallenge } from '../second-factor/demand';
import type { SecondFactors } from '../second-factor/second-factor';
import { networkOf } from '../sessions/network';
import type { SessionTokens } from '../sessions/session-tokens.type';
import type { Sessions } from '../sessions/sessions';
import type { Proofs } from '../tokens/proofs';
import { type Candidate, candidatesFor, principalOf } from './candidates';
import { type Account, isKnownDevice } from './devices';
import type { Bucket, Throttle } from './throttle';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Slug; needed when the same e-mail address and password open several tenants, and by users of more than two. */
  readonly tenant?: string | undefined;
}

/** Either tokens, or what else is demanded before there are any. */
export type SignedIn =
  { readonly tokens: SessionTokens; readonly secondFactor: null } | { readonly tokens: null; readonly secondFactor: SecondFactorChallenge };

export interface SignInParts {
  readonly database: Database;
  readonly sessions: Pick<Sessions, 'begin'>;
  readonly secondFactors: Pick<SecondFactors, 'demandOn' | 'challenge'>;
  readonly throttle: Pick<Throttle, 'attempt'>;
  readonly proofs: Pick<Proofs, 'of'>;
  readonly traces: Pick<LateTraces, 'leave'>;
  readonly log: Logger;
}

/** A candidate whose password was looked at. */
interface Judged extends Candidate {
  readonly fits: boolean;
}

/**
 * Turns an e-mail address and a password into a session, or into the demand of a second factor. For an unknown address it does the
 * same work as for a wrong password and says the same.
 * @requirement SEC-021
 */
export class SignIn {
  constructor(private readonly parts: SignInParts) {}

  /**
   * @throws UNAUTHENTICATED without telling which part is wrong, and for a DPoP proof that is not valid; BAD_USER_INPUT when the tenant
   *         must be named; RATE_LIMITED before any user is looked at; UNAVAILABLE.
   */
  async signIn({ email, password, tenant: slug }: Credentials, caller: Caller, requestId: string): Promise<SignedIn> {
    const account = { email: email.trim().toLowerCase(), tenant: slug };
    const buckets = await this.#bucketsOf(account, caller);
    const judge = () => this.#judge(account, password, requestId);
    const judged = await this.parts.throttle.attempt(buckets, judge, candidates => candidates.some(({ fits }) => fits));
    const user = this.#onlyFit(judged, requestId);
    const scope = new Scope(this.parts.database, principalOf(user), requestId, caller);
    try {
      return await this.#admit(scope, user, await currentHash(scope, user, password));
    } finally {
      await scope.close();
    }
  }

  /**
   * A device that the user has signed in with before, by the strongest proof that comes with the request, is counted by itself: whatever
   * strangers do to the account or in the network, its owner is not locked out. Nobody else can show that proof.
   */
  async #bucketsOf(account: Account, caller: Caller): Promise<Bucket[]> {
    const proof = await this.parts.proofs.of(caller);
    if (proof && (await isKnownDevice(this.parts.database, account, proof))) {
      return [{ kind: 'device', of: `${proof.kind} ${proof.thumbprint} ${account.email}` }];
    }
    return [
      { kind: 'account', of: account.email },
      { kind: 'network', of: networkOf(caller.address) ?? 'unknown' },
    ];
  }

  /** Checks one password for each candidate, for nobody's as for a user's. */
  async #judge(account: Account, password: string, requestId: string): Promise<Judged[]> {
    const candidates = await candidatesFor(this.parts.database, account, requestId);
    const fits = await Promise.all(candidates.map(user => passwordFits(user?.passwordHash ?? null, password)));
    return candidates.flatMap((user, at) => (user ? [{ ...user, fits: fits[at] === true }] : []));
  }

  #onlyFit(judged: readonly Judged[], requestId: string): Candidate {
    const [user, another] = judged.filter(({ fits }) => fits);
    if (!user) {
      this.parts.log.info({ securityEvent: 'sign-in.refused' }, 'security event');
      for (const refused of judged) this.#leaveTrace(refused, requestId);
      throw unauthenticated(REFUSAL);
    }
    if (another) throw badInput('tenant', 'These credentials open several tenants: say which one');
    return user;
  }

  #leaveTrace(user: Candidate, requestId: string): void {
    const entry = { action: 'sign-in.refused', object: { type: 'User', id: user.id } };
    this.parts.traces.leave({ ...principalOf(user), actor: 'job:sign-in' }, requestId, entry);
  }

  async #admit(scope: Scope, { tenantId, id: userId, role }: Candidate, passwordHash: string): Promise<SignedIn> {
    const { sessions, secondFactors } = this.parts;
    const demand = await secondFactors.demandOn(scope, { id: userId, role });
    await scope.end();
    if (demand !== 'NONE') return { tokens: null, secondFactor: await secondFactors.challenge(scope, userId, demand, passwordHash) };
    const user = { tenantId, userId, methods: ['pwd'], passwordHash } as const;
    return { tokens: await sessions.begin(user, scope.caller, scope.requestId), secondFactor: null };
  }
}

/** The same for everybody, so that it tells nothing about anybody. */
const REFUSAL = 'E-mail address or password is wrong. Users of more than two tenants must name the tenant';

/** The hash as it stands after the sign-in: made anew when the parameters have changed, since the password is at hand only now. */
async function currentHash(scope: Scope, { id, passwordHash }: Candidate, password: string): Promise<string> {
  if (!isOutdated(passwordHash)) return passwordHash;
  const upgraded = await hashPassword(password);
  await scope.changeAccess(transaction =>
    // Not over a password that was changed meanwhile.
    scope.rowsIn(
      transaction,
      sql`update users set password_hash = ${upgraded}
      where tenant_id = ${tenant} and id = ${id} and password_hash = ${passwordHash}`,
    ),
  );
  return upgraded;
}
