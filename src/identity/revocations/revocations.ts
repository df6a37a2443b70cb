import type { Transaction } from 'sequelize';

import type { Clock } from '../../platform/clock';
import { type Database, run } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { prepare, type Sql, sql, tenant } from '../../platform/database/sql';
import { unauthenticated, unavailable } from '../../platform/errors';
import type { Logger } from '../../platform/logging/logger';
import type { Service } from '../../platform/services/service';
import { LIFETIME_SECONDS } from '../tokens/access-tokens';
import { RevocationFeed } from './revocation-feed';
import { type RevocableToken, type RevocationKind, RevocationMap } from './revocation-map';

const POLL_MS = 250;
const PRUNE_MS = 60_000;
/** A check that would rely on an older state reads it first. With the poll's interval it keeps every process within a second. */
const MAX_AGE_MS = 750;
/** How long a check waits for that. */
const MAX_WAIT_MS = 1_500;
/** Clocks of machines differ, and tokens are accepted some seconds after their end. */
const MARGIN_SECONDS = 60;

export interface NewRevocation {
  readonly kind: RevocationKind;
  /** A jti, or the row id of a session, user, client or tenant. */
  readonly subject: string;
  /**
   * Tokens whose session has a lower version are revoked. Without it all are, also those that are issued while it stands (six minutes):
   * what may begin anew, as a user after a new password, is ended session by session.
   */
  readonly minVersion?: number;
}

export interface RevocationParts {
  /** Of the application role. */
  readonly url: string;
  readonly database: Pick<Database, 'callUntenanted'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Knows in every process which access tokens were revoked before their end, at most a second after it was committed; whoever cannot
 * know refuses.
 * @requirement SEC-009, SEC-022
 */
export class Revocations implements Service {
  readonly name = 'revocations';
  readonly dependsOn = ['database'];
  readonly #feed: RevocationFeed;
  readonly #map = new RevocationMap();
  /** When the question was sent to which the map is the answer, by the monotonic clock in ms. */
  #asOf = -Infinity;
  #running = false;
  #known = true;
  #timer: NodeJS.Timeout | undefined;
  #prunedAt = -Infinity;
  #pruning: Promise<void> | undefined;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  readonly #followed = new WeakSet<Transaction>();

  constructor(private readonly parts: RevocationParts) {
    this.#feed = new RevocationFeed(parts.url);
  }

  /** @throws when the revocations cannot be read. */
  async start(): Promise<void> {
    this.#running = true;
    await this.refresh();
    this.#pollLater();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await Promise.allSettled([this.#current, this.#pruning]);
    this.#asOf = -Infinity;
    await this.#feed.close();
  }

  health(): Promise<string | undefined> {
    return Promise.resolve(this.#isFresh() ? undefined : 'what was revoked is not known: every access token is refused');
  }

  /**
   * Looks a token up in memory.
   * @throws UNAUTHENTICATED for one that is revoked; UNAVAILABLE when that cannot be known.
   */
  async check(token: RevocableToken): Promise<void> {
    if (!this.#isFresh()) await this.#freshen();
    if (this.#map.has(token, this.parts.clock.now())) throw unauthenticated('The access token is not valid');
  }

  /** Revokes with the change; this process knows it when the change returns, the others within a second. */
  revoke(transaction: Transaction, { tenantId, ...revocation }: NewRevocation & { readonly tenantId: string }): Promise<void> {
    return this.revokeAll(transaction, tenantId, [revocation]);
  }

  /** The same for many of one tenant, which must be the transaction's. */
  async revokeAll(transaction: Transaction, tenantId: string, revocations: readonly NewRevocation[]): Promise<void> {
    if (revocations.length === 0) return;
    const expiresAt = new Date(this.parts.clock.now().getTime() + (LIFETIME_SECONDS + MARGIN_SECONDS) * 1000);
    await run(transaction, prepare(insertion(revocations, expiresAt), tenantId));
    this.#follow(transaction);
  }

  /** Reads what was revoked up to now; calls that come together share one question. @throws when the database does not answer. */
  refresh(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    if (this.#next) return this.#next;
    if (!this.#current) return this.#begin();
    // A question that is under way may have been asked too early.
    this.#next = this.#current.catch(() => undefined).then(() => this.#begin());
    return this.#next;
  }

  #begin(): Promise<void> {
    this.#next = undefined;
    const current = this.#read().finally(() => {
      if (this.#current === current) this.#current = undefined;
    });
    this.#current = current;
    return current;
  }

  async #read(): Promise<void> {
    const asked = performance.now();
    const now = this.parts.clock.now();
    for await (const page of this.#feed.read(now)) for (const revocation of page) this.#map.add(revocation);
    this.#asOf = asked;
  }

  /** Once for all that a change revokes. */
  #follow(transaction: Transaction): void {
    if (this.#followed.has(transaction)) return;
    this.#followed.add(transaction);
    transaction.afterCommit(() => this.#afterChange());
  }

  /** The change is committed whatever happens here: a state that could not be read again is unknown. */
  async #afterChange(): Promise<void> {
    try {
      await this.refresh();
    } catch {
      this.#asOf = -Infinity;
    }
  }

  #isFresh(): boolean {
    return this.#running && performance.now() - this.#asOf <= MAX_AGE_MS;
  }

  /** The poll was held up: by a busy process, or by a database that is gone. */
  async #freshen(): Promise<void> {
    if (this.#running) await within(MAX_WAIT_MS, this.#untilFresh()).catch(() => undefined);
    if (!this.#isFresh()) throw unavailable('Whether the access token was revoked is not known at the moment');
  }

  async #untilFresh(): Promise<void> {
    // What is under way may itself have been asked long ago, or run out of time while the process was busy: its end decides nothing.
    await this.#current?.catch(() => undefined);
    if (!this.#isFresh()) await this.refresh();
  }

  #pollLater(): void {
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    try {
      await (this.#current ?? this.refresh());
      this.#say(true);
    } catch (err) {
      this.#say(false, err);
    }
    this.#prune();
    if (this.#running) this.#pollLater();
  }

  /** A line when it changes, not four in a second. */
  #say(known: boolean, err?: unknown): void {
    if (known === this.#known) return;
    this.#known = known;
    if (known) this.parts.log.info('revocations are read again');
    else this.parts.log.error({ err }, 'revocations cannot be read: access tokens are refused until they can');
  }

  /** Beside the polls, which must not wait for it; not over their connection. */
  #prune(): void {
    if (performance.now() - this.#prunedAt < PRUNE_MS) return;
    this.#prunedAt = performance.now();
    const now = this.parts.clock.now();
    this.#map.forgetExpired(now);
    this.#pruning = this.parts.database.callUntenanted('select payymo.prune_sessions($1)', [now]).then(
      () => undefined,
      (err: unknown) => {
        this.parts.log.warn({ err }, 'what has run out could not be deleted');
      },
    );
  }
}

function insertion(revocations: readonly NewRevocation[], expiresAt: Date): Sql {
  const ids = revocations.map(newId);
  const kinds = revocations.map(({ kind }) => kind);
  const subjects = revocations.map(({ subject }) => subject);
  const versions = revocations.map(({ minVersion }) => minVersion ?? null);
  return sql`insert into revocations (tenant_id, id, kind, subject, min_version, expires_at)
    select ${tenant}, r.id, r.kind, r.subject, r.min_version, ${expiresAt}
    from unnest(${ids}::uuid[], ${kinds}::text[], ${subjects}::uuid[], ${versions}::int[]) as r (id, kind, subject, min_version)`;
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
