import { jobPrincipal } from '../src/platform/auth/principal';
import { newId } from '../src/platform/database/ids';
import { Scope } from '../src/platform/database/scope';
import { aBrowser } from '../test/support/browser';
import { percentile, type Result } from './results';
import { OWNER_SCOPES, type TwoInstances, withTwoInstances } from './two-instances';

const TIMES = 200;
const PAUSE_MS = 5;

/** How long after the commit of a revocation in one gateway another one still takes the access token. */
export async function measure(): Promise<Result> {
  return {
    name: 'revocation-delay',
    title: `From the commit of a revocation to its effect in another gateway, ${TIMES} times; the goal is 1,000 ms`,
    figures: await withTwoInstances(revocations),
  };
}

async function revocations({ instances: [first, second], tenantId, ownerId }: TwoInstances): Promise<Result['figures']> {
  const delays: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const session = { id: newId(), version: 1 };
    const { accessToken } = await first.tokens.issue({
      ...{ tenantId, userId: ownerId, clientId: null, scopes: OWNER_SCOPES, session },
      ...{ authenticatedAt: new Date(), methods: ['pwd'], confirmation: null },
    });
    const scope = new Scope(first.database, jobPrincipal(tenantId, 'bench'), 'bench');
    await scope.changeAccess(transaction => first.revocations.revoke(transaction, { tenantId, kind: 'session', subject: session.id }));
    delays.push(await untilRefused(second.url, accessToken));
  }
  return {
    p50Ms: Math.round(percentile(delays, 50)),
    p99Ms: Math.round(percentile(delays, 99)),
    slowestMs: Math.round(percentile(delays, 100)),
  };
}

async function untilRefused(url: string, accessToken: string): Promise<number> {
  const began = performance.now();
  const browser = aBrowser(url);
  while ((await browser.ask('{ me { id } }', {}, { authorization: `Bearer ${accessToken}` })).status === 200) {
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
  return performance.now() - began;
}
