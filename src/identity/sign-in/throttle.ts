import { createHmac, hkdfSync } from 'node:crypto';

import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { PayymoError } from '../../platform/errors';

/** What attempts are counted for, each with a delay of its own. */
export type BucketKind = 'account' | 'device' | 'network' | 'password';

export interface Bucket {
  readonly kind: BucketKind;
  /** Whose: an e-mail address, a network; it leaves this process as a keyed hash alone. */
  readonly of: string;
}

interface Allowance {
  /** Failures without a delay; the next one makes a second's, and each further one doubles it, up to a quarter of an hour. */
  readonly free: number;
  /** Seconds after which a failure is forgiven. */
  readonly leakSeconds: number;
}

/**
 * An account takes five wrong guesses at once and then some hundred a day, wherever they come from. A network is where many people
 * sit: a hundred in an hour.
 */
const ALLOWANCES: Readonly<Record<BucketKind, Allowance>> = {
  account: { free: 5, leakSeconds: 3_600 },
  device: { free: 5, leakSeconds: 3_600 },
  password: { free: 5, leakSeconds: 3_600 },
  network: { free: 100, leakSeconds: 36 },
};

/**
 * Counts failed attempts for all processes together and delays those that follow. An attempt is taken before the password is looked at,
 * so that guesses sent at the same time count too, and is given back when the password fits, or could not be looked at.
 * @requirement SEC-021
 */
export class Throttle {
  readonly #key: Buffer;

  /** @param encryptionKey 32 bytes, from which the key of the hashes is derived (RFC 5869). */
  constructor(
    private readonly database: Pick<Database, 'callUntenanted'>,
    private readonly clock: Clock,
    encryptionKey: Buffer,
  ) {
    this.#key = Buffer.from(hkdfSync('sha256', encryptionKey, '', 'payymo-sign-in-throttle-v1', 32));
  }

  /**
   * Takes an attempt from all of the buckets and lets it be judged. A success makes the person's own failures forgotten, and gives a
   * network back what this attempt took, and no more; an attempt that ends without a verdict is given back altogether.
   * @throws RATE_LIMITED with `retryAfterSeconds`, when it is not judged and takes nothing; and what `judge` throws.
   */
  async attempt<Verdict>(
    buckets: readonly Bucket[],
    judge: () => Promise<Verdict>,
    isSuccess: (verdict: Verdict) => boolean,
  ): Promise<Verdict> {
    const at = this.clock.now();
    await this.#take(buckets, at);
    const verdict = await judge().catch(async (error: unknown) => {
      // The first failure is the one that matters.
      await this.#release([], buckets, at).catch(() => undefined);
      throw error;
    });
    if (isSuccess(verdict)) await this.#release(buckets.filter(isOwn), buckets.filter(isShared), at);
    return verdict;
  }

  /** Takes an attempt that nothing gives back, from all of the buckets, or from none. @throws RATE_LIMITED with `retryAfterSeconds`. */
  async take(buckets: readonly Bucket[]): Promise<void> {
    await this.#take(buckets, this.clock.now());
  }

  /** For who proved otherwise that they are the one whom these buckets count for. */
  async forget(buckets: readonly Bucket[]): Promise<void> {
    await this.#release(buckets, [], this.clock.now());
  }

  async #take(buckets: readonly Bucket[], at: Date): Promise<void> {
    const allowances = buckets.map(({ kind }) => ALLOWANCES[kind]);
    const [row] = await this.database.callUntenanted<{ seconds: number }>('select payymo.take_sign_in_attempt($1, $2, $3, $4) as seconds', [
      this.#hashes(buckets),
      allowances.map(({ free }) => free),
      allowances.map(({ leakSeconds }) => leakSeconds),
      at,
    ]);
    if (row?.seconds !== 0) throw tooMany(row?.seconds ?? 1);
  }

  /** @param at When the attempt was taken that is given back. */
  async #release(forgotten: readonly Bucket[], givenBack: readonly Bucket[], at: Date): Promise<void> {
    await this.database.callUntenanted('select payymo.give_back_sign_in_attempt($1, $2, $3)', [
      this.#hashes(forgotten),
      this.#hashes(givenBack),
      at,
    ]);
  }

  #hashes(buckets: readonly Bucket[]): Buffer[] {
    return buckets.map(bucket => this.#hash(bucket));
  }

  /** The same for an address that nobody has: the table tells nothing about who uses Payymo. */
  #hash({ kind, of }: Bucket): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([kind, of]))
      .digest();
  }
}

/** A network is where many people sit: the success of one of them says nothing of the others' failures. */
const isShared = ({ kind }: Bucket): boolean => kind === 'network';
const isOwn = (bucket: Bucket): boolean => !isShared(bucket);

const tooMany = (retryAfterSeconds: number) =>
  new PayymoError('RATE_LIMITED', 'Too many failed attempts: wait before the next one', { details: { retryAfterSeconds } });
