import { createHmac, timingSafeEqual } from 'node:crypto';

import { encodeBase32 } from './base32';

const TOTP_DIGITS = 6;
export const TOTP_STEP_SECONDS = 30;
/** RFC 4226, section 4, R6: 160 bits. */
export const TOTP_SECRET_BYTES = 20;
/** Steps before and after the current one whose codes are taken, for clocks that differ (RFC 6238, section 5.2). */
const WINDOW = [-1, 0, 1];

/** HMAC-based one-time password with SHA-1 (RFC 4226, section 5.3), with leading zeros. */
export function hotp(secret: Uint8Array, counter: number, digits = TOTP_DIGITS): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const truncated = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

/** The time step T of RFC 6238, section 4.2, with T0 = 0. */
export const stepAt = (time: Date): number => Math.floor(time.getTime() / 1000 / TOTP_STEP_SECONDS);

/**
 * The steps of the window whose code this is, the earliest first. Nearly always one or none, but two steps can have one code.
 * Looks at every step, whichever fits.
 * @requirement SEC-011
 */
export const stepsOfCode = (secret: Uint8Array, code: string, now: Date): readonly number[] =>
  WINDOW.map(offset => stepAt(now) + offset).filter(step => sameCode(hotp(secret, step), code));

/** What the QR code says: the Key URI Format that authenticator apps read. */
export function otpauthUri(secret: Uint8Array, account: string): string {
  const query = new URLSearchParams({
    secret: encodeBase32(secret),
    issuer: ISSUER,
    algorithm: 'SHA1',
    digits: String(TOTP_DIGITS),
    period: String(TOTP_STEP_SECONDS),
  });
  return `otpauth://totp/${ISSUER}:${encodeURIComponent(account)}?${query.toString()}`;
}

/** Under this name the account stands in the app. */
const ISSUER = 'Payymo';

function sameCode(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
