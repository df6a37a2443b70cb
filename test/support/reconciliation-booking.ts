import { InvoiceReader } from '../../src/billing/invoice-reader';
import { Installations } from '../../src/billing/installations.service';
import { Receivables } from '../../src/billing/receivables.service';
import { Plans } from '../../src/identity/plans/plans.service';
import { jobPrincipal } from '../../src/platform/auth/principal';
import { Seal } from '../../src/platform/crypto/seal';
import { Scope } from '../../src/platform/database/scope';
import { createLogger } from '../../src/platform/logging/logger';
import { whmcs } from '../../src/providers/whmcs/billing-system';
import { Booking } from '../../src/reconciliation/booking';
import { matchIds } from '../../src/reconciliation/ids';
import type { TestApp, TestTenant } from './app';
import type { MatchNode } from './journey';
import { settings } from './settings';

export interface Patience {
  /** For one call of WHMCS. */
  readonly timeoutMs: number;
  /** How long a payment without an answer counts as under way. */
  readonly ambiguousDelayMs: number;
}

/** Another worker: books a match once, beside the app's own, with the patience that it is given. */
export function anotherWorker({ database, clock }: TestApp, { timeoutMs, ambiguousDelayMs }: Patience) {
  const seal = new Seal(Buffer.from(settings().encryptionKey, 'base64'));
  const installations = new Installations(seal, credentials => whmcs({ ...credentials, timeoutMs }), new Plans(clock));
  const log = createLogger({ level: 'silent', format: 'json', environment: 'test', service: 'test' });
  const booking = new Booking(new Receivables(installations, new InvoiceReader(installations)), log, ambiguousDelayMs);
  return ({ uuid }: TestTenant, { id }: Pick<MatchNode, 'id'>): Promise<void> =>
    booking.apply(new Scope(database, jobPrincipal(uuid, 'test'), 'test'), { tenantId: uuid, matchId: matchIds.decode(id) });
}
