import { z } from 'zod';

import type { Clock } from '../../platform/clock';
import { unavailable } from '../../platform/errors';
import { outbound, type Send } from '../../platform/http/outbound';
import { type VerificationKey, verificationKey } from './verification-key';

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 128 * 1024;
/** Known keys are read again after the first time, and trusted no longer than the second: a withdrawn key must die. */
const REFRESH_MS = 5 * 60_000;
const MAX_AGE_MS = 15 * 60_000;
/** Between two attempts: after an answer, whoever sends unknown key ids; after a failure. */
const COOLDOWN_MS = 30_000;
const COOLDOWN_AFTER_FAILURE_MS = 5_000;

const KeySet = z.object({ keys: z.array(z.unknown()).max(100) });
/** A key that tokens can name. */
const NamedKey = z.looseObject({ kid: z.string().min(1).max(256) });

/**
 * The published keys of another issuer (RFC 7517, section 5), read when they are needed.
 * @requirement SEC-007, SEC-017
 */
export class RemoteKeys {
  readonly #send: Send;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  #readAt = -Infinity;
  #triedAt = -Infinity;
  #failed = false;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly url: URL,
    private readonly clock: Clock,
  ) {
    this.#send = outbound(url.host, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  }

  /** Undefined for a key that the issuer does not publish. @throws UNAVAILABLE when that cannot be known. */
  async find(kid: string): Promise<VerificationKey | undefined> {
    if (this.#reading || !this.#keys.has(kid) || this.#age() > REFRESH_MS) await this.#read();
    const key = this.#keys.get(kid);
    if (this.#age() > MAX_AGE_MS || (!key && this.#failed)) throw unavailable('The keys of the issuer cannot be read at the moment');
    return key;
  }

  #age(): number {
    return this.#now() - this.#readAt;
  }

  #now(): number {
    return this.clock.now().getTime();
  }

  /** Requests that come together share one attempt. */
  async #read(): Promise<void> {
    const cooldown = this.#failed ? COOLDOWN_AFTER_FAILURE_MS : COOLDOWN_MS;
    if (!this.#reading && this.#now() - this.#triedAt < cooldown) return;
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readOnce(): Promise<void> {
    this.#triedAt = this.#now();
    try {
      // Metered: not repeated by itself.
      const { status, body } = await this.#send({ method: 'GET', url: this.url, metered: true });
      if (status !== 200) throw new Error(`Status ${status}`);
      this.#keys = await usable(KeySet.parse(body));
      this.#readAt = this.#now();
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
  }
}

/** Keys for other purposes, of other kinds and without a name stand beside ours; an id that stands there twice is no id. */
async function usable({ keys }: z.infer<typeof KeySet>): Promise<ReadonlyMap<string, VerificationKey>> {
  const named = keys.map(key => NamedKey.safeParse(key).data).filter(key => key !== undefined);
  const found = await Promise.all(named.map(async jwk => verificationKey(jwk, jwk.kid).catch(() => undefined)));
  const ids = named.map(({ kid }) => kid);
  const unique = found.filter(key => key !== undefined).filter(({ kid }) => ids.indexOf(kid) === ids.lastIndexOf(kid));
  return new Map(unique.map(key => [key.kid, key]));
}
