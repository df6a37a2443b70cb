import {
  type DocumentNode,
  type ExecutionResult,
  getNamedType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

import type { Principal } from '../platform/auth/principal';
import { includedFields } from './included';
import { type Variables, withDefaults } from './list-arguments';
import { type Pruned, type Site, TYPE_MARK } from './prune';
import { fragmentsOf, keyOf } from './selections';
import { type Entry, type Shape, Shapes } from './shape';

type ObjectValue = Record<string, unknown>;
type Path = (string | number)[];

/**
 * An operation without what is refused, and what its answer must say in its stead: null at each refused place, and one error for each
 * refused selection, at the path where it stands first. In a list that is the first item that has it; the others are null without an
 * error of their own. What is not in the answer, since a parent is null or a list empty, gives no error.
 * @requirement API-003, API-009
 */
export class Redaction {
  readonly document: DocumentNode;
  readonly #root: Shape;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly pruned: Pruned,
  ) {
    this.document = pruned.document;
    this.#root = new Shapes(schema, pruned).of([pruned.operation.selectionSet]);
  }

  /**
   * Completes the answer to the pruned document, in place. The refusals come first, in the order of the answer. Where a field that must not
   * be null failed there is no answer, but what was tried at the root was refused all the same.
   */
  complete(result: ExecutionResult, principal: Principal | null, variables: Variables): ExecutionResult {
    const root = this.schema.getRootType(this.pruned.operation.operation);
    // Without any data, not even null, nothing was run.
    if (result.data === undefined || !root) return result;
    const completion = new Completion(this.schema, principal);
    const here = { shape: this.#root, place: new Place(), path: [] };
    const data = result.data && completion.object(result.data, root, here);
    if (!result.data) completion.object(this.#tried(variables), root, here);
    const errors = [...completion.errors, ...(result.errors ?? [])];
    return { ...result, data, ...(errors.length > 0 && { errors }) };
  }

  /** What was asked and refused at the root, as far as no directive left it out. */
  #tried(variables: Variables): ObjectValue {
    const { document, operation, sites } = this.pruned;
    const fields = includedFields(operation.selectionSet, fragmentsOf(document), withDefaults(operation, variables));
    return Object.fromEntries(fields.filter(field => sites.has(field)).map(field => [keyOf(field), null]));
  }
}

/** Where in the answer, all items of a list being one place: selections that fragments repeat stand at several. */
class Place {
  isReported = false;
  readonly #inside = new Map<Entry, Place>();

  at(entry: Entry): Place {
    const place = this.#inside.get(entry) ?? new Place();
    this.#inside.set(entry, place);
    return place;
  }
}

interface Here {
  readonly shape: Shape;
  readonly place: Place;
  /** One array for the whole answer: whoever goes in pushes, and pops on the way out. */
  readonly path: Path;
}

class Completion {
  readonly errors: GraphQLError[] = [];

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly principal: Principal | null,
  ) {}

  /** The object with its refused fields null; null itself when one of those must not be. */
  object(value: ObjectValue, type: GraphQLObjectType, { shape, place, path }: Here): ObjectValue | null {
    let whole = true;
    for (const [key, entry] of shape.of(type)) {
      if (!(key in value)) continue;
      const here = { shape: entry.shape, place: place.at(entry), path };
      path.push(key);
      const completed = entry.site ? this.#refuse(entry.site, here) : this.#value(value[key], entry.type, here);
      path.pop();
      value[key] = completed;
      if (completed === null && isNonNullType(entry.type)) whole = false;
    }
    return whole ? value : null;
  }

  #refuse({ demand, coordinate, node }: Site, { place, path }: Here): null {
    if (!place.isReported) {
      place.isReported = true;
      const originalError = demand.refusal(this.principal, coordinate);
      this.errors.push(new GraphQLError(originalError.message, { nodes: [node], path: [...path], originalError }));
    }
    return null;
  }

  #value(value: unknown, type: GraphQLOutputType, here: Here): unknown {
    if (value === null || value === undefined) return null;
    if (isNonNullType(type)) return this.#value(value, type.ofType, here);
    if (isListType(type)) return this.#list(value as unknown[], type.ofType, here);
    const concrete = this.#typeOf(value as ObjectValue, type);
    return concrete ? this.object(value as ObjectValue, concrete, here) : value;
  }

  #list(items: unknown[], type: GraphQLOutputType, here: Here): unknown[] | null {
    let whole = true;
    for (const [index, item] of items.entries()) {
      here.path.push(index);
      items[index] = this.#value(item, type, here);
      here.path.pop();
      if (items[index] === null && isNonNullType(type)) whole = false;
    }
    return whole ? items : null;
  }

  /** The type that the object is of; one behind an interface says it under the mark, which must not leave. */
  #typeOf(value: ObjectValue, type: GraphQLOutputType): GraphQLObjectType | undefined {
    const mark = value[TYPE_MARK];
    if (mark !== undefined) Reflect.deleteProperty(value, TYPE_MARK);
    const named = getNamedType(type);
    const concrete = isObjectType(named) ? named : this.schema.getType(String(mark));
    return isObjectType(concrete) ? concrete : undefined;
  }
}
