import type { Clock } from '../../platform/clock';
import type { VerificationKey } from '../tokens/verification-key';
import { keyNamed, usableKeys } from './client-keys';
import { fetchPublicJson, type PublicJsonOptions } from './public-json';

/** How long a set is believed: a key that a partner takes back counts no longer than this. */
const LIFETIME_MS = 5 * 60_000;
/** How soon an assertion with an unknown key may make us look again. */
const COOLDOWN_MS = 30_000;
const MAX_SETS = 1_000;

interface Fetched {
  readonly at: number;
  readonly keys: Promise<readonly VerificationKey[]>;
  failed: boolean;
}

/** The key sets that partners publish (`jwks_uri`, RFC 7591, section 2), kept for some minutes. */
export class PublishedKeys {
  readonly #sets = new Map<string, Fetched>();

  constructor(
    private readonly clock: Clock,
    private readonly options: PublicJsonOptions,
  ) {}

  /** The key that an assertion names; undefined when the set has no such. @throws Error when the set cannot be had. */
  async keyNamed(url: string, kid: string | undefined): Promise<VerificationKey | undefined> {
    const known = await this.#get(url, LIFETIME_MS);
    return keyNamed(known, kid) ?? keyNamed(await this.#get(url, COOLDOWN_MS), kid);
  }

  #get(url: string, maxAgeMs: number): Promise<readonly VerificationKey[]> {
    const now = this.clock.now().getTime();
    const known = this.#sets.get(url);
    return known && now - known.at < (known.failed ? COOLDOWN_MS : maxAgeMs) ? known.keys : this.#fetch(url, now);
  }

  #fetch(url: string, now: number): Promise<readonly VerificationKey[]> {
    const [oldest] = this.#sets.keys();
    if (this.#sets.size >= MAX_SETS && oldest !== undefined) this.#sets.delete(oldest);
    const fetched: Fetched = { at: now, keys: fetchPublicJson(new URL(url), this.options).then(usableKeys), failed: false };
    // Remembered too, for a while: a partner that is down must not make us ask at every attempt.
    fetched.keys.catch(() => {
      fetched.failed = true;
    });
    this.#sets.delete(url);
    this.#sets.set(url, fetched);
    return fetched.keys;
  }
}
