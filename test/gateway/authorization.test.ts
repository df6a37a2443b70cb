import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';

import { composeSupergraph } from '../../src/gateway/compose';
import { fuse } from '../../src/gateway/fuse';
import { type Subgraph, subgraphSdl } from '../../src/gateway/subgraph';
import { permissions } from '../../src/identity/roles/permissions';
import { brittleFields, danglingFilters, fieldsOf, scopesIn } from '../support/decisions';
import { everyModule } from '../support/every-module';
import { DIRECTIVES } from '../support/protected-library';

/** All that callers without a token may ask, types that are handed to them included: a line here must be meant. */
const PUBLIC_TYPES = [
  'EnrolTotpPayload',
  'Passkey',
  'PasskeyCeremony',
  'RegisterPasskeyPayload',
  'RequestPasswordResetPayload',
  'ResetPasswordPayload',
  'SecondFactorChallenge',
  'SessionTokens',
  'SignInPayload',
  'TotpEnrolment',
];
const PUBLIC_MUTATIONS = [
  'Mutation.acceptInvitation',
  'Mutation.beginPasskeyAuthentication',
  'Mutation.beginPasskeyRegistration',
  'Mutation.beginTotpEnrolment',
  'Mutation.confirmTotpEnrolment',
  'Mutation.finishPasskeyRegistration',
  'Mutation.refreshSession',
  'Mutation.requestPasswordReset',
  'Mutation.resetPassword',
  'Mutation.signIn',
  'Mutation.verifySecondFactor',
];

const SUBGRAPHS = ['banking', 'billing', 'identity', 'operations', 'reconciliation'];

