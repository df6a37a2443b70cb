import type { Caller, DpopRequest } from '../../platform/auth/caller';
import type { Proof, Proofs } from '../tokens/proofs';

/**
 * The proofs of a request as often as they are asked for: the second step of a sign-in compares them with those of the first one, and the
 * session that begins then is bound to them. A DPoP proof counts as used once (RFC 9449, section 11.1), by the request that brings it.
 * @requirement SEC-008
 */
export class RequestProofs implements Pick<Proofs, 'of'> {
  readonly #verified = new WeakMap<DpopRequest, Promise<Proof | null>>();

  constructor(private readonly proofs: Pick<Proofs, 'of'>) {}

  /** @throws UNAUTHENTICATED for a DPoP proof that is not valid, or came with an earlier request. */
  async of(caller: Caller, accessToken?: string): Promise<Proof | null> {
    const { dpop } = caller;
    if (dpop === null || accessToken !== undefined) return this.proofs.of(caller, accessToken);
    const verified = this.#verified.get(dpop) ?? this.proofs.of({ ...caller, certificate: null, browserSecret: null });
    this.#verified.set(dpop, verified);
    const proof = await verified;
    return caller.certificate === null ? proof : this.proofs.of({ ...caller, dpop: null });
  }
}
