import { randomBytes, timingSafeEqual } from 'node:crypto';

import type { Caller } from '../../platform/auth/caller';
import type { Confirmation } from '../tokens/access-tokens';
import { browserThumbprint, type Proof, type Proofs } from '../tokens/proofs';

/**
 * Which proof of possession a session is bound to, and whether a caller has it.
 * @requirement SEC-008
 */
export class Possession {
  /** A request can begin several sessions: the cookie of its answer is for all of them. */
  readonly #given = new WeakMap<Caller, string>();

  constructor(private readonly proofs: Pick<Proofs, 'of'>) {}

  /**
   * The strongest proof of a caller who begins a session. Who brings none is given the browser's cookie; who has that keeps it, as
   * sessions of other tenants may be bound to it, for another thirty days.
   * @throws UNAUTHENTICATED for a DPoP proof that is not valid.
   */
  async establish(caller: Caller): Promise<Proof> {
    const proof = await this.ofKeyHolder(caller);
    if (proof) return proof;
    const secret = caller.browserSecret ?? this.#given.get(caller) ?? randomBytes(32).toString('base64url');
    this.#given.set(caller, secret);
    caller.rememberBrowser(secret);
    return { kind: 'COOKIE', thumbprint: browserThumbprint(secret) };
  }

  /** The proof of a caller with a key of its own; null for a plain browser and for a machine without one. @throws UNAUTHENTICATED as above. */
  ofKeyHolder(caller: Caller): Promise<Proof | null> {
    return this.proofs.of({ ...caller, browserSecret: null });
  }

  /** The caller's proof of the kind that a session is bound to, whatever stronger ones come with it. @throws UNAUTHENTICATED as above. */
  async ofKind(kind: Proof['kind'], caller: Caller): Promise<Proof | null> {
    if (kind === 'COOKIE') return browserProof(caller);
    return this.proofs.of({ ...caller, browserSecret: null, ...(kind === 'DPOP' && { certificate: null }) });
  }
}

/** The proof that a browser's cookie is; null for a caller without it. */
const browserProof = ({ browserSecret }: Caller): Proof | null =>
  browserSecret === null ? null : { kind: 'COOKIE', thumbprint: browserThumbprint(browserSecret) };

export function sameProof(bound: Proof, shown: Proof | null): boolean {
  if (shown?.kind !== bound.kind) return false;
  const [a, b] = [Buffer.from(bound.thumbprint), Buffer.from(shown.thumbprint)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What binds an access token to the same proof: to a key, or for a plain browser, which shows its cookie at the refresh alone, nothing. */
export function confirmationOf({ kind, thumbprint }: Proof): Confirmation | null {
  if (kind === 'DPOP') return { jkt: thumbprint };
  return kind === 'MTLS' ? { 'x5t#S256': thumbprint } : null;
}
