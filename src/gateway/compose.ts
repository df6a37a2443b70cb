import { composeServices } from '@theguild/federation-composition';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type DocumentNode, parse, print, visit } from 'graphql';

import { fuse } from './fuse';
import { type Subgraph, subgraphSdl } from './subgraph';

/** Composes the subgraphs into a supergraph: proof that each is a valid Federation 2 subgraph. @throws Error with the composer's own messages. */
export function composeSupergraph(subgraphs: readonly Subgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(subgraph => ({ name: subgraph.name, url: `http://${subgraph.name}`, typeDefs: parse(subgraphSdl(subgraph)) })),
  );
  if (supergraphSdl === undefined) throw new Error(`The subgraphs do not compose:\n${errors.map(({ message }) => message).join('\n')}`);
  return `${supergraphSdl}\n`;
}

/** What clients see: the fused schema with its authorization directives, without what concerns routers alone. */
export const apiSdl = (subgraphs: readonly Subgraph[]): string =>
  `${print(withoutFederation(parse(printSchemaWithDirectives(fuse(subgraphs)))))}\n`;

const ROUTING = new Set(['key', 'shareable']);

const withoutFederation = (document: DocumentNode): DocumentNode =>
  visit(document, {
    Directive: ({ name }) => (ROUTING.has(name.value) ? null : undefined),
    DirectiveDefinition: ({ name }) => (ROUTING.has(name.value) ? null : undefined),
  });
