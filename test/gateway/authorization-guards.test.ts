import { Readable } from 'node:stream';

import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql, type GraphQLObjectType, type GraphQLSchema, parse, subscribe } from 'graphql';

import { authorize } from '../../src/gateway/authorize';
import { fuse } from '../../src/gateway/fuse';
import type { Subgraph } from '../../src/gateway/subgraph';
import { permissions } from '../../src/identity/roles/permissions';
import { type Principal, jobPrincipal } from '../../src/platform/auth/principal';
import { Scope } from '../../src/platform/database/scope';
import { PayymoError } from '../../src/platform/errors';
import { fieldsOf, scopesIn } from '../support/decisions';
import { everyModule } from '../support/every-module';
import { DIRECTIVES, refusalsIn } from '../support/protected-library';

const NOW = new Date('2026-11-22T12:00:00Z');
const clock = { now: () => NOW };

const person = (scopes: readonly string[], difference: Partial<Principal> = {}): Principal => ({
  ...jobPrincipal('', 'test'),
  userId: 'somebody',
  methods: ['pwd', 'otp'],
  authenticatedAt: NOW,
  scopes: new Set(scopes),
  ...difference,
});
const scopeOf = (principal: Principal | null) => new Scope({} as never, principal, 'test');

describe('the guard of each field', () => {
  let subgraphs: readonly Subgraph[];
  beforeAll(async () => {
    subgraphs = await (await everyModule()).subgraphs();
  });

  it('refuses whoever lacks anything of what the field needs, whichever way it is reached [API-003] [SEC-017]', async () => {
    const guarded = authorize(fuse(subgraphs), clock);
    for (const { coordinate, type, field, asked } of fieldsOf(guarded)) {
      const open = asked.every(({ kind }) => kind === 'public');
      const stepUp = asked.some(({ kind }) => kind === 'policies');
      const call = (principal: Principal | null) => refusalOf(type, field.name, principal);

      expect({ coordinate, anonymous: await call(null) }).toEqual({ coordinate, anonymous: open ? undefined : 'UNAUTHENTICATED' });
      expect({ coordinate, all: await call(person(permissions)) }).toEqual({ coordinate, all: undefined });
      if (stepUp)
        expect({ coordinate, stale: await call(person(permissions, { methods: ['pwd'] })) }).toEqual({
          coordinate,
          stale: 'STEP_UP_REQUIRED',
        });
      for (const missing of scopesIn(asked)) {
        const without = permissions.filter(permission => permission !== missing);
        expect({ coordinate, missing, code: await call(person(without)) }).toEqual({ coordinate, missing, code: 'FORBIDDEN' });
      }
    }
  });

  it('stands in a subgraph that is called directly, too [API-003] [SEC-017]', async () => {
    for (const { name, schema } of subgraphs) {
      const source = READS[name] ?? '';
      const answer = await graphql({ schema: authorize(schema, clock), source, contextValue: scopeOf(person([])) });

      expect(source).not.toBe('');
      expect({ name, codes: refusalsIn(answer).map(([, code]) => code) }).toEqual({ name, codes: ['FORBIDDEN'] });
    }
  });
});

/** A read of each subgraph that somebody without a scope may not make. */
const READS: Readonly<Record<string, string>> = {
  identity: '{ tenant { slug } }',
  banking: '{ transactions { totalCount } }',
  billing: '{ invoices { totalCount } }',
  reconciliation: '{ matches { totalCount } }',
  operations: '{ services { name } }',
};

