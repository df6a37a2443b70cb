import { availableParallelism } from 'node:os';

import { hash, verify } from '@node-rs/argon2';

import { Bounded } from './bounded';

/** OWASP ASVS 5.0, appendix C: argon2id with t=1, m>=46 MiB, p=1. The library's default algorithm is argon2id. */
const ARGON2ID = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;
const CURRENT = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

/** No composition rules, no truncation (ASVS 6.2). */
export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 128;

/** A burst of sign-ins must not eat the memory: at most four of 46 MiB at once. The last who may wait does so for some seconds. */
const bounded = new Bounded(Math.min(4, availableParallelism()), 100);

/** @throws UNAVAILABLE when too many are being made at once. */
export const hashPassword = (password: string): Promise<string> => bounded.run(() => hash(password, ARGON2ID));

/**
 * Whether a password fits its hash. Takes the same time for a wrong one as for a right one, for one that is too long to be any, and for
 * null, an account that does not exist: time must not tell which e-mail addresses are known.
 * @throws UNAVAILABLE as above.
 */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  const comparable = passwordHash !== null && password.length <= MAX_PASSWORD_LENGTH;
  const fits = await bounded.run(() => verify(comparable ? passwordHash : DECOY, password.slice(0, MAX_PASSWORD_LENGTH)));
  return comparable && fits;
}

/** Whether a hash was made with other parameters than new ones are. */
export const isOutdated = (passwordHash: string): boolean => !passwordHash.startsWith(CURRENT);

/** The hash of no password: a salt and a digest of zeros, with the parameters of all others. */
const DECOY = `${CURRENT}${unpadded(16)}$${unpadded(32)}`;

function unpadded(zeros: number): string {
  return Buffer.alloc(zeros).toString('base64').replaceAll('=', '');
}
