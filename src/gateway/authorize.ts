import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  defaultTypeResolver,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLInterfaceType,
  type GraphQLObjectType,
  GraphQLSchema,
  type GraphQLTypeResolver,
  GraphQLUnionType,
} from 'graphql';

import { type Clock, systemClock } from '../platform/clock';
import type { Scope } from '../platform/database/scope';
import type { Demand } from './demand';
import type { ListArguments } from './filters';
import { type GuardedTelling, RULES, Rules } from './rules';

type Resolver = GraphQLFieldResolver<unknown, Scope>;
type AbstractType = GraphQLInterfaceType | GraphQLUnionType;

/**
 * Puts a synchronous check in front of every field that is not public, so that it holds whichever way the field is reached: in `_entities`,
 * in a subgraph called directly, in subscriptions, with any executor. A field asks what its type, itself and the type that it returns need;
 * an interface or a union asks what the concrete type needs. What carries no decision is refused to all: forgetting fails closed.
 * @requirement API-003, SEC-017
 */
export function authorize(schema: GraphQLSchema, clock: Clock = systemClock): GraphQLSchema {
  const rules = new Rules(schema, clock);
  const guarded = mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: GraphQLFieldConfig<unknown, Scope>, fieldName, typeName) =>
      guardedField(config, fieldName, schema.getType(typeName) as GraphQLObjectType, rules),
    [MapperKind.INTERFACE_TYPE]: type => new GraphQLInterfaceType({ ...type.toConfig(), resolveType: admitting(type, rules) }),
    [MapperKind.UNION_TYPE]: type => new GraphQLUnionType({ ...type.toConfig(), resolveType: admitting(type, rules) }),
  });
  return new GraphQLSchema({ ...guarded.toConfig(), extensions: { ...guarded.extensions, [RULES]: rules } });
}

function guardedField(config: GraphQLFieldConfig<unknown, Scope>, fieldName: string, type: GraphQLObjectType, rules: Rules) {
  const field = type.getFields()[fieldName];
  const demand = field && rules.everything(type, field);
  if (!demand) return config;
  const coordinate = `${type.name}.${fieldName}`;
  const tellings = rules.tellings(type.name, fieldName);
  const resolve = config.resolve && config.resolve !== defaultFieldResolver ? config.resolve : undefined;
  const guard = guarded(demand, coordinate, tellings.length > 0 ? telling(tellings, resolve ?? defaultFieldResolver) : resolve);
  return { ...config, resolve: guard, ...(config.subscribe && { subscribe: guarded(demand, coordinate, config.subscribe) }) };
}

function guarded(demand: Demand, coordinate: string, resolve?: Resolver): Resolver {
  if (!resolve) return guardedProperty(demand, coordinate);
  const { last } = demand;
  return (source, args, scope, info) => {
    if (scope.principal !== last.admitted && !demand.admits(scope.principal)) throw demand.refusal(scope.principal, coordinate);
    return resolve(source, args, scope, info);
  };
}

/** A field without a resolver is the property of its name: most are, so this saves them a call. */
function guardedProperty(demand: Demand, coordinate: string): Resolver {
  const name = coordinate.slice(coordinate.indexOf('.') + 1);
  const { last } = demand;
  return (source, args, scope, info) => {
    if (scope.principal !== last.admitted && !demand.admits(scope.principal)) throw demand.refusal(scope.principal, coordinate);
    const value = (source as Readonly<Record<string, unknown>> | null | undefined)?.[name];
    return typeof value === 'function' ? defaultFieldResolver(source, args, scope, info) : value;
  };
}

/** A list asks for its filters and orders after it was asked for itself. */
const telling =
  (tellings: readonly GuardedTelling[], resolve: Resolver): Resolver =>
  (source, args, scope, info) => {
    for (const { demand, coordinate, usedIn } of tellings) {
      if (!demand.admits(scope.principal) && usedIn(args as ListArguments)) throw demand.refusal(scope.principal, coordinate);
    }
    return resolve(source, args, scope, info);
  };

function admitting(type: AbstractType, rules: Rules): GraphQLTypeResolver<unknown, Scope> {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (value, scope, info, abstractType) => {
    const admitted = (name: unknown) => {
      const refusal = typeof name === 'string' ? refusalOf(rules, name, scope, `${info.parentType.name}.${info.fieldName}`) : undefined;
      if (refusal) throw refusal;
      return name as string | undefined;
    };
    const name: unknown = resolveType(value, scope, info, abstractType);
    return name instanceof Promise ? name.then(admitted) : admitted(name);
  };
}

/** Why a caller may not receive objects of a type at a field; undefined when they may. */
export function refusalOf(rules: Rules, typeName: string, { principal }: Scope, coordinate: string): Error | undefined {
  const demand = rules.ofType(typeName);
  return demand && !demand.admits(principal) ? demand.refusal(principal, coordinate) : undefined;
}
