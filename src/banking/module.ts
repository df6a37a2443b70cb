import type { Plans } from '../identity/plans/plans.service';
import type { Clock } from '../platform/clock';
import type { Database } from '../platform/database/database';
import type { Logger } from '../platform/logging/logger';
import type { Module } from '../platform/module';
import type { BankProvider } from '../providers/bank-provider';
import { AccountSync } from './account-sync';
import { Account } from './account.model';
import { accountById, connectionById, syncRunById, transactionById } from './banking.loader';
import { AccountResolver, ConnectionResolver, RejectedLineResolver, SyncRunResolver, TransactionResolver } from './banking.resolver';
import { ConnectionAuthorization } from './connection-authorization.model';
import { Connection } from './connection.model';
import { Connections } from './connections.service';
import { accountIds, connectionIds, syncRunIds, transactionIds } from './ids';
import { Payments } from './payments.service';
import { RejectedLine } from './rejected-line.model';
import { syncConnectionJob } from './sync-connection.job';
import { SyncRun } from './sync-run.model';
import { Synchronisation } from './synchronisation.service';
import { Transaction } from './transaction.model';

export interface BankingParts {
  readonly database: Database;
  readonly provider: BankProvider;
  readonly clock: Clock;
  readonly log: Logger;
  readonly plans: Plans;
  readonly redirects: { readonly callbackUrl: string; readonly allowedOrigins: readonly string[] };
}

/** Institutions, connections, accounts, transactions and their synchronisation. */
export function banking({
  database,
  provider,
  clock,
  log,
  plans,
  redirects,
}: BankingParts): Module & { connections: Connections; payments: Payments } {
  const synchronisation = new Synchronisation();
  const connections = new Connections(provider, synchronisation, plans, redirects, clock);
  return {
    name: 'banking',
    models: [Connection, ConnectionAuthorization, Account, Transaction, RejectedLine, SyncRun],
    resolvers: [
      new ConnectionResolver(connections, synchronisation),
      new AccountResolver(),
      new TransactionResolver(),
      new SyncRunResolver(),
      new RejectedLineResolver(),
    ],
    entities: [
      { ids: connectionIds, byId: connectionById },
      { ids: accountIds, byId: accountById },
      { ids: transactionIds, byId: transactionById },
      { ids: syncRunIds, byId: syncRunById },
    ],
    jobs: [syncConnectionJob(database, new AccountSync(provider, plans, clock), log)],
    connections,
    payments: new Payments(),
  };
}
