import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { decodeBase32 } from '../identity/second-factor/base32';
import { hotp, stepAt, TOTP_STEP_SECONDS } from '../identity/second-factor/totp';
import { StartupError, systemCode } from '../platform/process/startup-error';
import { writePrivately } from './demo/private-file';
import { post } from './graphql-client';

/** What sign-in answers where the password is not enough. */
export interface Challenge {
  readonly challenge: string;
  readonly demand: 'VERIFY' | 'ENROL';
}

const Factors = z.record(z.string(), z.object({ secret: z.string(), lastStep: z.number() }));
type Factors = z.infer<typeof Factors>;

const BEGIN = 'mutation ($challenge: String) { beginTotpEnrolment(challenge: $challenge) { secret } }';
const CONFIRM = 'mutation ($input: ConfirmTotpEnrolmentInput!) { confirmTotpEnrolment(input: $input) { tokens { accessToken } } }';
const VERIFY = 'mutation ($input: VerifySecondFactorInput!) { verifySecondFactor(input: $input) { accessToken } }';

/**
 * Acts as the authenticator app of a user of the demo: enrols when that is demanded, and gives a code else. The secrets lie in a private
 * file beside the passwords. Each code is good once: the one of the next half minute is taken when this one's is used up.
 * @returns an access token
 * @throws StartupError for a factor that was enrolled elsewhere.
 */
export async function meetChallenge(url: string, { challenge, demand }: Challenge, account: string, file: string): Promise<string> {
  const factors = await readFactors(file);
  const known = demand === 'VERIFY' ? factors[account] : { secret: await begin(url, challenge), lastStep: 0 };
  if (!known) throw new StartupError(`${account} has a second factor that was not enrolled here: sign in with its own app`);
  const { step, waitMs } = stepToUse(new Date(), known.lastStep);
  await sleep(waitMs);
  const code = hotp(decodeBase32(known.secret), step);
  await writePrivately(file, `${JSON.stringify({ ...factors, [account]: { secret: known.secret, lastStep: step } }, null, 2)}\n`);
  return demand === 'VERIFY' ? verify(url, { challenge, totp: code }) : confirm(url, { challenge, code });
}

async function readFactors(file: string): Promise<Factors> {
  try {
    return Factors.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    throw error;
  }
}

/** The first step whose code was not used, and how long to wait: the gateway takes the code of the step before, of this one, and of the next. */
export function stepToUse(now: Date, lastStep: number): { readonly step: number; readonly waitMs: number } {
  const step = Math.max(stepAt(now), lastStep + 1);
  const usableFromMs = (step - 1) * TOTP_STEP_SECONDS * 1000;
  return { step, waitMs: Math.max(0, usableFromMs - now.getTime()) };
}

const begin = async (url: string, challenge: string): Promise<string> =>
  (await post<{ beginTotpEnrolment: { secret: string } }>(url, { query: BEGIN, variables: { challenge } })).beginTotpEnrolment.secret;

async function confirm(url: string, input: object): Promise<string> {
  const { confirmTotpEnrolment } = await post<{ confirmTotpEnrolment: { tokens: Tokens } }>(url, { query: CONFIRM, variables: { input } });
  return confirmTotpEnrolment.tokens.accessToken;
}

const verify = async (url: string, input: object): Promise<string> =>
  (await post<{ verifySecondFactor: Tokens }>(url, { query: VERIFY, variables: { input } })).verifySecondFactor.accessToken;

interface Tokens {
  readonly accessToken: string;
}
