/** What can be revoked; the subject is a jti, or the row id of a session, user, client or tenant. */
export type RevocationKind = 'token' | 'session' | 'user' | 'client' | 'tenant';

export interface Revocation {
  readonly tenantId: string;
  readonly kind: RevocationKind;
  readonly subject: string;
  /** Tokens of a lower session version are revoked; null revokes all. */
  readonly minVersion: number | null;
  /** In UTC; every token that it concerns has expired by then. */
  readonly expiresAt: Date;
}

/** The members of an access token by which it can be revoked. */
export interface RevocableToken {
  readonly jti: string;
  readonly tenantId: string;
  /** Null for a token of another issuer, which has none. */
  readonly sessionId: string | null;
  readonly sessionVersion: number | null;
  readonly userId: string | null;
  readonly clientId: string | null;
}

interface Entry {
  readonly minVersion: number;
  readonly expiresAt: number;
}

/** The revocations that count, by what they concern: at most five look-ups for a token. */
export class RevocationMap {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Two of the same subject become the stricter and the longer of both, in whatever order and how often they come. */
  add({ tenantId, kind, subject, minVersion, expiresAt }: Revocation): void {
    const key = keyOf(kind, tenantId, subject);
    const known = this.#entries.get(key) ?? { minVersion: 0, expiresAt: 0 };
    this.#entries.set(key, {
      minVersion: Math.max(known.minVersion, minVersion ?? Infinity),
      expiresAt: Math.max(known.expiresAt, expiresAt.getTime()),
    });
  }

  has({ jti, tenantId, sessionId, sessionVersion, userId, clientId }: RevocableToken, now: Date): boolean {
    const revoked = (kind: RevocationKind, subject: string | null): boolean => {
      const entry = subject === null ? undefined : this.#entries.get(keyOf(kind, tenantId, subject));
      // A token without a version is older than any.
      return entry !== undefined && entry.expiresAt > now.getTime() && (sessionVersion ?? 0) < entry.minVersion;
    };
    return (
      revoked('token', jti) ||
      revoked('session', sessionId) ||
      revoked('user', userId) ||
      revoked('client', clientId) ||
      revoked('tenant', tenantId)
    );
  }

  forgetExpired(now: Date): void {
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt <= now.getTime()) this.#entries.delete(key);
  }
}

const keyOf = (kind: RevocationKind, tenantId: string, subject: string): string => `${kind} ${tenantId} ${subject}`;
