import { Client } from 'pg';

import { loadDatabaseUrl } from '../config/config';
import { type Head, type Verdict, verifyChain } from '../platform/audit/chain';
import { asStartupError, StartupError } from '../platform/process/startup-error';
import { auditedTenants, type StoredChain, withStoredChain } from './audit-trail/stored-chain';
import { say } from './say';

export interface VerifyOptions {
  /** Slug; without it all tenants. */
  readonly tenant?: string;
  /** `<sequence>:<hash>` as an earlier run printed it. */
  readonly expect?: string;
}

/** After how many entries a long trail is heard of. */
const PROGRESS_EVERY = 100_000n;

/**
 * payymo audit-trail verify: recomputes the audit trails as the application role, and names for each the head to keep elsewhere, or the
 * first entry that is not as it was written. @throws StartupError when one is broken.
 * @requirement SEC-020
 */
export async function verifyAuditTrail({ tenant, expect }: VerifyOptions): Promise<void> {
  const expected = expect === undefined ? null : headIn(expect);
  if (expected && tenant === undefined) throw new StartupError('--expect goes with --tenant: it is the head of one trail');
  const client = new Client({ connectionString: loadDatabaseUrl() });
  try {
    await client.connect();
    await verifyAll(client, tenant ?? null, expected);
  } catch (error) {
    throw asStartupError(error, 'verify the audit trail');
  } finally {
    await client.end();
  }
}

async function verifyAll(client: Client, slug: string | null, expected: Head | null): Promise<void> {
  const tenantIds = await auditedTenants(client, slug);
  if (slug !== null && tenantIds.length === 0) throw new StartupError(`There is no tenant ${slug}`);
  let broken = 0;
  for (const tenantId of tenantIds) if (!(await withStoredChain(client, tenantId, chain => verifyOne(chain, expected)))) broken += 1;
  if (broken > 0) throw new StartupError(`${broken} of ${tenantIds.length} audit trails ${broken === 1 ? 'is' : 'are'} not as written.`);
  say(
    `${tenantIds.length} audit ${tenantIds.length === 1 ? 'trail is' : 'trails are'} as written. Keep the heads elsewhere, for --expect.`,
  );
}

async function verifyOne({ slug, head, entries }: StoredChain, expected: Head | null): Promise<boolean> {
  const verdict = await verifyChain({ head, entries, expected }, ({ sequence }) => {
    if (sequence % PROGRESS_EVERY === 0n) process.stderr.write(`${slug}  ${sequence} entries ...\n`);
  });
  say(`${slug}  ${describe(verdict)}`);
  return verdict.intact;
}

const describe = (verdict: Verdict): string =>
  verdict.intact ? `${verdict.head.sequence}:${verdict.head.hash}` : `BROKEN at entry ${verdict.sequence}: ${verdict.problem}`;

function headIn(text: string): Head {
  const [, sequence, hash] = /^(\d{1,19}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new StartupError('--expect is <sequence>:<hash>, as an earlier verification printed it');
  return { sequence: BigInt(sequence), hash };
}
