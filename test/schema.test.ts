import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { buildSchema, isObjectType, parse } from 'graphql';

import { apiSdl, composeSupergraph } from '../src/gateway/compose';
import { type Subgraph, subgraphSdl } from '../src/gateway/subgraph';
import { describeDatabase } from '../src/platform/database/describe';
import { aDatabase } from './support/database';
import { everyModule } from './support/every-module';

const folder = path.join(__dirname, '../schema');
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const DOMAINS = ['banking', 'billing', 'identity', 'operations', 'reconciliation'];

describe('schema/', () => {
  let subgraphs: readonly Subgraph[];
  beforeAll(async () => {
    subgraphs = await (await everyModule()).subgraphs();
  });

  it('has a subgraph for each domain module [API-001]', async () => {
    expect(subgraphs.map(({ name }) => name).sort()).toEqual(DOMAINS);
    expect((await readdir(folder)).sort()).toEqual([...DOMAINS.map(name => `${name}.graphql`), 'api.graphql', 'database.sql', 'supergraph.graphql'].sort());
  }); // prettier-ignore

  it.each(DOMAINS)('%s.graphql is what the code says [API-002]', name => {
    expect(subgraphs.filter(subgraph => subgraph.name === name).map(subgraphSdl)).toEqual([read(`${name}.graphql`)]);
  });

  it('supergraph.graphql is what the subgraphs compose to [API-001] [API-002]', () => {
    expect(composeSupergraph(subgraphs)).toBe(read('supergraph.graphql'));
  });

  it('api.graphql is what clients see [API-002]', () => {
    expect(apiSdl(subgraphs)).toBe(read('api.graphql'));
  });

  it('database.sql is what the migrations leave behind [DAT-002]', async () => {
    const db = await aDatabase();
    try {
      expect(await describeDatabase(db.ownerUrl)).toBe(read('database.sql'));
    } finally {
      await db.drop();
    }
  });

  it.each(DOMAINS)('%s.graphql is a Federation 2 subgraph [API-001]', name => {
    expect(read(`${name}.graphql`)).toContain('https://specs.apollo.dev/federation/v2');
    expect(() => parse(read(`${name}.graphql`))).not.toThrow();
  });

  it('shows clients the parts of the business, each with its owner as an entity [API-001]', () => {
    const objects = Object.values(buildSchema(read('api.graphql')).getTypeMap()).filter(isObjectType);
    const entities = ['Tenant', 'User', 'Connection', 'Account', 'Transaction', 'Invoice', 'Match', 'SyncRun', 'InvoiceImport', 'ReconciliationRun'];

    expect(objects.map(({ name }) => name)).toEqual(expect.arrayContaining(entities));
    for (const entity of entities) expect(subgraphs.filter(subgraph => owns(subgraph, entity)).map(({ name }) => [entity, name])).toHaveLength(1);
  }); // prettier-ignore

  it('does not compose when two subgraphs disagree about a type [API-001]', () => {
    const [first, ...others] = subgraphs;
    if (!first) throw new Error('There are no subgraphs');
    const broken = { ...first, name: 'broken', typeDefs: parse('type Query { tenant: Int }') };

    expect(() => composeSupergraph([first, ...others, broken])).toThrow('do not compose');
  });
});

const owns = ({ entities }: Subgraph, type: string): boolean => entities.some(({ ids }) => ids.typeName === type);
