import { apiClientIds, userIds } from '../identity/ids';
import { badInput } from '../platform/errors';
import type { GlobalIds } from '../platform/graphql/global-id';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ACTORS: Readonly<Record<string, GlobalIds>> = { user: userIds, client: apiClientIds };

/** The changed object of an entry, as the rows have it; the type is unknown where only the row's id was given. */
export interface AuditObjectRow {
  readonly type: string | null;
  readonly id: string;
}

/** Ids in audit entries: the rows keep UUIDs, clients see global ids. */
export class AuditIds {
  readonly #byType: ReadonlyMap<string, GlobalIds>;
  readonly #byPrefix: ReadonlyMap<string, GlobalIds>;

  constructor(ids: readonly GlobalIds[]) {
    this.#byType = new Map(ids.map(of => [of.typeName, of]));
    this.#byPrefix = new Map(ids.map(of => [of.prefix, of]));
  }

  /** The id of an object as clients see it. */
  objectId(type: string, id: string): string {
    return this.#byType.get(type)?.encode(id) ?? id;
  }

  /** And back. @throws BAD_USER_INPUT naming the field. */
  object(id: string, field: string): AuditObjectRow {
    if (UUID.test(id)) return { type: null, id };
    const of = this.#byPrefix.get(id.slice(0, id.indexOf('_')));
    if (!of) throw badInput(field, 'This is not the id of anything that is recorded');
    return { type: of.typeName, id: of.decode(id, field) };
  }
}

/** `user:<uuid>` as clients see it; a job stays what it is. */
export function shownActor(actor: string): string {
  const [kind, id] = partsOf(actor);
  const ids = ACTORS[kind];
  return ids && UUID.test(id) ? `${kind}:${ids.encode(id)}` : actor;
}

/** And back. @throws BAD_USER_INPUT naming the field. */
export function storedActor(actor: string, field: string): string {
  const [kind, id] = partsOf(actor);
  const ids = ACTORS[kind];
  return ids ? `${kind}:${ids.decode(id, field)}` : actor;
}

function partsOf(actor: string): readonly [kind: string, id: string] {
  const at = actor.indexOf(':');
  return [actor.slice(0, at), actor.slice(at + 1)];
}
