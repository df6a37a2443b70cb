import {
  defaultFieldResolver,
  type GraphQLFieldConfig,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
} from 'graphql';

import { jobPrincipal } from '../../src/platform/auth/principal';
import { authorize, requirementsOf } from '../../src/gateway/authorize';
import { composeSupergraph } from '../../src/gateway/compose';
import { fuse } from '../../src/gateway/fuse';
import { type Subgraph, subgraphSdl } from '../../src/gateway/subgraph';
import { permissions, permissionsOf, roles } from '../../src/identity/roles/permissions';
import { Scope } from '../../src/platform/database/scope';
import { PayymoError } from '../../src/platform/errors';
import { startApp, type TestApp } from '../support/app';
import { aBusiness } from '../support/business';
import { rootOperations } from '../support/operations';

/** Who may ask for each root field, written down a second time: a change of a directive must be meant. */
const DECISIONS: Readonly<Record<string, string>> = {
  'Query.tenant': 'tenant:read',
  'Query.me': 'signed in',
  'Query.institutions': 'connections:read',
  'Query.connections': 'connections:read',
  'Query.transactions': 'transactions:read',
  'Query.syncRun': 'connections:read',
  'Query.invoices': 'invoices:read',
  'Query.invoiceImport': 'invoices:read',
  'Query.matches': 'matches:read',
  'Query.reconciliationRun': 'matches:read',
  'Query.node': 'signed in',
  'Query.services': 'operations:read',
  'Mutation.signIn': 'public',
  'Mutation.startConnection': 'connections:create',
  'Mutation.completeConnection': 'connections:create',
  'Mutation.syncConnection': 'connections:sync',
  'Mutation.importInvoices': 'invoices:import',
  'Mutation.approveMatch': 'matches:approve',
  'Mutation.rejectMatch': 'matches:reject',
  'Mutation.retryMatch': 'matches:approve',
  'Mutation.runReconciliation': 'matches:run',
};

const PUBLIC = ['Mutation.signIn', 'SignInPayload.accessToken', 'SignInPayload.expiresAt'];

describe('authorization', () => {
  let app: TestApp;
  let subgraphs: readonly Subgraph[];
  let schema: GraphQLSchema;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    subgraphs = await app.subgraphs();
    schema = fuse(subgraphs);
  });
  afterAll(() => app.close());

  it('has a written decision for every field of every object type [API-003]', () => {
    const undecided = fieldsOf(schema).filter(({ requirements }) => requirements.length === 0);

    expect(undecided.map(({ coordinate }) => coordinate)).toEqual([]);
  });

  it('is open to anybody for signing in alone [API-003] [SEC-017]', () => {
    const open = fieldsOf(schema).filter(({ requirements }) => requirements.every(({ kind }) => kind === 'public'));

    expect(open.map(({ coordinate }) => coordinate).sort()).toEqual(PUBLIC);
  });

  it('names permissions that exist, and each of them somewhere [API-003]', () => {
    const named = fieldsOf(schema).flatMap(({ requirements }) => requirements.flatMap(scopesIn));

    expect([...new Set(named)].sort()).toEqual([...permissions].sort());
  });

  it('knows every root field and asks of it what is written here [API-003]', () => {
    const decisions = rootOperations(schema).map(({ coordinate }) => [coordinate, decisionOn(schema, coordinate)]);

    expect(Object.fromEntries(decisions)).toEqual(DECISIONS);
  });

  it('stands in the SDL of each subgraph, stubs included, so that any router can enforce it [API-003]', () => {
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

  it('travels to the supergraph [API-001] [API-003]', () => {
    const supergraph = composeSupergraph(subgraphs);

    expect(supergraph).toMatch(/approveMatch\([^)]*\): MatchPayload! .*@requiresScopes\(scopes: \[\["matches:approve"\]\]\)/);
    expect(supergraph).toMatch(/signIn\([^)]*\): SignInPayload! .*@public/);
  });

  it('refuses every root field but signIn to a caller without a token, with no data [API-003] [SEC-017]', async () => {
    const outcomes: Record<string, string> = {};
    const { 'Mutation.signIn': signIn, ...others } = DECISIONS;
    expect(signIn).toBe('public');
    for (const { coordinate, field, document } of rootOperations(schema)) {
      if (coordinate === 'Mutation.signIn') continue;
      const { data, errors } = await app.anonymous<Record<string, unknown>>(document);
      outcomes[coordinate] = data?.[field] == null ? (errors?.[0]?.extensions.code ?? 'no error') : 'data';
    }

    expect(outcomes).toEqual(Object.fromEntries(Object.keys(others).map(coordinate => [coordinate, 'UNAUTHENTICATED'])));
    const { errors } = await app.anonymous('mutation { signIn(input: { email: "x", password: "x" }) { accessToken } }');
    expect(errors?.[0]?.message).toBe('E-mail address or password is wrong');
  });

  it.each(roles)('lets the role %s ask for exactly the root fields that its permissions name [API-003]', async role => {
    for (const { coordinate, field, document } of rootOperations(schema)) {
      const { data, errors = [] } = await app.tenant('northwind').as(role)<Record<string, unknown>>(document);
      const needed = DECISIONS[coordinate] ?? '';
      const allowed = !needed.includes(':') || (permissionsOf[role] as readonly string[]).includes(needed);
      const refusals = errors.filter(({ extensions }) => extensions.code === 'FORBIDDEN' || extensions.code === 'UNAUTHENTICATED');
      const expected = { extensions: { code: 'FORBIDDEN', scope: needed }, message: `This needs the scope ${needed}` };
      if (allowed && coordinate !== 'Mutation.signIn') expect({ coordinate, refusals }).toEqual({ coordinate, refusals: [] });
      if (!allowed)
        expect({ coordinate, data: data?.[field] ?? null, errors }).toMatchObject({ coordinate, data: null, errors: [expected] });
    }
  });

  it('refuses every nested field whichever way it is reached [API-003] [SEC-017]', async () => {
    const guarded = authorize(schema);
    for (const { coordinate, type, name, requirements } of fieldsOf(guarded)) {
      const needed = [...new Set(requirements.flatMap(scopesIn))];
      const call = (scopes: readonly string[] | null) => refusalOf(type, name, scopes);
      const open = PUBLIC.includes(coordinate);

      expect({ coordinate, anonymous: await call(null) }).toEqual({ coordinate, anonymous: open ? undefined : 'UNAUTHENTICATED' });
      expect({ coordinate, allScopes: await call(permissions) }).toEqual({ coordinate, allScopes: undefined });
      for (const missing of needed) {
        const without = permissions.filter(permission => permission !== missing);
        expect({ coordinate, missing, code: await call(without) }).toEqual({ coordinate, missing, code: 'FORBIDDEN' });
      }
    }
  });
});

