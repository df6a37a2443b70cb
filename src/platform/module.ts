import type { ModelCtor } from './database/model';
import type { Loader } from './graphql/loader';
import type { GlobalIds } from './graphql/global-id';
import type { Job } from './jobs/job';

/** How an entity's owner finds it by its row id. */
export interface EntityOwner {
  readonly ids: GlobalIds;
  readonly byId: Loader<string, object | null>;
}

/**
 * What a domain module gives to the application; `app.ts` is the only reader.
 * @requirement ARC-005
 */
export interface Module {
  /** Name of its subgraph: banking. */
  readonly name: string;
  readonly models: readonly ModelCtor[];
  /** Instances of type-graphql resolver classes. */
  readonly resolvers: readonly object[];
  /** Types of other modules' entities that no field names but an interface can return. */
  readonly references?: readonly object[];
  /** The entities that this module owns. */
  readonly entities: readonly EntityOwner[];
  readonly jobs: readonly Job[];
}
