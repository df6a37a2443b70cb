import { createHash, randomBytes } from 'node:crypto';

import { Op, type Transaction } from 'sequelize';

import type { Caller } from '../../platform/auth/caller';
import type { Principal } from '../../platform/auth/principal';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { unauthenticated } from '../../platform/errors';
import { tenantIds } from '../ids';
import type { AuthenticatedUser } from '../sessions/sessions';
import type { Proofs } from '../tokens/proofs';
import { FREE_FAILURES } from './failures';
import { SecondFactorChallengeRow } from './second-factor-challenge.model';

const LIFETIME_SECONDS = 300;
const TOKEN_BYTES = 32;
const TOKEN = /^(ten_[0-9a-z]{26})\.([\w-]{43})$/;

export type Demand = 'VERIFY' | 'ENROL';

/** A sign-in whose password was right and whose second factor is still missing. */
export interface OpenChallenge {
  readonly id: string;
  readonly userId: string;
  readonly demand: Demand;
  /** The hash that the password fitted. */
  readonly passwordHash: string;
  /** The user's own, without any permission. */
  readonly scope: Scope;
}

/**
 * The second step of a sign-in: a token of 256 random bits, kept as its hash, that stands for the right password. It ends after five
 * minutes, with its success, with its fifth failure, and with a change of the password.
 * @requirement SEC-011
 */
export class Challenges {
  constructor(
    private readonly database: Database,
    private readonly proofs: Pick<Proofs, 'of'>,
    private readonly clock: Clock,
  ) {}

  /**
   * The scope is one of the user's tenant; the challenge is bound to the key, certificate or browser that its caller shows.
   * @throws UNAUTHENTICATED for a user who is disabled, and for one whose password hash is not the given one any more.
   */
  async begin(scope: Scope, userId: string, demand: Demand, passwordHash?: string): Promise<{ challenge: string; expiresAt: Date }> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIFETIME_SECONDS * 1000);
    const token = `${tenantIds.encode(scope.actor.tenantId)}.${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const proof = await this.#proofOf(scope.caller);
    await scope.changeAccess(async transaction => {
      await SecondFactorChallengeRow.destroy({ where: { userId, expiresAt: { [Op.lte]: now } }, transaction });
      const made = await scope.rowsIn(
        transaction,
        sql`insert into second_factor_challenges (tenant_id, id, user_id, token_hash, demand, proof, password_digest, expires_at)
          select ${tenant}, ${newId()}, u.id, ${hashOf(token)}, ${demand}, ${proof}, ${passwordDigest}, ${expiresAt}
          from users u where u.tenant_id = ${tenant} and u.id = ${userId} and u.disabled_at is null
            and u.password_hash = coalesce(${passwordHash ?? null}, u.password_hash) returning id`,
      );
      if (made.length === 0) throw unknownChallenge();
    });
    return { challenge: token, expiresAt };
  }

  /** @throws UNAUTHENTICATED for a challenge that is unknown, used, too old, or not this caller's; it does not say which. */
  async open(outer: Scope, challenge: string): Promise<OpenChallenge> {
    const tenantId = tenantOf(challenge);
    const proof = await this.#proofOf(outer.caller);
    // One connection per operation.
    await outer.end();
    const finder = new Scope(this.database, userPrincipal(tenantId, null), outer.requestId, outer.caller);
    const [found] = await finder.changeAccess(transaction =>
      finder.rowsIn<Omit<OpenChallenge, 'scope'>>(
        transaction,
        sql`select c.id, c.user_id as "userId", c.demand, u.password_hash as "passwordHash" ${OPEN} and c.token_hash = ${hashOf(challenge)} and c.expires_at > ${this.clock.now()}
          and (c.proof is null or c.proof = ${proof})`,
      ),
    );
    if (!found) throw unknownChallenge();
    return { ...found, scope: new Scope(this.database, userPrincipal(tenantId, found.userId), outer.requestId, outer.caller) };
  }

  /** Locks the challenge until the transaction ends: false when it is over meanwhile. */
  async lock({ scope, id }: OpenChallenge, transaction: Transaction): Promise<boolean> {
    const rows = await scope.rowsIn(
      transaction,
      sql`select c.id ${OPEN} and c.id = ${id} and c.expires_at > ${this.clock.now()} and c.failures < ${FREE_FAILURES} for update of c`,
    );
    return rows.length > 0;
  }

  /** One more failure. */
  async fail({ id }: OpenChallenge, transaction: Transaction): Promise<void> {
    await SecondFactorChallengeRow.increment('failures', { where: { id }, transaction });
  }

  /** After a success nobody has another one with it. */
  async end({ id }: OpenChallenge, transaction: Transaction): Promise<void> {
    await SecondFactorChallengeRow.destroy({ where: { id }, transaction });
  }

  async endAllOf(transaction: Transaction, userId: string): Promise<void> {
    await SecondFactorChallengeRow.destroy({ where: { userId }, transaction });
  }

  async #proofOf(caller: Caller): Promise<string | null> {
    const proof = await this.proofs.of(caller);
    return proof && `${proof.kind}:${proof.thumbprint}`;
  }
}

/** Whom a challenge that was met lets in. */
export const authenticated = ({ scope, userId, passwordHash }: OpenChallenge, method: 'otp' | 'hwk'): AuthenticatedUser => ({
  tenantId: scope.actor.tenantId,
  userId,
  passwordHash,
  methods: ['pwd', method, 'mfa'],
});

export const unknownChallenge = () => unauthenticated('The challenge is not valid any more: sign in again');

const passwordDigest = sql`encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')`;

/** Only of users who could sign in with the same password now. */
const OPEN = sql`from second_factor_challenges c join users u on u.tenant_id = c.tenant_id and u.id = c.user_id
  join tenants t on t.id = c.tenant_id
  where c.tenant_id = ${tenant} and c.password_digest = ${passwordDigest} and u.disabled_at is null and t.status <> 'CLOSED'`;

function tenantOf(challenge: string): string {
  const [, tenantId] = TOKEN.exec(challenge) ?? [];
  try {
    return tenantIds.decode(tenantId ?? '');
  } catch {
    throw unknownChallenge();
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Somebody who gave the right password and no more: without permissions, and without a session. */
const userPrincipal = (tenantId: string, userId: string | null): Principal => ({
  tenantId,
  userId,
  clientId: null,
  sessionId: null,
  actor: userId === null ? 'sign-in' : `user:${userId}`,
  scopes: new Set(),
  authenticatedAt: null,
  methods: [],
});
