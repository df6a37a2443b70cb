import { type GraphQLField, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';

import type { Clock } from '../platform/clock';
import { Demand } from './demand';
import { itemTypeOf, type Telling, tellingsOf } from './filters';
import { addedBy, decisionsOn, type Requirement } from './requirement';

type Field = GraphQLField<unknown, unknown>;

/** A use of a filter or an order that asks for more than the list itself. */
export interface GuardedTelling extends Telling {
  readonly demand: Demand;
}

/**
 * Who may ask for what, as the directives of a schema say it: read once, so that nothing is worked out while operations run.
 * @requirement API-003
 */
export class Rules {
  readonly #demands = new Map<string, Demand>();
  readonly #asked = new Map<string, Demand | undefined>();
  readonly #tellings = new Map<string, readonly GuardedTelling[]>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly clock: Clock,
  ) {
    for (const type of Object.values(schema.getTypeMap()).filter(isDomainType)) {
      for (const field of Object.values(type.getFields())) this.#read(type, field);
    }
  }

  /**
   * What is asked before a field runs: what it adds to the needs of its type. Those were asked where the type was returned.
   * Undefined for what anybody may ask who came that far.
   */
  asked(typeName: string, fieldName: string): Demand | undefined {
    return this.#asked.get(`${typeName}.${fieldName}`);
  }

  /** What the filters and orders of a list ask, beside the list itself. */
  tellings(typeName: string, fieldName: string): readonly GuardedTelling[] {
    return this.#tellings.get(`${typeName}.${fieldName}`) ?? NONE;
  }

  /** All that is asked at a field, whichever way it was reached; undefined for what is open to anybody. */
  everything(type: GraphQLObjectType, field: Field): Demand | undefined {
    return this.#demand([...decisionsOn(this.schema, type), ...this.#added(type, field)]);
  }

  /** What a type asks, wherever it is returned. */
  ofType(name: string): Demand | undefined {
    const type = this.schema.getType(name);
    return type && this.#demand(decisionsOn(this.schema, type));
  }

  #read(type: GraphQLObjectType, field: Field): void {
    const coordinate = `${type.name}.${field.name}`;
    // Nothing returns a root type: what it needs is asked at its fields.
    const ofRoot = isRoot(this.schema, type) ? decisionsOn(this.schema, type) : [];
    this.#asked.set(coordinate, this.#demand([...ofRoot, ...this.#added(type, field)]));
    const guarded = tellingsOf(this.schema, field).flatMap(telling => {
      const demand = this.#demand(telling.fields.flatMap(name => this.#ofItem(itemTypeOf(field), name, telling)));
      return demand ? [{ ...telling, demand }] : [];
    });
    if (guarded.length > 0) this.#tellings.set(coordinate, guarded);
  }

  #added(type: GraphQLObjectType, field: Field): Requirement[] {
    const decided = decisionsOn(this.schema, type).length > 0 || decisionsOn(this.schema, field).length > 0;
    const coordinate = `${type.name}.${field.name}`;
    return [...addedBy(this.schema, field), ...(decided ? [] : [{ kind: 'undecided', coordinate } as const])];
  }

  #ofItem(item: GraphQLNamedType, fieldName: string, { coordinate }: Telling): Requirement[] {
    const field = isObjectType(item) ? item.getFields()[fieldName] : undefined;
    return field ? addedBy(this.schema, field) : [{ kind: 'undecided', coordinate }];
  }

  /** One and the same for the same requirements, so that each is judged once for a caller. */
  #demand(requirements: readonly Requirement[]): Demand | undefined {
    const asking = requirements.filter(({ kind }) => kind !== 'public');
    if (asking.length === 0) return undefined;
    const key = [...new Set(asking.map(requirement => JSON.stringify(requirement)))].sort().join();
    const known = this.#demands.get(key) ?? new Demand(asking, () => this.clock.now());
    this.#demands.set(key, known);
    return known;
  }
}

const NONE: readonly GuardedTelling[] = Object.freeze([]);

const isDomainType = (type: GraphQLNamedType): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__');

const isRoot = (schema: GraphQLSchema, type: GraphQLObjectType): boolean =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);

/** The rules that guard a schema; undefined when nothing does. */
export const rulesOf = ({ extensions }: GraphQLSchema): Rules | undefined => extensions[RULES] as Rules | undefined;

/** The extension of a guarded schema that holds its rules. */
export const RULES = 'payymo.rules';
