import { hash, verify } from '@node-rs/argon2';

/** OWASP ASVS 5.0, appendix C: argon2id with t=1, m>=46 MiB, p=1. The library's default algorithm is argon2id. */
const ARGON2ID = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

/** No composition rules, no truncation (ASVS 6.2). */
export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 128;

export const hashPassword = (password: string): Promise<string> => hash(password, ARGON2ID);

/** Takes the same time for a wrong password as for a right one. */
export const passwordFits = (passwordHash: string, password: string): Promise<boolean> => verify(passwordHash, password);

let decoy: Promise<string> | undefined;

/** Costs what a check costs, for an account that does not exist: time must not tell which e-mail addresses are known. */
export async function checkNothing(password: string): Promise<void> {
  decoy ??= hashPassword('no such account');
  await passwordFits(await decoy, password);
}
