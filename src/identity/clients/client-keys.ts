import { z } from 'zod';

import { type Algorithm, type VerificationKey, verificationKey } from '../tokens/verification-key';

/** A public key that verifies client assertions (RFC 7517): what is needed of it, and the one algorithm that it is for. */
export type ClientKey = RsaKey | EcKey;

interface KeyName {
  /** Null only when the client has no other key. */
  readonly kid: string | null;
  readonly alg: Algorithm;
}

interface RsaKey extends KeyName {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
}

interface EcKey extends KeyName {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

export interface ClientKeySet {
  readonly keys: readonly ClientKey[];
}

/** Two during a change, and one to spare. */
export const MAX_KEYS = 3;
/** Of a set that a partner publishes, with keys for other purposes in it. */
const MAX_PUBLISHED_KEYS = 20;

const kid = z.string().min(1).max(200).optional();
const PublicJwk = z.discriminatedUnion('kty', [
  z.object({ kid, kty: z.literal('RSA'), n: z.string(), e: z.string() }),
  z.object({ kid, kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
]);

const JwkSet = z.object({ keys: z.array(z.unknown()) });

/** Members of a JWK that must stay with its owner (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** A key set that a client may not have; the message says why, for the one who registers it. */
export class UnfitKeySet extends Error {
  override readonly name = 'UnfitKeySet';
}

/**
 * Reads the public keys of a JWK set, strictly: for registering them.
 * @throws UnfitKeySet for an empty or too large set, an unknown, weak or private key, and keys that cannot be told apart.
 */
export async function clientKeys(set: unknown): Promise<ClientKeySet> {
  const members = membersOf(set);
  if (members.length === 0 || members.length > MAX_KEYS) throw new UnfitKeySet(`A client has 1 to ${MAX_KEYS} keys`);
  const keys = await Promise.all(members.map(publicKey));
  const kids = keys.map(key => key.kid);
  if (keys.length > 1 && (kids.includes(null) || new Set(kids).size < kids.length)) {
    throw new UnfitKeySet('Each of several keys needs a kid of its own');
  }
  return { keys };
}

/** The keys of a published JWK set that can verify assertions; others are skipped. @throws UnfitKeySet for what is no set. */
export async function usableKeys(set: unknown): Promise<readonly VerificationKey[]> {
  const members = membersOf(set).slice(0, MAX_PUBLISHED_KEYS);
  const keys = await Promise.all(members.map(member => publicKey(member).then(verifying, () => undefined)));
  return keys.filter(key => key !== undefined);
}

/** The keys that were registered. */
export const registeredKeys = ({ keys }: ClientKeySet): Promise<readonly VerificationKey[]> => Promise.all(keys.map(verifying));

/** The one key that an assertion names; without a name the only one there is. Undefined rather than a guess. */
export function keyNamed(keys: readonly VerificationKey[], name: string | undefined): VerificationKey | undefined {
  const named = name === undefined ? keys : keys.filter(key => key.kid === name);
  return named.length === 1 ? named[0] : undefined;
}

const verifying = (key: ClientKey): Promise<VerificationKey> => verificationKey(key, key.kid ?? '');

function membersOf(set: unknown): unknown[] {
  const parsed = JwkSet.safeParse(set);
  if (!parsed.success) throw new UnfitKeySet('This is no JWK set: {"keys": [...]}');
  return parsed.data.keys;
}

async function publicKey(member: unknown): Promise<ClientKey> {
  if (typeof member === 'object' && member !== null && PRIVATE_MEMBERS.some(name => name in member)) {
    throw new UnfitKeySet('A key holds private parts: register public keys alone, and replace this one');
  }
  const parsed = PublicJwk.safeParse(member);
  const key = await verificationKey(member, '').catch(() => undefined);
  if (!parsed.success || !key) {
    throw new UnfitKeySet('A key is no public key for RS256, PS256 (RSA from 2048 bits) or ES256 (P-256), for signatures');
  }
  const { kid: name = null, ...jwk } = parsed.data;
  return { ...jwk, kid: name, alg: key.algorithm };
}
