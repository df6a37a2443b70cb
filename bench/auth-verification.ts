import { generateKeyPairSync, randomUUID } from 'node:crypto';

import { importJWK, jwtVerify } from 'jose';

import { permissionsOf } from '../src/identity/roles/permissions';
import { AUDIENCE } from '../src/identity/tokens/access-claims';
import { AccessTokens } from '../src/identity/tokens/access-tokens';
import { Authentication } from '../src/identity/tokens/authentication';
import { type SigningKeys, signingKeys } from '../src/identity/tokens/signing-keys';
import { NO_CALLER } from '../src/platform/auth/caller';
import { systemClock } from '../src/platform/clock';
import { percentile, type Result } from './results';

const ISSUER = 'https://payymo.example';
const TOKENS = 200;
const ROUNDS = 21;

type Verify = (token: string) => Promise<unknown>;

/**
 * Verifications per second, one after the other, of the tokens of an accountant: by jose alone, with its checks of issuer, audience, type
 * and algorithm; by our whole authentication (all but the look-up of revocations) of tokens that are new; and of tokens that were seen.
 * The three take turns in one run, so that what else the machine does meets them alike; ratios are of the same round.
 */
export async function measure(): Promise<Result> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const keys = await signingKeys({ active: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  const tokens = await issued(keys);
  const ways = {
    jose: await byJose(keys),
    cold: byUs(new AccessTokens(keys, ISSUER, systemClock, null)),
    warm: byUs(new AccessTokens(keys, ISSUER, systemClock)),
  };
  for (const verify of Object.values(ways)) await rate(verify, tokens);
  const rounds: Record<keyof typeof ways, number>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ jose: await rate(ways.jose, tokens), cold: await rate(ways.cold, tokens), warm: await rate(ways.warm, tokens) });
  }
  const ratioOf = (way: 'cold' | 'warm') => Number(median(rounds.map(round => round[way] / round.jose)).toFixed(3));
  return {
    name: 'auth-verification',
    title: `Access tokens verified, RSA-3072, median of ${ROUNDS} rounds of ${TOKENS}`,
    figures: {
      'jose alone, per second': Math.round(median(rounds.map(({ jose }) => jose))),
      'a new token, per second': Math.round(median(rounds.map(({ cold }) => cold))),
      'a known token, per second': Math.round(median(rounds.map(({ warm }) => warm))),
      'a new token, ratio to jose': ratioOf('cold'),
      'a known token, ratio to jose': ratioOf('warm'),
    },
  };
}

const median = (values: readonly number[]): number => percentile(values, 50);

async function issued(keys: SigningKeys): Promise<string[]> {
  const tokens = new AccessTokens(keys, ISSUER, systemClock);
  const subject = () => ({
    ...{ tenantId: randomUUID(), userId: randomUUID(), clientId: null, scopes: permissionsOf.ACCOUNTANT },
    ...{ session: { id: randomUUID(), version: 1 }, authenticatedAt: new Date(), methods: ['pwd' as const], confirmation: null },
  });
  return Promise.all(Array.from({ length: TOKENS }, async () => (await tokens.issue(subject())).accessToken));
}

async function byJose({ jwks }: SigningKeys): Promise<Verify> {
  const key = await importJWK(jwks.keys[0] ?? {}, 'RS256');
  return token => jwtVerify(token, key, { algorithms: ['RS256'], typ: 'at+jwt', issuer: ISSUER, audience: AUDIENCE, clockTolerance: 5 });
}

function byUs(tokens: AccessTokens): Verify {
  const authentication = new Authentication({
    tokens,
    issuers: { find: () => undefined },
    dpop: { verify: () => Promise.reject(new Error('No token is bound')) },
    revocations: { check: () => Promise.resolve() },
  });
  return token => authentication.authenticate({ scheme: 'Bearer', token, caller: NO_CALLER });
}

async function rate(verify: Verify, tokens: readonly string[]): Promise<number> {
  const started = performance.now();
  for (const token of tokens) await verify(token);
  return (tokens.length * 1000) / (performance.now() - started);
}
