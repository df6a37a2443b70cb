import { createHash } from 'node:crypto';

import type { Caller } from '../../platform/auth/caller';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { networkOf } from '../sessions/network';
import { tooManyAttempts } from './oauth-error';

/** Failures that are free, and how long one of them counts. */
interface Allowance {
  readonly free: number;
  readonly leakSeconds: number;
}

/** Of one client from one network: others who fail in its name elsewhere do not lock it out. */
const OF_CLIENT: Allowance = { free: 20, leakSeconds: 60 };
/** Of a network, with whatever clients. */
const OF_NETWORK: Allowance = { free: 200, leakSeconds: 10 };

/**
 * Slows down those who fail to authenticate a client: each failure beyond the free ones doubles the delay, up to a quarter of an hour.
 * @requirement SEC-021
 */
export class ClientThrottle {
  constructor(
    private readonly database: Pick<Database, 'callUntenanted'>,
    private readonly clock: Clock,
  ) {}

  /** @throws OAuthError with the status 429 while there is a delay. */
  async requirePatience(clientId: string, caller: Caller): Promise<void> {
    const [row] = await this.database.callUntenanted<{ seconds: number }>('select payymo.seconds_until_attempt($1, $2) as seconds', [
      keysOf(clientId, caller),
      this.clock.now(),
    ]);
    if (row?.seconds !== 0) throw tooManyAttempts(row?.seconds ?? 1);
  }

  async noteFailure(clientId: string, caller: Caller): Promise<void> {
    const allowances = [OF_CLIENT, OF_NETWORK];
    await this.database.callUntenanted('select payymo.take_sign_in_attempt($1, $2, $3, $4)', [
      keysOf(clientId, caller),
      allowances.map(({ free }) => free),
      allowances.map(({ leakSeconds }) => leakSeconds),
      this.clock.now(),
    ]);
  }
}

function keysOf(clientId: string, { address }: Caller): Buffer[] {
  const network = networkOf(address) ?? 'unknown';
  return [`api-client|${clientId}|${network}`, `api-client-network|${network}`].map(key => createHash('sha256').update(key).digest());
}
