import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import type { Principal } from '../platform/auth/principal';
import type { Demand } from './demand';
import type { ListArguments } from './filters';
import { listArguments, type Variables, withDefaults } from './list-arguments';
import { prune, type Refused } from './prune';
import { RecentlyUsed } from './recently-used';
import { Redaction } from './redaction';
import type { GuardedTelling, Rules } from './rules';
import { fieldOf, fragmentsOf, typeUnder } from './selections';

/** How many different sets of refusals an operation is prepared for at a time: there is one for each kind of role. */
export const MAX_VARIANTS = 16;

/** A use of a filter or an order in an operation; whether it is made can depend on the variables. */
interface Use {
  readonly node: FieldNode;
  readonly typeName: string;
  readonly telling: GuardedTelling;
  readonly args: (variables: Variables) => ListArguments;
}

/**
 * What an operation asks of its caller, found once; and, for each set of demands that a caller does not meet, the operation without what
 * they guard, made at its first use.
 * @requirement API-003
 */
export class OperationPlan {
  readonly #demands = new Set<Demand>();
  readonly #uses: Use[] = [];
  readonly #variants = new RecentlyUsed<string, Redaction>(MAX_VARIANTS);

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly rules: Rules,
    private readonly document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
  ) {
    const root = schema.getRootType(operation.operation);
    const survey = new Survey(schema, document, (type, node) => {
      this.#note(type, node);
    });
    if (root) survey.within(operation.selectionSet, root);
  }

  get variants(): number {
    return this.#variants.size;
  }

  /** The operation without what is refused to this caller; undefined when nothing is, which takes a handful of comparisons. */
  redactionFor(principal: Principal | null, variables: Variables): Redaction | undefined {
    const unmet = [...this.#demands].filter(demand => !demand.admits(principal));
    const used = this.#usesRefused(principal, variables);
    if (unmet.length === 0 && used.length === 0) return undefined;
    const demands = [...this.#demands];
    const key = [...unmet.map(demand => `d${demands.indexOf(demand)}`), ...used.map(use => `u${this.#uses.indexOf(use)}`)].join();
    return this.#variants.get(key, () => this.#redact(new Set(unmet), used));
  }

  #usesRefused(principal: Principal | null, variables: Variables): Use[] {
    const guarded = this.#uses.filter(({ telling }) => !telling.demand.admits(principal));
    if (guarded.length === 0) return guarded;
    const given = withDefaults(this.operation, variables);
    return guarded.filter(({ telling, args }) => telling.usedIn(args(given)));
  }

  #redact(unmet: ReadonlySet<Demand>, used: readonly Use[]): Redaction {
    const refusedAt = ({ name }: GraphQLObjectType, node: FieldNode): Refused | undefined => {
      const demand = this.rules.asked(name, node.name.value);
      if (demand && unmet.has(demand)) return { demand, coordinate: `${name}.${node.name.value}` };
      return used.find(use => use.node === node && use.typeName === name)?.telling;
    };
    return new Redaction(this.schema, prune(this.schema, this.document, this.operation, refusedAt));
  }

  #note({ name }: GraphQLObjectType, node: FieldNode): void {
    const demand = this.rules.asked(name, node.name.value);
    if (demand) this.#demands.add(demand);
    for (const telling of this.rules.tellings(name, node.name.value)) {
      this.#uses.push({ node, typeName: name, telling, args: variables => listArguments(node, variables) });
    }
  }
}

type Visit = (type: GraphQLObjectType, node: FieldNode) => void;

/** Visits every field of an operation once, with each object type that it can be asked of. */
class Survey {
  readonly #fragments;
  readonly #seen = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly visit: Visit,
  ) {
    this.#fragments = fragmentsOf(document);
  }

  within({ selections }: SelectionSetNode, type: GraphQLCompositeType): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#field(selection, type);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.#fragment(selection, type);
      else this.#spread(selection.name.value, type);
    }
  }

  #field(node: FieldNode, type: GraphQLCompositeType): void {
    if (node.name.value.startsWith('__')) return;
    for (const one of isObjectType(type) ? [type] : this.schema.getPossibleTypes(type)) this.visit(one, node);
    const returned = getNamedType(fieldOf(type, node)?.type);
    if (node.selectionSet && isCompositeType(returned)) this.within(node.selectionSet, returned);
  }

  #spread(name: string, type: GraphQLCompositeType): void {
    const fragment = this.#fragments.get(name);
    if (!fragment || this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#fragment(fragment, type);
  }

  #fragment(node: Parameters<typeof typeUnder>[1], parent: GraphQLCompositeType): void {
    const type = typeUnder(this.schema, node, parent);
    if (isCompositeType(type)) this.within(node.selectionSet, type);
  }
}
