import { createHash } from 'node:crypto';

import type { Caller } from '../../platform/auth/caller';
import type { DpopProofs } from './dpop-proofs';

/** What shows that a caller is the one who was given a token; a token that is bound to it is worth nothing to anybody else. */
export interface Proof {
  /** A client certificate (RFC 8705), a DPoP key (RFC 9449), or the cookie of a browser that can do neither. */
  readonly kind: 'MTLS' | 'DPOP' | 'COOKIE';
  /** x5t#S256, jkt, or the base64url of the SHA-256 of the cookie's secret. */
  readonly thumbprint: string;
}

/**
 * Tells the strongest proof of possession that a request carries.
 * @requirement SEC-008
 */
export class Proofs {
  constructor(private readonly dpop: Pick<DpopProofs, 'verify'>) {}

  /**
   * Null for a caller without any. With an access token, a DPoP proof must be for that token (`ath`).
   * @throws UNAUTHENTICATED for a DPoP proof that is not valid, also beside a stronger proof.
   */
  async of({ certificate, dpop, browserSecret }: Caller, accessToken?: string): Promise<Proof | null> {
    const jkt = dpop && (await this.dpop.verify(dpop, accessToken));
    if (certificate !== null) return { kind: 'MTLS', thumbprint: certificate };
    if (jkt !== null) return { kind: 'DPOP', thumbprint: jkt };
    return browserSecret === null ? null : { kind: 'COOKIE', thumbprint: browserThumbprint(browserSecret) };
  }
}

/** The prefix keeps the hash apart from any other that is made of the same secret. */
export const browserThumbprint = (secret: string): string => createHash('sha256').update(`payymo-fpt-v1|${secret}`).digest('base64url');
