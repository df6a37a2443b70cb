import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: without I, L, O and U, which are mistaken for others. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHARACTERS = 25;
const CODE = new RegExp(`^[${ALPHABET}]{${CHARACTERS}}$`);

/**
 * A new recovery code of 125 random bits (ASVS 5.0, 6.5.4 wants 20; NIST SP 800-63B, section 5.1.2 wants 112 to do without a slow
 * hash), in groups of five to be read and typed: 7K2QD-0M9XF-H3T8V-ZB4WN-6CRPA.
 * @requirement SEC-011
 */
export function newRecoveryCode(): string {
  const characters = [...randomBytes(CHARACTERS)].map(byte => ALPHABET.charAt(byte & 31)).join('');
  return (characters.match(/.{5}/g) ?? []).join('-');
}

/** SHA-256 of the code in hex, however it was typed; null for what cannot be one. */
export function recoveryCodeHash(typed: string): string | null {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return CODE.test(code) ? createHash('sha256').update(code).digest('hex') : null;
}
