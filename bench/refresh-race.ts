import { aBrowser } from '../test/support/browser';
import { refresh, signedIn } from '../test/support/sessions';
import { percentile, type Result } from './results';
import { PASSWORD, type TwoInstances, withTwoInstances } from './two-instances';

const RACERS = 50;
const RACES = 200;

/**
 * Fifty requests at once bring the same refresh token to two gateways on one database; what they all get is the token of the next race.
 * Prints how many successors a token had: one, or the rotation has forked.
 */
export async function measure(): Promise<Result> {
  return {
    name: 'refresh-race',
    title: `${RACERS} refreshes of one token at once, over two gateways, ${RACES} times`,
    figures: await withTwoInstances(race),
  };
}

interface Race {
  readonly successors: number;
  readonly refused: number;
  readonly ms: number;
}

async function race({ db, instances: [first, second] }: TwoInstances): Promise<Result['figures']> {
  const person = await signedIn(first.url, 'owner@northwind.example', aBrowser(first.url), PASSWORD);
  const browsers = [person.browser, aBrowser(second.url, person.browser.cookie)];
  const races: Race[] = [];
  let token = person.tokens.refreshToken;
  for (let round = 0; round < RACES; round += 1) {
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: RACERS }, (_, at) => refresh(browsers[at % browsers.length] ?? person.browser, token)),
    );
    const ms = performance.now() - began;
    const given = answers.flatMap(({ data }) => (data ? [data.refreshSession.refreshToken] : []));
    races.push({ successors: new Set(given).size, refused: RACERS - given.length, ms });
    token = given[0] ?? token;
  }
  const rows = await db.query<{ live: number; made: number }>(
    'select count(*) filter (where consumed_at is null)::int as live, count(*)::int as made from refresh_tokens',
  );
  return figuresOf(races, rows[0]);
}

function figuresOf(races: readonly Race[], rows: { live: number; made: number } | undefined): Result['figures'] {
  const times = races.map(({ ms }) => ms);
  return {
    racesWithOneSuccessor: races.filter(({ successors }) => successors === 1).length,
    forks: races.reduce((sum, { successors }) => sum + Math.max(0, successors - 1), 0),
    refused: races.reduce((sum, { refused }) => sum + refused, 0),
    tokensMade: rows?.made ?? 0,
    tokensAlive: rows?.live ?? 0,
    p50Ms: Math.round(percentile(times, 50)),
    p99Ms: Math.round(percentile(times, 99)),
  };
}
