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
import { type Pruned, type Site, TYPE_MARK } from './prune';
import { type Entry, Shape } from './shape';

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
    this.#root = new Shape(schema, pruned, [pruned.operation.selectionSet]);
  }

  /** Completes the answer to the pruned document, in place. The refusals come first, in the order of the answer. */
  complete(result: ExecutionResult, principal: Principal | null): ExecutionResult {
    const root = this.schema.getRootType(this.pruned.operation.operation);
    if (!result.data || !root) return result;
    const completion = new Completion(this.schema, principal);
    const data = completion.object(result.data, root, this.#root, []);
    const errors = [...completion.errors, ...(result.errors ?? [])];
    return { ...result, data, ...(errors.length > 0 && { errors }) };
  }
}

class Completion {
  readonly errors: GraphQLError[] = [];
  readonly #reported = new Set<Entry>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly principal: Principal | null,
  ) {}

  /** The object with its refused fields null; null itself when one of those must not be. */
  object(value: ObjectValue, type: GraphQLObjectType, shape: Shape, path: Path): ObjectValue | null {
    let whole = true;
    for (const [key, entry] of shape.of(type)) {
      if (!(key in value)) continue;
      path.push(key);
      const completed = entry.site ? this.#refuse(entry, entry.site, path) : this.#value(value[key], entry.type, entry.shape, path);
      path.pop();
      value[key] = completed;
      if (completed === null && isNonNullType(entry.type)) whole = false;
    }
    return whole ? value : null;
  }

  #refuse(entry: Entry, { demand, coordinate, node }: Site, path: Path): null {
    if (!this.#reported.has(entry)) {
      this.#reported.add(entry);
      const originalError = demand.refusal(this.principal, coordinate);
      this.errors.push(new GraphQLError(originalError.message, { nodes: [node], path: [...path], originalError }));
    }
    return null;
  }

  #value(value: unknown, type: GraphQLOutputType, shape: Shape, path: Path): unknown {
    if (value === null || value === undefined) return null;
    if (isNonNullType(type)) return this.#value(value, type.ofType, shape, path);
    if (isListType(type)) return this.#list(value as unknown[], type.ofType, shape, path);
    const concrete = this.#typeOf(value as ObjectValue, type);
    return concrete ? this.object(value as ObjectValue, concrete, shape, path) : value;
  }

  #list(items: unknown[], type: GraphQLOutputType, shape: Shape, path: Path): unknown[] | null {
    let whole = true;
    for (const [index, item] of items.entries()) {
      path.push(index);
      items[index] = this.#value(item, type, shape, path);
      path.pop();
      if (items[index] === null && isNonNullType(type)) whole = false;
    }
    return whole ? items : null;
  }

  /** The type that the object is of; one behind an interface says it under the mark, which must not leave. */
  #typeOf(value: ObjectValue, type: GraphQLOutputType): GraphQLObjectType | undefined {
    const named = getNamedType(type);
    if (isObjectType(named)) return named;
    const marked = this.schema.getType(String(value[TYPE_MARK]));
    Reflect.deleteProperty(value, TYPE_MARK);
    return isObjectType(marked) ? marked : undefined;
  }
}
