import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** So that scanners of repositories and logs know one when they see it. */
const PREFIX = 'payymo_cs_';
const SECRET_BYTES = 32;
const HINT_LENGTH = 4;

export interface NewClientSecret {
  /** For the one answer that shows it. */
  readonly secret: string;
  readonly hash: Buffer;
  readonly hint: string;
}

/** A client secret of 256 random bits. Nobody can guess it, so that a plain hash keeps it as safe as a slow one (RFC 6819, 5.1.4.2.2). */
export function newClientSecret(): NewClientSecret {
  const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, hash: hashOfSecret(secret), hint: secret.slice(-HINT_LENGTH) };
}

export const hashOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Of the kept secrets the one that was presented. Each is compared in constant time, and all are, whichever fits. */
export function fittingSecret<Kept extends { readonly hash: Buffer }>(kept: readonly Kept[], presented: string): Kept | undefined {
  const hash = hashOfSecret(presented);
  const [fitting] = kept.filter(secret => timingSafeEqual(secret.hash, hash));
  return fitting;
}

/** Whether the secret counts at this time: not taken back, and its overlap with a newer one not over. */
export const isValidAt = ({ retiredAt, expiresAt }: { retiredAt: Date | null; expiresAt: Date | null }, now: Date): boolean =>
  retiredAt === null && (expiresAt === null || expiresAt > now);
