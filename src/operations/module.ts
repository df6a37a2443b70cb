import type { GlobalIds } from '../platform/graphql/global-id';
import type { Module } from '../platform/module';
import type { ServiceReport } from '../platform/services/service';
import { NodeResolver, referenceType } from './node.resolver';
import { ServicesResolver } from './services.resolver';

export interface OperationsParts {
  /** The ids of every entity of the other modules. */
  readonly ids: readonly GlobalIds[];
  readonly report: () => Promise<ServiceReport[]>;
}

/** What belongs to no domain: global object identification and the health of the process. */
export const operations = ({ ids, report }: OperationsParts): Module => ({
  name: 'operations',
  models: [],
  resolvers: [new NodeResolver(ids), new ServicesResolver(report)],
  references: ids.map(referenceType),
  entities: [],
  jobs: [],
});
