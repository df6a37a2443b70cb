import { Directive } from 'type-graphql';

/*
 * Apollo Federation 2: an entity is an object type with a key that any subgraph can refer to.
 * Every entity of Payymo is known by its global `id`.
 */

/** This subgraph owns the type, or adds fields to it. */
export const Entity = () => Directive('@key(fields: "id")');

/** This subgraph only refers to the type: another one resolves it. */
export const EntityReference = () => Directive('@key(fields: "id", resolvable: false)');

/** The same value type stands in several subgraphs. */
export const Shareable = () => Directive('@shareable');

/** What a field of one subgraph returns for an entity of another: who it is, nothing more. */
export interface Reference {
  readonly id: string;
}
