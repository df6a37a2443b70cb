import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import type { Logger } from '../../platform/logging/logger';
import type { Revocations } from '../revocations/revocations';
import type { AccessTokens } from '../tokens/access-tokens';
import type { Proofs } from '../tokens/proofs';

/** What sessions are made of. */
export interface SessionParts {
  readonly database: Database;
  readonly tokens: AccessTokens;
  readonly proofs: Pick<Proofs, 'of'>;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly log: Logger;
}
