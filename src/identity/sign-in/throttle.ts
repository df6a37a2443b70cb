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
 * so that guesses sent at the same time count too, and is given back when the password fits.
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

  /** Takes an attempt from all of the buckets, or from none. @throws RATE_LIMITED with `retryAfterSeconds`. */
  async take(buckets: readonly Bucket[]): Promise<void> {
    const allowances = buckets.map(({ kind }) => ALLOWANCES[kind]);
    const [row] = await this.database.callUntenanted<{ seconds: number }>('select payymo.take_sign_in_attempt($1, $2, $3, $4) as seconds', [
      buckets.map(bucket => this.#hash(bucket)),
      allowances.map(({ free }) => free),
      allowances.map(({ leakSeconds }) => leakSeconds),
      this.clock.now(),
    ]);
    if (row?.seconds !== 0) throw tooMany(row?.seconds ?? 1);
  }

  /** After a success: the person's own failures are forgotten; a network gets back what this attempt took, and no more. */
  async succeeded(buckets: readonly Bucket[]): Promise<void> {
    const hashes = (of: (bucket: Bucket) => boolean) => buckets.filter(of).map(bucket => this.#hash(bucket));
    await this.database.callUntenanted('select payymo.give_back_sign_in_attempt($1, $2)', [
      hashes(({ kind }) => kind !== 'network'),
      hashes(({ kind }) => kind === 'network'),
    ]);
  }

  /** The same for an address that nobody has: the table tells nothing about who uses Payymo. */
  #hash({ kind, of }: Bucket): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([kind, of]))
      .digest();
  }
}

const tooMany = (retryAfterSeconds: number) =>
  new PayymoError('RATE_LIMITED', 'Too many failed attempts: wait before the next one', { details: { retryAfterSeconds } });
