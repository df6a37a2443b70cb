import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type DocumentNode, type GraphQLSchema, Kind, parse, print } from 'graphql';
import { buildSchema, type BuildSchemaOptions } from 'type-graphql';

import type { EntityOwner, Module } from '../platform/module';

/** A module as an Apollo Federation 2 subgraph. */
export interface Subgraph {
  readonly name: string;
  /** With resolvers, made by type-graphql. */
  readonly schema: GraphQLSchema;
  /** The types alone, with their directives; without the @link to federation. */
  readonly typeDefs: DocumentNode;
  readonly entities: readonly EntityOwner[];
}

/** Federation 2.9 is the newest that our composition library knows; @public and @filtersOn are our own and travel to the supergraph. */
const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@authenticated", "@requiresScopes", "@policy", "@composeDirective"])
  @link(url: "https://payymo.dev/auth/v1.0", import: ["@public", "@filtersOn"])
  @composeDirective(name: "@public")
  @composeDirective(name: "@filtersOn")

directive @public on FIELD_DEFINITION | OBJECT

directive @filtersOn(fields: [String!]!) on INPUT_FIELD_DEFINITION
`;

/**
 * Builds the subgraph of a module from its resolver instances: the list itself is the container.
 * @requirement API-001
 */
export async function buildSubgraph({ name, resolvers, entities, references = [] }: Module): Promise<Subgraph> {
  const byClass = new Map<unknown, object>(resolvers.map(resolver => [resolver.constructor, resolver]));
  const schema = await buildSchema({
    resolvers: [...byClass.keys()] as unknown as BuildSchemaOptions['resolvers'],
    container: { get: resolverClass => byClass.get(resolverClass) },
    orphanedTypes: references as NonNullable<BuildSchemaOptions['orphanedTypes']>,
    validate: false,
    skipCheck: true,
  });
  return Object.freeze({ name, schema, typeDefs: typesOf(schema), entities });
}

/**
 * The SDL as another federation router reads it: schema/<name>.graphql.
 * @requirement API-002
 */
export const subgraphSdl = ({ typeDefs }: Subgraph): string => `${LINK}\n${print(typeDefs)}\n`;

/** Definitions in alphabetical order, so that a diff shows what changed and nothing else. */
function typesOf(schema: GraphQLSchema): DocumentNode {
  const document = parse(printSchemaWithDirectives(schema));
  const definitions = document.definitions.filter(({ kind }) => kind !== Kind.SCHEMA_DEFINITION && kind !== Kind.DIRECTIVE_DEFINITION);
  const nameOf = (definition: object) => ('name' in definition ? (definition as { name: { value: string } }).name.value : '');
  return { ...document, definitions: definitions.sort((a, b) => nameOf(a).localeCompare(nameOf(b))) };
}
