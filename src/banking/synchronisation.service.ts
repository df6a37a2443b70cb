import type { Transaction } from 'sequelize';

import { newId } from '../platform/database/ids';
import type { Scope } from '../platform/database/scope';
import { columns, sql, tenant } from '../platform/database/sql';
import { conflict, notFound } from '../platform/errors';
import { enqueue } from '../platform/jobs/enqueue';
import { Connection } from './connection.model';
import { connectionIds } from './ids';
import { syncConnection } from './sync-connection.job';
import { SyncRun } from './sync-run.model';

/** Queues synchronisations: at most one at a time for a connection. */
export class Synchronisation {
  /** Asks for what is new on a connection; a run that is under way already is the answer. @throws NOT_FOUND, CONFLICT unless active. */
  async request(scope: Scope, connectionId: string): Promise<SyncRun> {
    scope.require('connections:sync');
    return scope.change(async transaction => {
      const connection = await Connection.findOne({ where: { id: connectionId }, transaction });
      if (!connection) throw notFound('Connection', connectionIds.encode(connectionId));
      if (connection.status !== 'ACTIVE') throw conflict(`The connection is ${connection.status}: only an active one can be synchronised`);
      return this.queue(scope, connection, transaction);
    });
  }

  /** The same inside a change that has the connection at hand. */
  async queue(scope: Scope, { id: connectionId }: Connection, transaction: Transaction): Promise<SyncRun> {
    const { tenantId, userId } = scope.actor;
    const runId = newId();
    const inserted = await scope.rowsIn<SyncRun>(
      transaction,
      sql`insert into sync_runs as s (tenant_id, id, connection_id, state, requested_by)
        values (${tenant}, ${runId}, ${connectionId}, 'QUEUED', ${userId})
        on conflict (tenant_id, connection_id) where state in ('QUEUED', 'RUNNING', 'WAITING') do nothing
        returning ${columns(SyncRun, 's')}`,
    );
    if (!inserted[0]) return this.#underWay(connectionId, transaction);
    await enqueue(transaction, syncConnection, { tenantId, runId }, { key: runId });
    return inserted[0];
  }

  /** A run that ended between our two statements is as good an answer: it fetched what there was. */
  #underWay(connectionId: string, transaction: Transaction): Promise<SyncRun> {
    return SyncRun.findOne({ where: { connectionId }, order: [['createdAt', 'DESC']], transaction, rejectOnEmpty: true });
  }
}
