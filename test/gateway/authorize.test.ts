import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, graphql } from 'graphql';

import { jobPrincipal } from '../../src/platform/auth/principal';
import { authorize } from '../../src/gateway/authorize';
import { Scope } from '../../src/platform/database/scope';

const schema = authorize(
  makeExecutableSchema({
    typeDefs: `
      directive @public on FIELD_DEFINITION | OBJECT
      directive @authenticated on FIELD_DEFINITION | OBJECT
      directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT
      type Query {
        open: String @public
        forgotten: String
        mine: String @authenticated
        either: String @requiresScopes(scopes: [["a:read", "b:read"], ["c:read"]])
        vault: Vault @public
        safe: Vault @requiresScopes(scopes: [["a:read"]])
      }
      type Vault @authenticated {
        gold: String @requiresScopes(scopes: [["a:read"]])
        door: String @public
        plain: String
      }
    `,
    resolvers: {
      Query: {
        open: () => 'open',
        forgotten: () => 'forgotten',
        mine: () => 'mine',
        either: () => 'either',
        vault: () => ({ gold: 'gold', door: 'door', plain: 'plain' }),
        safe: () => ({ gold: 'gold', door: 'door', plain: 'plain' }),
      },
    },
  }),
);

const ask = (source: string, scopes: readonly string[] | null): Promise<ExecutionResult> => {
  const principal = scopes && { ...jobPrincipal('', 'test'), scopes: new Set(scopes) };
  return graphql({ schema, source, contextValue: new Scope({} as never, principal, 'test') });
};
const messages = ({ errors = [] }: ExecutionResult) => errors.map(({ message }) => message);

describe('authorize', () => {
  it('refuses a field without a decision to everybody: forgetting fails closed [API-003] [SEC-017]', async () => {
    const answer = await ask('{ forgotten }', ['a:read', 'b:read', 'c:read']);

    expect(answer.data).toEqual({ forgotten: null });
    expect(messages(answer)).toEqual(['Query.forgotten carries no decision on who may ask for it']);
  });

  it('asks nothing for what is public [API-003]', async () => {
    expect(await ask('{ open }', null)).toEqual({ data: { open: 'open' } });
  });

  it('asks a token for what is for those who are signed in [API-003]', async () => {
    expect(messages(await ask('{ mine }', null))).toEqual(['Sign in first']);
    expect(await ask('{ mine }', [])).toEqual({ data: { mine: 'mine' } });
  });

  it.each([
    [['a:read', 'b:read'], true],
    [['c:read'], true],
    [['a:read'], false],
    [['b:read'], false],
    [[], false],
  ])('takes all scopes of one alternative: %j gives %s [API-003]', async (scopes, allowed) => {
    expect((await ask('{ either }', scopes)).data).toEqual({ either: allowed ? 'either' : null });
  });

  it('holds a type and its field both to their decisions [API-003]', async () => {
    expect(messages(await ask('{ vault { gold } }', []))).toEqual(['This needs the scope a:read']);
    expect(messages(await ask('{ vault { gold door plain } }', null))).toEqual(['Sign in first']);
    expect((await ask('{ vault { gold door plain } }', ['a:read'])).data).toEqual({
      vault: { gold: 'gold', door: 'door', plain: 'plain' },
    });
  });

  it('refuses under an alias and in a fragment too [API-003]', async () => {
    const answer = await ask('{ ...f } fragment f on Query { safe: open x: vault { gold: gold y: gold } }', []);

    expect(answer.data).toEqual({ safe: 'open', x: { gold: null, y: null } });
  });

  it('does not run a resolver that it refuses [SEC-017]', async () => {
    const resolve = jest.fn(() => 'ran');
    const watched = authorize(
      makeExecutableSchema({
        typeDefs: 'directive @authenticated on FIELD_DEFINITION\n type Query { x: String @authenticated }',
        resolvers: { Query: { x: resolve } },
      }),
    );

    await graphql({ schema: watched, source: '{ x }', contextValue: new Scope({} as never, null, 'test') });

    expect(resolve).not.toHaveBeenCalled();
  });
});
