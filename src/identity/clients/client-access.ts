import type { Transaction } from 'sequelize';

import type { Scope } from '../../platform/database/scope';
import type { Revocations } from '../revocations/revocations';
import type { Sessions } from '../sessions/sessions';
import type { ApiClient } from './api-client.model';

export interface ClientAccessParts {
  readonly revocations: Pick<Revocations, 'revoke'>;
  readonly sessions: Pick<Sessions, 'endAllOfClient'>;
}

/**
 * Takes back what was given to a client: effective in every process within a second.
 * @requirement SEC-009
 */
export class ClientAccess {
  constructor(private readonly parts: ClientAccessParts) {}

  /** Kills the tokens and sessions that the client has; it can ask for others. A token without a session carries the client's version. */
  async revokeTokens(scope: Scope, transaction: Transaction, apiClient: ApiClient): Promise<void> {
    const { tenantId, id } = apiClient;
    await apiClient.update({ version: apiClient.version + 1 }, { transaction });
    await this.parts.revocations.revoke(transaction, { tenantId, kind: 'session', subject: id, minVersion: apiClient.version });
    await this.parts.sessions.endAllOfClient(scope, transaction, id);
  }

  /** Kills them, and those that are being made at this moment: for a client that gets no others. */
  async revokeClient(scope: Scope, transaction: Transaction, apiClient: ApiClient): Promise<void> {
    await this.revokeTokens(scope, transaction, apiClient);
    await this.parts.revocations.revoke(transaction, { tenantId: apiClient.tenantId, kind: 'client', subject: apiClient.id });
  }
}
