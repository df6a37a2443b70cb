import { parseStrictJson } from './strict-json';

/** No token of ours comes near it; it bounds what an unknown sender can make us work on. */
const MAX_LENGTH = 8_192;
const BASE64URL = /^[\w-]+$/;

/** The header members of tokens. Every other is refused, above all those that bring or name a key, or change how to read the rest. */
const TOKEN_HEADER: readonly string[] = ['alg', 'typ', 'kid'];

export type JsonObject = Readonly<Record<string, unknown>>;

/** A JWS in compact serialization (RFC 7515, section 3.1) of the right form; its signature is not verified yet. */
export interface CompactJws {
  readonly header: JsonObject;
  readonly payload: Buffer;
  /** The token as it came. */
  readonly token: string;
}

/** One whose payload is a JWT claims set (RFC 7519, section 4). */
export interface StrictJws extends CompactJws {
  readonly claims: JsonObject;
  /** Whether header and claims are written exactly as JSON.stringify writes them: as our own tokens are. */
  readonly canonical: boolean;
}

/** Says why a token is refused: for logs and tests, never for its sender. */
export class InvalidJws extends Error {
  override readonly name: string = 'InvalidJws';
}

/** One that was valid. */
export class ExpiredJws extends InvalidJws {
  override readonly name = 'ExpiredJws';
}

/**
 * Reads a signed JWT: at most 8 KB; exactly three parts, none empty, each canonical base64url (RFC 4648, sections 3.5 and 5); header
 * and claims are objects of strict JSON; no header member but `headerMembers`. So jku, x5u, jwk, x5c, crit, b64 and zip are refused
 * unread, and no key ever comes from a token (RFC 8725, sections 3.1, 3.3 and 3.10). It verifies no signature.
 * @throws InvalidJws
 * @requirement SEC-007
 */
export function strictJws(token: string, headerMembers = TOKEN_HEADER): StrictJws {
  const jws = compactJws(token, headerMembers);
  const claims = objectIn(jws.payload);
  const canonical = isCanonical(claims, jws.payload) && isCanonical(jws.header, decoded(token.slice(0, token.indexOf('.'))));
  return { ...jws, claims, canonical };
}

/** The same for a payload of any kind. @throws InvalidJws */
export function compactJws(token: string, headerMembers = TOKEN_HEADER): CompactJws {
  if (token.length > MAX_LENGTH) throw new InvalidJws('Too long');
  const [first, second, third, ...more] = token.split('.');
  if (first === undefined || second === undefined || third === undefined || more.length > 0) throw new InvalidJws('Not three parts');
  const header = objectIn(decoded(first));
  const payload = decoded(second);
  decoded(third);
  for (const member of Object.keys(header))
    if (!headerMembers.includes(member)) throw new InvalidJws('A header member that is not allowed');
  return { header, payload, token };
}

function decoded(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  // Decoding skips what is no base64url, padding, and bits that are left over.
  if (!BASE64URL.test(part) || bytes.toString('base64url') !== part) throw new InvalidJws('Not canonical base64url');
  return bytes;
}

function objectIn(bytes: Buffer): JsonObject {
  const value = parsed(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidJws('Not a JSON object');
  return value as JsonObject;
}

function parsed(bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    throw new InvalidJws('Not strict JSON', { cause });
  }
}

const isCanonical = (value: JsonObject, bytes: Buffer): boolean => Buffer.from(JSON.stringify(value)).equals(bytes);