describe('the guards', () => {
  const ran: string[] = [];
  const run =
    <Value>(name: string, value: Value) =>
    () => {
      ran.push(name);
      return value;
    };
  const schema: GraphQLSchema = authorize(
    makeExecutableSchema({
      typeDefs: `${DIRECTIVES}
        scalar _Any
        union _Entity = Account | User
        type Account @requiresScopes(scopes: [["accounts:read"]]) { id: ID! iban: String }
        type User @authenticated { id: ID! }
        type Query { _entities(representations: [_Any!]!): [_Entity]! @public }
        type Subscription { paid: Account @authenticated }`,
      resolvers: {
        Query: { _entities: (_: unknown, { representations }: { representations: unknown[] }) => representations },
        _Entity: { __resolveType: ({ __typename }: { __typename: string }) => Promise.resolve(__typename) },
        Account: { iban: run('Account.iban', 'DE89') },
        Subscription: { paid: { subscribe: run('subscribe', Readable.from([])), resolve: (value: unknown) => value } },
      },
    }),
    clock,
  );
  beforeEach(() => {
    ran.length = 0;
  });

  it('hold for entities that a router asks for by reference [API-003] [SEC-017]', async () => {
    const representations = [
      { __typename: 'Account', id: '1' },
      { __typename: 'User', id: '2' },
    ];
    const source =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on Account { id iban } ... on User { id } } }';
    const ask = (principal: Principal | null) =>
      graphql({ schema, source, variableValues: { representations }, contextValue: scopeOf(principal) });

    const refused = await ask(person([]));

    expect(refused.data).toEqual({ _entities: [null, { __typename: 'User', id: '2' }] });
    expect(refusalsIn(refused)).toEqual([['_entities.0', 'FORBIDDEN', 'Query._entities', 'accounts:read']]);
    expect(ran).toEqual([]);
    expect((await ask(null)).data).toEqual({ _entities: [null, null] });
    expect((await ask(person(['accounts:read']))).data).toEqual({
      _entities: [
        { __typename: 'Account', id: '1', iban: 'DE89' },
        { __typename: 'User', id: '2' },
      ],
    });
  });

  it('stand before a subscription begins, not only at what it sends [API-003] [SEC-017]', async () => {
    const begin = (principal: Principal | null) =>
      subscribe({ schema, document: parse('subscription { paid { id } }'), contextValue: scopeOf(principal) });

    const refused = await begin(person([]));

    expect(Symbol.asyncIterator in refused).toBe(false);
    expect(refusalsIn(refused as never)).toEqual([['paid', 'FORBIDDEN', 'Subscription.paid', 'accounts:read']]);
    expect(ran).toEqual([]);
    expect(Symbol.asyncIterator in (await begin(person(['accounts:read'])))).toBe(true);
  });

  it('refuse when what is to be decided cannot be [SEC-017]', async () => {
    const broken = person([], {
      scopes: {
        has: () => {
          throw new Error('a fault');
        },
      } as never,
    });
    const source = '{ _entities(representations: [{ __typename: "Account" }]) { ... on Account { id } } }';

    const answer = await graphql({ schema, source, contextValue: scopeOf(broken) });

    expect(answer.data).toEqual({ _entities: [null] });
    expect(refusalsIn(answer)).toEqual([['_entities.0', 'UNAVAILABLE']]);
  });

  it('remember for nobody else whom they let through [SEC-017]', async () => {
    const source = '{ _entities(representations: [{ __typename: "Account" }]) { __typename } }';
    const ask = async (principal: Principal | null) => (await graphql({ schema, source, contextValue: scopeOf(principal) })).data;
    const allowed = { _entities: [{ __typename: 'Account' }] };

    expect(await ask(person(['accounts:read']))).toEqual(allowed);
    expect(await ask(person([]))).toEqual({ _entities: [null] });
    expect(await ask(null)).toEqual({ _entities: [null] });
    expect(await ask(person(['accounts:read']))).toEqual(allowed);
  });
});

/** With what the guard of a field refuses a caller, and no service behind it; what it does for one who may ask is no matter here. */
async function refusalOf(type: GraphQLObjectType, name: string, principal: Principal | null): Promise<unknown> {
  const { resolve } = type.getFields()[name] ?? {};
  try {
    await resolve?.({ role: 'OWNER', evidence: [] }, { input: {} }, scopeOf(principal), { fieldName: name, fieldNodes: [] } as never);
  } catch (error) {
    if (error instanceof PayymoError && 'coordinate' in error.details) return error.code;
  }
  return undefined;
}
