const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, section 6, without padding: as authenticator apps read secrets. */
export function encodeBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map(group => ALPHABET.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('');
}

/** @throws Error for a character that is none of the alphabet. */
export function decodeBase32(text: string): Buffer {
  const bits = Array.from(text, character => valueOf(character).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map(byte => Number.parseInt(byte, 2)));
}

function valueOf(character: string): number {
  const value = ALPHABET.indexOf(character);
  if (value < 0) throw new Error('Not base32');
  return value;
}