interface FieldDecision {
  readonly coordinate: string;
  readonly type: GraphQLObjectType;
  readonly name: string;
  readonly requirements: ReturnType<typeof requirementsOf>;
}

const fieldsOf = (schema: GraphQLSchema): FieldDecision[] =>
  Object.values(schema.getTypeMap())
    .filter((type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap(type =>
      Object.entries(type.toConfig().fields as Record<string, GraphQLFieldConfig<unknown, Scope>>).map(([name, field]) => ({
        coordinate: `${type.name}.${name}`,
        type,
        name,
        requirements: requirementsOf(schema, field, type),
      })),
    );

const scopesIn = (requirement: FieldDecision['requirements'][number]): readonly string[] =>
  requirement.kind === 'scopes' ? requirement.anyOf.flat() : [];

function decisionOn(schema: GraphQLSchema, coordinate: string): string {
  const requirements = fieldsOf(schema).find(field => field.coordinate === coordinate)?.requirements ?? [];
  return requirements
    .map(requirement => (requirement.kind === 'authenticated' ? 'signed in' : scopesIn(requirement).join(' ') || requirement.kind))
    .join(' + ');
}

const decides = ({ directives = [] }: Pick<ObjectTypeDefinitionNode, 'directives'>): boolean =>
  directives.some(({ name }) => ['public', 'authenticated', 'requiresScopes'].includes(name.value));

const REFUSALS: readonly unknown[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

/** With what the field's own resolver refuses a caller; what it does for one who may ask is no matter here. */
async function refusalOf(type: GraphQLObjectType, name: string, scopes: readonly string[] | null): Promise<unknown> {
  const { resolve = defaultFieldResolver } = type.getFields()[name] ?? {};
  const principal = scopes && { ...jobPrincipal('', 'test'), scopes: new Set(scopes) };
  const scope = new Scope({} as never, principal, 'test');
  try {
    await resolve({ role: 'OWNER', evidence: [] }, { input: {} }, scope, { fieldName: name, fieldNodes: [] } as never);
  } catch (error) {
    if (error instanceof PayymoError && REFUSALS.includes(error.code)) return error.code;
  }
  return undefined;
}