describe('the written decisions on who may ask for what', () => {
  let subgraphs: readonly Subgraph[];
  /** The five subgraphs as another router sees them, and the fused schema. */
  let schemas: ReadonlyMap<string, GraphQLSchema>;
  let fused: GraphQLSchema;
  beforeAll(async () => {
    subgraphs = await (await everyModule()).subgraphs();
    fused = fuse(subgraphs);
    schemas = new Map([...subgraphs.map(({ name, schema }) => [name, schema] as const), ['fused', fused]]);
  });
  const inEach = (find: (schema: GraphQLSchema) => readonly string[]) =>
    Object.fromEntries([...schemas].map(([name, schema]) => [name, find(schema)]));
  const none = Object.fromEntries([...SUBGRAPHS, 'fused'].map(name => [name, []]));

  it('stand on every field of every object type, or on the type, in each subgraph and in the fused schema [API-003]', () => {
    const undecided = inEach(schema =>
      fieldsOf(schema).flatMap(({ coordinate, decisions }) => (decisions.length === 0 ? [coordinate] : [])),
    );

    expect(undecided).toEqual(none);
  });

  it('leave nullable each field that needs more than its parent, so that a refusal empties it alone [API-003]', () => {
    expect(inEach(brittleFields)).toEqual(none);
  });

  it('hold for every filter and order: each names the fields that it tells of [API-003]', () => {
    expect(inEach(danglingFilters)).toEqual(none);
  });

  it('name permissions that exist, and each of them somewhere [API-003] [SEC-010]', () => {
    const named = fieldsOf(fused).flatMap(({ asked }) => scopesIn(asked));

    expect([...new Set(named)].sort()).toEqual([...permissions].sort());
  });

  it('name the one policy that there is [API-003] [SEC-011]', () => {
    const named = fieldsOf(fused).flatMap(({ asked }) => asked.flatMap(one => (one.kind === 'policies' ? one.anyOf.flat() : [])));

    expect([...new Set(named)]).toEqual(['step-up']);
  });

  it('open to anybody what is written here, and nothing else [API-003] [SEC-017]', () => {
    const open = fieldsOf(fused).filter(({ asked }) => asked.every(({ kind }) => kind === 'public'));
    const roots = open.filter(({ type }) => type === fused.getMutationType() || type === fused.getQueryType());
    const types = open.filter(field => !roots.includes(field)).map(({ type }) => type.name);

    expect(roots.map(({ coordinate }) => coordinate).sort()).toEqual(PUBLIC_MUTATIONS);
    expect([...new Set(types)].sort()).toEqual(PUBLIC_TYPES);
  });

  it('stand in the SDL of each subgraph, stubs included, so that any router can enforce them [API-003]', () => {
    for (const subgraph of subgraphs) {
      const types = parse(subgraphSdl(subgraph)).definitions.filter(
        (definition): definition is ObjectTypeDefinitionNode => definition.kind === Kind.OBJECT_TYPE_DEFINITION,
      );
      const undecided = types.flatMap(type =>
        (type.fields ?? []).filter(field => !decides(type) && !decides(field)).map(field => `${type.name.value}.${field.name.value}`),
      );
      expect({ [subgraph.name]: undecided }).toEqual({ [subgraph.name]: [] });
    }
  });

  it('travel to the supergraph [API-001] [API-003]', () => {
    const supergraph = composeSupergraph(subgraphs);

    expect(supergraph).toMatch(/approveMatch\([^)]*\): MatchPayload .*@requiresScopes\(scopes: \[\["matches:approve"\]\]\)/);
    expect(supergraph).toMatch(/signIn\([^)]*\): SignInPayload! .*@public/);
    expect(supergraph).toMatch(/transactionId: ID .*@filtersOn\(fields: \["transaction"\]\)/);
  });

  it('all hold where several subgraphs decide on one type: two lists are not alternatives [API-003] [SEC-017]', () => {
    const part = (name: string, sdl: string): Subgraph => {
      const typeDefs = parse(sdl);
      return { name, typeDefs, entities: [], schema: makeExecutableSchema({ typeDefs: [DIRECTIVES, sdl] }) };
    };
    const one = part('one', 'type Thing @requiresScopes(scopes: [["a:read"], ["b:read"]]) { id: ID! } type Query { thing: Thing @public }');
    const other = part('other', 'type Thing @requiresScopes(scopes: [["a:read", "c:read"]]) { id: ID! x: Int }');

    const [field] = fieldsOf(fuse([one, other])).filter(({ coordinate }) => coordinate === 'Thing.x');

    expect(field?.decisions).toEqual([
      {
        kind: 'scopes',
        anyOf: [
          ['a:read', 'c:read'],
          ['a:read', 'b:read', 'c:read'],
        ],
      },
    ]);
  });
});

describe('the search for mistakes in these decisions', () => {
  const schema = makeExecutableSchema({
    typeDefs: `${DIRECTIVES}
      type Query @authenticated { open: String! a: A! @public page(filter: F, orderBy: O): [A!] }
      type A @requiresScopes(scopes: [["a:read"]]) { same: A! more: String! @requiresScopes(scopes: [["b:read"]]) loose: B other: B! }
      type B @requiresScopes(scopes: [["b:read"]]) { stepped: Int! @policy(policies: [["step-up"]]) }
      type C { forgotten: Int }
      input F { same: Int thing: Int @filtersOn(fields: ["nothing"]) empty: Int @filtersOn(fields: []) }
      enum O { LOOSE_ASC THING_ASC }`,
  });

  it('finds them [API-003]', () => {
    expect(brittleFields(schema)).toEqual(['Query.a', 'A.more', 'A.other', 'B.stepped']);
    expect(danglingFilters(schema)).toEqual(['F.thing', 'F.empty', 'O.THING_ASC']);
    expect(fieldsOf(schema).flatMap(({ coordinate, decisions }) => (decisions.length === 0 ? [coordinate] : []))).toEqual(['C.forgotten']);
  });
});

const decides = ({ directives = [] }: Pick<ObjectTypeDefinitionNode, 'directives'>): boolean =>
  directives.some(({ name }) => ['public', 'authenticated', 'requiresScopes', 'policy'].includes(name.value));
