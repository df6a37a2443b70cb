import type { Transaction } from 'sequelize';

import type { Scope } from '../platform/database/scope';
import { conflict, notFound } from '../platform/errors';
import { queueRun } from '../platform/jobs/queue-run';
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
  queue(scope: Scope, { id }: Connection, transaction: Transaction): Promise<SyncRun> {
    return queueRun(scope, transaction, { model: SyncRun, spec: syncConnection, of: ['connection_id', id] });
  }
}
