import type { Database } from '../platform/database/database';
import type { GlobalIds } from '../platform/graphql/global-id';
import type { Module } from '../platform/module';
import type { ServiceReport } from '../platform/services/service';
import { AuditEntriesResolver } from './audit-entries.resolver';
import { AuditIds } from './audit-ids';
import { AuditTrail } from './audit-trail.service';
import { NodeResolver, referenceType } from './node.resolver';
import { ServicesResolver } from './services.resolver';

export interface OperationsParts {
  readonly database: Database;
  /** The ids of every entity of the other modules. */
  readonly ids: readonly GlobalIds[];
  readonly report: () => Promise<ServiceReport[]>;
}

/** What belongs to no domain: global object identification, the audit trail and the health of the process. */
export function operations({ database, ids, report }: OperationsParts): Module {
  const auditIds = new AuditIds(ids);
  return {
    name: 'operations',
    models: [],
    resolvers: [
      new NodeResolver(ids),
      new AuditEntriesResolver(new AuditTrail(database, auditIds), auditIds),
      new ServicesResolver(report),
    ],
    references: ids.map(referenceType),
    entities: [],
    jobs: [],
  };
}
