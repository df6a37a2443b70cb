import type { AuthenticationMethod } from '../../platform/auth/principal';
import type { TokenTimes } from './token-times';

/** The thumbprint of a DPoP key (RFC 9449, section 6.1) or of a client certificate (RFC 8705, section 3.1). */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/** What an access token says, once its signature and its form were verified. Whether it was revoked is not known yet. */
export interface VerifiedToken {
  readonly jti: string;
  readonly tenantId: string;
  /** One of the two: a person or a partner's client. Neither for somebody whom a trusted issuer knows. */
  readonly userId: string | null;
  readonly clientId: string | null;
  /** A client without a session stands in for it itself; null for the token of a trusted issuer. */
  readonly sessionId: string | null;
  readonly sessionVersion: number | null;
  /** As in a Principal. */
  readonly actor: string;
  readonly scopes: ReadonlySet<string>;
  readonly authenticatedAt: Date | null;
  readonly methods: readonly AuthenticationMethod[];
  /** The key without which the token is worth nothing; null for a bearer token. */
  readonly confirmation: Confirmation | null;
  readonly times: TokenTimes;
}
